"""What a feature is to become: a draft laid over what there is, checked as a whole. Pure: nothing is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.caching.rules import read_caching
from trunkline.control.features.custom_parameters import check_custom_parameters
from trunkline.control.features.feature import PROVIDER, SETTINGS, SITE, FeatureDraft
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.core.actor import Actor
from trunkline.core.caching import Caching
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret, is_mask
from trunkline.providers.auth import write_auth
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import write_origin
from trunkline.providers.parameter_sets import OPENROUTER
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.tables import Feature
from trunkline.vault.sealed_key import SealedKeys, looks_sealed

NAME_LIMIT: Final = 255
MODEL_LIMIT: Final = 255
TARGET_LIMIT: Final = 511

_RANGES: Final[Mapping[str, tuple[float, float | None]]] = {
    "temperature": (0, 1),
    "topP": (0, 1),
    "maxTokens": (1, None),
    "presencePenalty": (-2, 2),
    "frequencyPenalty": (-2, 2),
}


class FeaturePlan(msgspec.Struct, frozen=True, kw_only=True):
    """A checked state. ``put`` is the key to store, for ``origin``; ``drop`` says that the stored one is to go."""

    name: str
    model: str
    target: str | None
    base_url: str | None
    system_prompt: str
    parameters: JsonObject
    custom: JsonObject
    caching: Caching | None
    put: Secret | None
    drop: bool
    origin: str


def plan_feature(
    actor: Actor, row: Feature, shown: str | None, draft: FeatureDraft, sealed_keys: SealedKeys
) -> FeaturePlan:
    """Lay ``draft`` over ``row``, whose key is shown as ``shown`` (None: it has none).

    Raises InvalidInput that names every wrong field. A key stays with the address that it was entered for: when that
    changes, it must be entered again.
    """
    errors: list[FieldError] = []
    start = STARTING_FEATURES.get(row.slug)
    name = _text(row.name if draft.name is UNSET else draft.name, "name", NAME_LIMIT, errors) or ""
    target = _text(row.target if draft.target is UNSET else draft.target, "target", TARGET_LIMIT, errors)
    model = row.model if draft.model is UNSET else draft.model
    model = _text(model, "model", MODEL_LIMIT, errors) or (start.model if start is not None else "")
    said = draft.base_url
    if said is UNSET:
        # The address is the key's: who takes the key away has no more use for it.
        said = None if draft.api_key is None else row.base_url
    base_url = _text(said, "baseUrl", 500, errors)
    if not name:
        errors.append(FieldError("name", "is required."))
    if not model and target is None:
        errors.append(FieldError("model", "is required: GET /api/catalogue/models lists what there is."))
    origin, was = _origin(base_url, errors), _origin(row.base_url, [])
    put, drop = _read_key(actor, shown, draft, origin, sealed_keys, errors)
    has_own = put is not None or (shown is not None and not drop)
    if has_own and put is None and origin and origin != was:
        errors.append(
            FieldError(
                "apiKey",
                "The key was entered for another address and is not sent to a new one: enter it again together with"
                " the new baseUrl.",
            )
        )
    if base_url is not None and not has_own:
        errors.append(FieldError("baseUrl", "is where the feature's own key goes: send apiKey with it, or null."))
    parameters = _merge_settings(row.parameters, draft.settings, errors)
    custom: JsonObject = dict(row.custom_parameters if draft.custom is UNSET else draft.custom or {})
    errors += check_custom_parameters(custom)
    if errors:
        raise InvalidInput.of_all(tuple(dict.fromkeys(errors)))
    return FeaturePlan(
        name=name,
        model=model,
        target=target,
        base_url=base_url,
        system_prompt=row.system_prompt if draft.system_prompt is UNSET else draft.system_prompt or "",
        parameters=parameters,
        custom=custom,
        caching=read_caching(row.caching) if draft.caching is UNSET else draft.caching,
        put=put,
        drop=drop,
        origin=origin,
    )


def check_output_limit(plan: FeaturePlan, limit: int | None) -> None:
    """Raise InvalidInput when more tokens are allowed than the model can write. ``limit`` None: nobody knows."""
    wanted = plan.parameters.get("maxTokens")
    if limit is not None and isinstance(wanted, int) and wanted > limit:
        raise InvalidInput.of("maxTokens", f"must be {limit} or less: {plan.model} writes no more in one answer.")


def read_key(actor: Actor, given: Secret, origin: str, sealed_keys: SealedKeys, *, field: str = "apiKey") -> Secret:
    """A key as somebody sent it, in plain or sealed for ``origin``. Raises InvalidInput for what can be none."""
    text = given.reveal().strip()
    if looks_sealed(text):
        opened = sealed_keys.open_sealed(text, user=actor.user_id, workspace=actor.workspace_id, origin=origin)
        text = opened.reveal().strip()
    if is_mask(text):
        raise InvalidInput.of(field, "is a mask and no key: leave it out to keep the stored one, or enter the key.")
    key = Secret(text)
    write_auth(PROVIDERS[PROVIDER].auth, key)
    return key


def _read_key(
    actor: Actor,
    shown: str | None,
    draft: FeatureDraft,
    origin: str,
    sealed_keys: SealedKeys,
    errors: list[FieldError],
) -> tuple[Secret | None, bool]:
    given = draft.api_key
    if isinstance(given, UnsetType) or (given is not None and shown is not None and given.reveal().strip() == shown):
        return None, False
    if given is None:
        return None, shown is not None
    if not origin:
        return None, False
    try:
        return read_key(actor, given, origin, sealed_keys), False
    except InvalidInput as error:
        errors += error.fields or (FieldError("apiKey", error.message),)
        return None, False


def _origin(base_url: str | None, errors: list[FieldError]) -> str:
    try:
        return write_origin(read_base_url(PROVIDERS[PROVIDER], base_url).origin)
    except InvalidInput as error:
        errors += error.fields or (FieldError("baseUrl", error.message),)
        return ""


def _merge_settings(present: JsonObject, given: JsonObject, errors: list[FieldError]) -> JsonObject:
    merged: JsonObject = {**present, **given}
    for name in SETTINGS:
        value = merged.get(name)
        least, most = _RANGES.get(name, (0, None))
        if value is None:
            merged.pop(name, None)
        elif name in SITE:
            errors += _check_site(name, value)
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            errors.append(FieldError(name, "must be a number."))
        elif name == "maxTokens" and not isinstance(value, int):
            errors.append(FieldError(name, "must be a whole number."))
        elif value < least or (most is not None and value > most) or value >= 2**31:
            span = f"between {least} and {most}" if most is not None else f"{least} or more"
            errors.append(FieldError(name, f"must be {span}."))
    return merged


def _check_site(name: str, value: JsonValue) -> list[FieldError]:
    """They go into headers, which do not hold everything."""
    parameter = next(one for one in OPENROUTER if one.name == name)
    fits = isinstance(value, str) and len(value) <= (parameter.max_length or 0)
    if fits and re.fullmatch(parameter.pattern or "", str(value)) is not None:
        return []
    what = (
        "the address of your site, such as https://example.com" if name == "siteUrl" else "a name in ASCII characters"
    )
    return [FieldError(name, f"must be {what}, in at most {parameter.max_length} characters.")]


def _text(value: str | None, field: str, limit: int, errors: list[FieldError]) -> str | None:
    text = (value or "").strip()
    if len(text) > limit:
        errors.append(FieldError(field, f"has at most {limit} characters; has {len(text)}."))
    elif not text.isprintable():
        errors.append(FieldError(field, "holds a line break or another character that cannot be shown."))
    return text or None
