"""A configuration of an application, as the programs know it that have settings instead of parameters."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.configurations.common_settings import (
    SHOWN_DEFAULTS,
    merge_settings,
    read_settings,
    write_settings,
)
from trunkline.control.configurations.configuration import ConfigurationRecord, Draft
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.secret import Secret, is_mask
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.storage.tables import Configuration


class ModelConfigRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration, whether it is its application's default, and its settings.

    ``settings`` show a default where nobody has set anything; it is never sent. ``systemPrompt`` is None without one.
    """

    configuration: ConfigurationRecord
    is_default: bool
    settings: JsonObject


class ModelConfigDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants it to be; what is UNSET stays as it is, or gets its default.

    ``settings`` are merged name by name, None takes one away. Without ``api_key`` a key is borrowed: the credential
    ``credential_id``, or with None the workspace's shared one. ``echoed``: an answer of ours is sent back, so that a
    default in it that nobody has set was not set by this either.
    """

    application_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    provider: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    settings: JsonObject | UnsetType = UNSET
    api_key: Secret | UnsetType | None = UNSET
    credential_id: str | UnsetType | None = UNSET
    base_url: str | UnsetType | None = UNSET
    echoed: bool = False


def show(record: ConfigurationRecord, *, is_default: bool) -> ModelConfigRecord:
    """The configuration as it is known here."""
    settings: JsonObject = {**SHOWN_DEFAULTS, "systemPrompt": None, **read_settings(record.provider, record.parameters)}
    return ModelConfigRecord(configuration=record, is_default=is_default, settings=settings)


def draft_new(draft: ModelConfigDraft, application_id: str) -> Draft:
    """A new configuration of the application, which the workspace shares. Raises InvalidInput."""
    _require_one_credential(draft)
    provider = _find(draft.provider)
    settings: JsonObject = {} if isinstance(draft.settings, UnsetType) else draft.settings
    given: JsonObject = {name: value for name, value in settings.items() if value is not None}
    return Draft(
        name=draft.name,
        provider=draft.provider,
        model=draft.model,
        api_key=draft.api_key,
        base_url=draft.base_url,
        parameters=given if provider is None else write_settings(provider, given),
        shared=True,
        application_id=application_id,
        borrows=True,
        lender_id=draft.credential_id,
    )


def draft_change(draft: ModelConfigDraft, row: Configuration, *, has_key: bool) -> Draft:
    """What ``draft`` changes of the stored configuration; ``has_key``: it has a key of its own. Raises InvalidInput."""
    _require_one_credential(draft)
    api_key, borrows, lender_id = draft.api_key, UNSET, draft.credential_id
    if isinstance(lender_id, str) or (api_key is None and (has_key or row.borrows)):
        api_key, borrows = UNSET, True
        if has_key and isinstance(lender_id, UnsetType):
            lender_id = None
    return Draft(
        name=draft.name,
        provider=draft.provider,
        model=draft.model,
        api_key=api_key,
        base_url=draft.base_url,
        parameters=_change_parameters(draft, row),
        borrows=borrows,
        lender_id=lender_id,
    )


def _change_parameters(draft: ModelConfigDraft, row: Configuration) -> JsonObject | UnsetType:
    given: JsonObject = {} if isinstance(draft.settings, UnsetType) else dict(draft.settings)
    if draft.echoed:
        stored = read_settings(row.provider, row.parameters)
        for name, shown in SHOWN_DEFAULTS.items():
            if name in given and name not in stored and given[name] == shown:
                del given[name]
    provider = _find(row.provider if isinstance(draft.provider, UnsetType) else draft.provider)
    if provider is None:
        # Whatever else is wrong, the provider is: the check of the whole says so.
        return UNSET
    merged = merge_settings(row.provider, provider, row.parameters, given)
    gone: JsonObject = {name: None for name in row.parameters if name not in merged}
    return {**gone, **merged}


def _require_one_credential(draft: ModelConfigDraft) -> None:
    key = draft.api_key
    if isinstance(key, Secret) and isinstance(draft.credential_id, str) and not is_mask(key.reveal().strip()):
        raise InvalidInput.of("credentialId", "cannot come together with apiKey: send one of the two.")


def _find(name: str | UnsetType) -> Provider | None:
    try:
        return find(name) if isinstance(name, str) else None
    except NotFound:
        return None
