"""A configuration's forms: the row as people see it, as it is checked against, and as it is saved in its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from trunkline.control.configurations.configuration import ConfigurationRecord, KeyRecord, TestRecord, TestStatus
from trunkline.control.configurations.credentials import ACCESS_KEY, API_KEY, HEADER_PREFIX
from trunkline.control.configurations.proposed import Present, Proposal
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.secret import Secret, mask
from trunkline.storage.tables import Configuration, Credential


def show(row: Configuration, credential: Credential | None, masks: Mapping[str, str]) -> ConfigurationRecord:
    """The row as people see it; ``masks`` by secret field."""
    key = None
    if credential is not None and API_KEY in masks:
        key = KeyRecord(
            credential_id=credential.id,
            mask=masks[API_KEY],
            fingerprint=credential.fingerprint,
            added_by=credential.created_by,
            added_at=credential.created_at,
            last_used_at=credential.last_used_at,
        )
    headers = _headers(masks)
    return ConfigurationRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        application_id=row.application_id,
        name=row.name,
        provider=row.provider,
        model=row.model,
        base_url=row.base_url,
        parameters={**row.parameters, "headers": headers} if headers else dict(row.parameters),
        key=key,
        access_key=masks.get(ACCESS_KEY),
        is_active=row.is_active,
        shared=row.is_shared,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        last_tested_at=row.last_tested_at,
        test_status=cast("TestStatus", row.test_status),
        last_test=_read_test(row),
        borrows=row.borrows,
        lender_id=row.lender_id,
    )


def _read_test(row: Configuration) -> TestRecord | None:
    result = row.test_result
    if result is None or row.last_tested_at is None:
        return None
    latency = result.get("latencyMs")
    return TestRecord(
        tested_at=row.last_tested_at,
        success=row.test_status == "success",
        latency_ms=latency if isinstance(latency, int) else 0,
        message=str(result.get("message", "")),
    )


def read_present(row: Configuration, masks: Mapping[str, str]) -> Present:
    """The row as a draft is checked against it."""
    return Present(
        name=row.name,
        provider=row.provider,
        model=row.model,
        base_url=row.base_url,
        parameters=dict(row.parameters),
        is_active=row.is_active,
        shared=row.is_shared,
        application_id=row.application_id,
        masks=masks,
        user_id=row.user_id,
        borrows=row.borrows,
        lender_id=row.lender_id,
    )


def write_state(
    proposal: Proposal,
    fingerprints: Mapping[str, str],
    put: Mapping[str, Secret],
    masks: Mapping[str, str],
    before: JsonObject,
) -> JsonObject:
    """What history keeps: everything but secrets, which are there as mask and fingerprint.

    ``before`` is the state so far, where the fingerprints of the secrets that stay are.
    """
    shown: dict[str, JsonValue] = {}
    for field, text in masks.items():
        if field not in proposal.drop:
            shown[field] = _shown_before(before, field) or {"mask": text, "fingerprint": None}
    for field, secret in put.items():
        shown[field] = {"mask": mask(secret.reveal()), "fingerprint": fingerprints[field]}
    return _state(
        shown,
        parameters=proposal.parameters,
        name=proposal.name,
        provider=proposal.provider.id,
        model=proposal.model,
        base_url=proposal.base_url,
        is_active=proposal.is_active,
        shared=proposal.shared,
        application_id=proposal.application_id,
        borrows=proposal.borrows,
        lender_id=proposal.lender_id,
    )


def read_state(row: Configuration, masks: Mapping[str, str]) -> JsonObject:
    """The same from a row that has no history, such as one that the first start makes."""
    return _state(
        {field: {"mask": text, "fingerprint": None} for field, text in masks.items()},
        parameters=row.parameters,
        name=row.name,
        provider=row.provider,
        model=row.model,
        base_url=row.base_url,
        is_active=row.is_active,
        shared=row.is_shared,
        application_id=row.application_id,
        borrows=row.borrows,
        lender_id=row.lender_id,
    )


def _state(
    secrets: Mapping[str, JsonValue],
    *,
    parameters: JsonObject,
    name: str,
    provider: str,
    model: str | None,
    base_url: str | None,
    is_active: bool,
    shared: bool,
    application_id: str | None,
    borrows: bool,
    lender_id: str | None,
) -> JsonObject:
    headers: JsonObject = {
        field.removeprefix(HEADER_PREFIX): value
        for field, value in sorted(secrets.items())
        if field.startswith(HEADER_PREFIX)
    }
    beside: JsonObject = {"accessKey": secrets[ACCESS_KEY]} if ACCESS_KEY in secrets else {}
    return {
        "name": name,
        "provider": provider,
        "model": model,
        "baseUrl": base_url,
        "apiKey": secrets.get(API_KEY),
        **beside,
        "configuration": {**parameters, "headers": headers} if headers else dict(parameters),
        "isActive": is_active,
        "shared": shared,
        "applicationId": application_id,
        **({"borrows": True, "credentialId": lender_id} if borrows else {}),
    }


def _shown_before(before: JsonObject, field: str) -> JsonValue:
    if field in (API_KEY, ACCESS_KEY):
        return before.get(field)
    configuration = before.get("configuration")
    headers = configuration.get("headers") if isinstance(configuration, dict) else None
    return headers.get(field.removeprefix(HEADER_PREFIX)) if isinstance(headers, dict) else None


def _headers(masks: Mapping[str, str]) -> JsonObject:
    return {
        field.removeprefix(HEADER_PREFIX): text
        for field, text in sorted(masks.items())
        if field.startswith(HEADER_PREFIX)
    }
