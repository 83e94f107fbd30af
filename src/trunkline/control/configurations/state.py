"""A configuration's forms: the row as people see it, as it is checked against, and as it is saved in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trunkline.control.caching.rules import read_caching, write_caching
from trunkline.control.configurations.configuration import (
    KIND,
    ConfigurationKeyRecord,
    ConfigurationRecord,
    Present,
    Proposal,
    TestRecord,
)
from trunkline.control.configurations.credentials import ACCESS_KEY, API_KEY, HEADER_PREFIX
from trunkline.control.record import read_record
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.secret import Secret, mask
from trunkline.storage import credentials, revisions
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Credential


def show(row: Configuration, credential: Credential | None, masks: Mapping[str, str]) -> ConfigurationRecord:
    """The row as people see it; ``masks`` by secret field."""
    key = None
    if credential is not None and API_KEY in masks:
        key = read_record(
            ConfigurationKeyRecord,
            credential,
            credential_id=credential.id,
            mask=masks[API_KEY],
            added_by=credential.created_by,
            added_at=credential.created_at,
        )
    headers = _headers(masks)
    return read_record(
        ConfigurationRecord,
        row,
        parameters={**row.parameters, "headers": headers} if headers else row.parameters,
        key=key,
        access_key=masks.get(ACCESS_KEY),
        shared=row.is_shared,
        last_test=_read_test(row),
        caching=read_caching(row.caching),
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
    return read_record(Present, row, shared=row.is_shared, masks=masks, caching=read_caching(row.caching))


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
    return _state(shown, read_record(Present, proposal, provider=proposal.provider.id))


def read_state(row: Configuration, masks: Mapping[str, str]) -> JsonObject:
    """The same from a row that has no history, such as one that the first start makes."""
    return _state(
        {field: {"mask": text, "fingerprint": None} for field, text in masks.items()}, read_present(row, masks)
    )


def _state(secrets: Mapping[str, JsonValue], stored: Present) -> JsonObject:
    headers: JsonObject = {
        field.removeprefix(HEADER_PREFIX): value
        for field, value in sorted(secrets.items())
        if field.startswith(HEADER_PREFIX)
    }
    beside: JsonObject = {"accessKey": secrets[ACCESS_KEY]} if ACCESS_KEY in secrets else {}
    return {
        "name": stored.name,
        "provider": stored.provider,
        "model": stored.model,
        "baseUrl": stored.base_url,
        "apiKey": secrets.get(API_KEY),
        **beside,
        "configuration": {**stored.parameters, "headers": headers} if headers else stored.parameters,
        "isActive": stored.is_active,
        "shared": stored.shared,
        "applicationId": stored.application_id,
        **({"caching": write_caching(stored.caching)} if stored.caching is not None else {}),
        **({"borrows": True, "credentialId": stored.lender_id} if stored.borrows else {}),
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


async def find_masks(tx: Transaction, row: Configuration) -> dict[str, str]:
    """What people are shown of each secret field; nothing where there is none."""
    if row.credential_id is None:
        return {}
    return (await credentials.read_masks(tx, [row.credential_id])).get(row.credential_id, {})


async def find_state(tx: Transaction, row: Configuration) -> JsonObject:
    """The state that is saved as the current revision; for a row without one, what can be told from the row."""
    saved = await revisions.find(tx, row.workspace_id, KIND, row.id, row.revision)
    return dict(saved.state) if saved is not None else read_state(row, await find_masks(tx, row))


async def show_all(tx: Transaction, rows: Sequence[Configuration]) -> list[ConfigurationRecord]:
    """Rows of one workspace as people see them, in their order."""
    ids = sorted({row.credential_id for row in rows if row.credential_id is not None})
    found = await credentials.find_many(tx, rows[0].workspace_id, ids) if ids else {}
    masks = await credentials.read_masks(tx, ids) if ids else {}
    return [show(row, found.get(row.credential_id or ""), masks.get(row.credential_id or "", {})) for row in rows]
