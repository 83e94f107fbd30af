"""Where references lead, asked for real: the environment, files, a server with Vault's API, and moto."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.upstreams.aws_server import RunningAws
from tests.upstreams.vault_server import RunningVault

from trunkline.external_secrets.reference_stores import Fetch, make_stores
from trunkline.external_secrets.service_call import ServiceFailed
from trunkline.outbound import Client


async def find(stores: dict[str, Fetch], kind: str, name: str, field: str | None = None) -> str:
    return (await stores[kind](name, field)).secret.reveal()


async def test_variables_and_files(client: Client, tmp_path: Path) -> None:
    stores = dict(make_stores({"KEY": " sk-1 ", "EMPTY": ""}, lambda _: client))
    assert await find(stores, "env", "KEY") == "sk-1"
    for name in ("EMPTY", "OTHER"):
        with pytest.raises(ServiceFailed, match=f"has no {name}"):
            await find(stores, "env", name)
    file = tmp_path / "key"
    with pytest.raises(ServiceFailed, match="No such file"):
        await find(stores, "file", str(file))
    file.write_text("sk-2\n")
    assert await find(stores, "file", str(file)) == "sk-2"
    file.write_text("")
    with pytest.raises(ServiceFailed, match="is empty"):
        await find(stores, "file", str(file))
    file.write_bytes(b"\xff")
    with pytest.raises(ServiceFailed, match="is no text"):
        await find(stores, "file", str(file))


async def test_fields_of_both_versions_of_vault_s_engine(vault: RunningVault, client: Client) -> None:
    stores = dict(make_stores(vault.environment, lambda _: client))
    vault.ask("POST", "secret/data/ai/openai", {"data": {"key": "sk-3", "number": 1}})
    assert await find(stores, "vault", "secret/data/ai/openai", "key") == "sk-3"
    vault.ask("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
    vault.ask("POST", "old/openai", {"key": "sk-4"})
    found = await stores["vault"]("old/openai", "key")
    assert found.secret.reveal() == "sk-4"
    assert found.seconds is not None, "version 1 says how long it is good"
    for field in ("other", "number"):
        with pytest.raises(ServiceFailed, match=f"has no field {field}"):
            await find(stores, "vault", "secret/data/ai/openai", field)
    with pytest.raises(ServiceFailed, match="status 404"):
        await find(stores, "vault", "secret/data/ai/none", "key")


async def test_secrets_of_aws(aws: RunningAws, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    stores = dict(make_stores(aws.environment, lambda _: client))
    theirs = aws.client("secretsmanager")
    theirs.create_secret(Name="ai/plain", SecretString="sk-5")
    arn = theirs.create_secret(Name="ai/fields", SecretString=json.dumps({"key": "sk-6"}))["ARN"]
    theirs.create_secret(Name="ai/binary", SecretBinary=b"sk-7")
    assert await find(stores, "aws-sm", "ai/plain") == "sk-5"
    assert await find(stores, "aws-sm", "ai/fields", "key") == await find(stores, "aws-sm", arn, "key") == "sk-6"
    for name, field, told in (
        ("ai/none", None, "ResourceNotFoundException"),
        ("ai/fields", "other", "has no field other"),
        ("ai/plain", "key", "is no JSON"),
        ("ai/binary", None, "is no text"),
    ):
        with pytest.raises(ServiceFailed, match=told):
            await find(stores, "aws-sm", name, field)
