"""A feature's forms: the row that stands for a starting one, the state that history keeps, and the draft back to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.control.caching.rules import write_caching
from trunkline.control.features.feature import PROVIDER, SETTINGS, FeatureDraft
from trunkline.control.features.plan import FeaturePlan
from trunkline.control.features.starting_features import STARTING_FEATURES, StartingFeature
from trunkline.control.record import read_record
from trunkline.core.caching import Caching
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.ids import new_id
from trunkline.core.secret import mask
from trunkline.storage.tables import Feature, now

_NO_SETTINGS: Final[JsonObject] = dict.fromkeys(SETTINGS)


def start_row(start: StartingFeature, workspace_id: str, user_id: str) -> Feature:
    """The row of a starting feature that nobody has saved: not stored, at revision 0."""
    return new_row(
        workspace_id,
        user_id,
        slug=start.slug,
        name=start.name,
        kind=start.kind,
        model=start.model,
        system_prompt=start.system_prompt,
    )


def new_row(
    workspace_id: str, user_id: str, *, slug: str, name: str, kind: str, model: str = "", system_prompt: str = ""
) -> Feature:
    """A row that is not stored yet, at revision 0."""
    moment = now()
    return Feature(
        id=new_id(),
        workspace_id=workspace_id,
        slug=slug,
        name=name,
        kind=kind,
        provider=PROVIDER,
        model=model,
        target=None,
        base_url=None,
        system_prompt=system_prompt,
        parameters={},
        custom_parameters={},
        caching=None,
        credential_id=None,
        revision=0,
        created_by=user_id,
        created_at=moment,
        updated_at=moment,
    )


def find_start(workspace_id: str, slug: str, user_id: str) -> Feature | None:
    """The row of the starting feature of that slug; None when there is none."""
    start = STARTING_FEATURES.get(slug)
    return None if start is None else start_row(start, workspace_id, user_id)


def apply_plan(row: Feature, plan: FeaturePlan) -> None:
    """Write ``plan`` into ``row``, all but its key."""
    row.name = plan.name
    row.model = plan.model
    row.target = plan.target
    row.base_url = plan.base_url
    row.system_prompt = plan.system_prompt
    row.parameters = dict(plan.parameters)
    row.custom_parameters = dict(plan.custom)
    row.caching = write_caching(plan.caching)


def write_state(row: Feature, key: JsonValue) -> JsonObject:
    """What history keeps of ``row``; ``key`` is how its key is shown there, None without one."""
    return {
        "name": row.name,
        "kind": row.kind,
        "model": row.model,
        "target": row.target,
        "baseUrl": row.base_url,
        "apiKey": key,
        "systemPrompt": row.system_prompt,
        "settings": dict(row.parameters),
        "customParameters": dict(row.custom_parameters),
        **({"caching": row.caching} if row.caching is not None else {}),
    }


def show_key(plan: FeaturePlan, shown: str | None, fingerprint: str | None, saved: JsonValue) -> JsonValue:
    """How the key is shown in the state after ``plan``; ``saved`` is how the state before showed it."""
    if plan.put is not None:
        return {"mask": mask(plan.put.reveal()), "fingerprint": fingerprint}
    if plan.drop or shown is None:
        return None
    return saved or {"mask": shown, "fingerprint": None}


def starting_draft(start: StartingFeature, reason: str) -> FeatureDraft:
    """The draft that leads back to what a feature starts with. The key stays, and so the address it is for."""
    return FeatureDraft(
        name=start.name,
        model=start.model,
        target=None,
        system_prompt=start.system_prompt,
        settings=_NO_SETTINGS,
        custom=None,
        caching=None,
        reason=reason,
    )


class _State(msgspec.Struct, rename="camel"):
    """A saved state, as read back."""

    name: str
    model: str
    target: str | None
    system_prompt: str
    settings: JsonObject
    custom_parameters: JsonObject
    caching: Caching | None = None


def saved_draft(state: Mapping[str, JsonValue], reason: str) -> FeatureDraft:
    """The draft that leads back to a saved state. The key stays, and so the address it is for."""
    saved = msgspec.convert(state, _State)
    settings = {**_NO_SETTINGS, **saved.settings}
    return read_record(FeatureDraft, saved, settings=settings, custom=saved.custom_parameters, reason=reason)
