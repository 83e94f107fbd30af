"""Features as people see them: with what the catalogue says of their models, and whether anything can serve them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.control.caching.rules import read_caching
from trunkline.control.features.catalogue import Catalogue, Listing
from trunkline.control.features.feature import PROVIDER, FeatureRecord, KeySource, ModelStanding
from trunkline.control.features.keys import NO_KEY, read_own_masks
from trunkline.control.features.lookup import find_feature, find_workspace_lender
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.features.state import start_row
from trunkline.control.features.target import FoundTarget, find_targets
from trunkline.control.page import Page, PageRequest, cut_page
from trunkline.control.record import read_record
from trunkline.core.actor import Actor
from trunkline.core.errors import Unavailable
from trunkline.providers.nearest import nearest
from trunkline.storage import features
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Feature

PATIENCE_SECONDS: Final = 3.0
"""How long a list of features waits for the list of models; then it is shown with what is known."""

_MAKES: Final[dict[str, str]] = {"image": "image", "embeddings": "embeddings"}
"""What a model must make to serve a kind; ``text`` for all others."""


class FeatureView:
    """Shows features. Makes no decision about who may see what."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def list(self, actor: Actor, page: PageRequest | None = None) -> Page[FeatureRecord]:
        """All features: the starting ones in their order, then the workspace's own, the oldest first."""
        listing = await self._read_models(actor)
        async with self._database.read() as tx:
            saved = {row.slug: row for row in await features.list_all(tx, actor.workspace_id)}
            rows = [
                saved.pop(slug, None) or start_row(start, actor.workspace_id, "")
                for slug, start in STARTING_FEATURES.items()
            ]
            some = cut_page([*rows, *saved.values()], page, lambda row: row.slug)
            return Page(await _show(tx, actor.workspace_id, some.items, listing), some.next_cursor)

    async def get(self, actor: Actor, slug: str) -> FeatureRecord:
        """One feature. Raises NotFound."""
        listing = await self._read_models(actor)
        async with self._database.read() as tx:
            row = await find_feature(tx, actor.workspace_id, slug)
            return (await _show(tx, actor.workspace_id, [row], listing))[0]

    async def _read_models(self, actor: Actor) -> Listing | None:
        try:
            return await self._catalogue.read(actor, PROVIDER, patience=PATIENCE_SECONDS)
        except Unavailable:
            return None


async def _show(
    tx: Transaction, workspace_id: str, rows: Sequence[Feature], listing: Listing | None
) -> list[FeatureRecord]:
    """The records of ``rows``, by as many queries for one as for all."""
    masks = await read_own_masks(tx, rows)
    targets = await find_targets(tx, workspace_id, {row.target for row in rows if row.target is not None})
    lent = await find_workspace_lender(tx, workspace_id) is not None
    return [_show_one(row, masks.get(row.slug), lent, targets.get(row.target or ""), listing) for row in rows]


def _show_one(
    row: Feature, shown: str | None, lent: bool, found: FoundTarget | None, listing: Listing | None
) -> FeatureRecord:
    source: KeySource = "own" if shown is not None else "workspace" if lent else "none"
    problem: str | None = None
    serving: str | None = row.model or None
    if row.target is not None:
        if found is None or found.configuration is None:
            serving = None
        elif found.model is not None:
            serving = found.model
        if found is None:
            problem = (
                f"There is no active route and no shared configuration {row.target!r} any more. Choose another target."
            )
    elif source == "none":
        problem = NO_KEY
    standing = ModelStanding()
    if row.target is None and listing is not None:
        standing = judge(row.model, row.kind, listing, elsewhere=row.base_url is not None)
    saved = row.revision > 0
    return read_record(
        FeatureRecord,
        row,
        is_starting=row.slug in STARTING_FEATURES,
        model=row.model or None,
        serving_model=serving,
        standing=standing,
        custom=row.custom_parameters,
        caching=read_caching(row.caching),
        key_source=source,
        key_hint=shown,
        problem=problem,
        created_at=row.created_at if saved else None,
        updated_at=row.updated_at if saved else None,
    )


def judge(model: str, kind: str, listing: Listing, *, elsewhere: bool = False) -> ModelStanding:
    """What a list says of a model for a feature of ``kind``.

    Only a live list can say that a model is not to be had, and only one of the place that is asked: ``elsewhere``
    says that the feature asks another. The nearest are models that make what the kind needs.
    """
    info = listing.find(model)
    if listing.source != "live" or elsewhere:
        return ModelStanding(info=info)
    if info is not None:
        return ModelStanding(info=info, available=True)
    wanted = _MAKES.get(kind, "text")
    fitting = [other.id for other in listing.models if wanted in other.capabilities]
    return ModelStanding(available=False, nearest=nearest(model, fitting))
