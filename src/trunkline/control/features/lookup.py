"""Finding a feature: as it was saved, else as it starts."""

from __future__ import annotations

from trunkline.control.configurations.borrowing import Borrower, find_lender
from trunkline.control.features.feature import PROVIDER
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.features.state import find_start
from trunkline.core.errors import NotFound
from trunkline.providers.nearest import nearest
from trunkline.storage import configurations, features
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Feature


async def find_feature(tx: Transaction, workspace_id: str, slug: str, *, lock: bool = False) -> Feature:
    """The workspace's feature of that slug. One that nobody has saved is at revision 0 and not stored.

    Raises NotFound, which names the nearest.
    """
    row = await features.find(tx, workspace_id, slug, lock=lock)
    row = row or find_start(workspace_id, slug, "")
    if row is None:
        saved = await features.list_all(tx, workspace_id)
        near = nearest(slug, [*STARTING_FEATURES, *(each.slug for each in saved)])
        hint = f" Nearest: {', '.join(near)}." if near else ""
        raise NotFound(f"There is no feature {slug!r} in this workspace.{hint}", code="feature_not_found")
    return row


async def find_workspace_lender(tx: Transaction, workspace_id: str, provider: str = PROVIDER) -> Configuration | None:
    """The configuration whose key serves features without one of their own: the oldest shared one that has a key."""
    rows = await configurations.list_lenders(tx, workspace_id, provider)
    return find_lender(feature_borrower(provider), rows)


def feature_borrower(provider: str) -> Borrower:
    """What asks for a key in the name of a feature without one: the workspace, so that it is the same for everybody."""
    return Borrower(provider=provider, base_url=None, parameters={}, user_id="")
