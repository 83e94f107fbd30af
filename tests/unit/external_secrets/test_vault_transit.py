"""The root key wrapped by the transit engine of a real server that speaks Vault's API."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.upstreams.vault_server import RunningVault

from trunkline.external_secrets.service_call import ServiceFailed
from trunkline.external_secrets.vault_transit import VaultTransit
from trunkline.outbound import Client

KEY = bytes(range(32))


async def test_what_was_wrapped_is_unwrapped(vault: RunningVault, client: Client) -> None:
    service = VaultTransit("transit/trunkline", vault.environment, client)
    wrapped = await service.wrap(KEY)
    assert wrapped.startswith("vault:v1:")
    assert await service.unwrap(wrapped) == KEY
    assert await service.unwrap(vault.wrap(KEY)) == KEY, "as others wrap it too"


async def test_a_turned_key_still_unwraps(vault: RunningVault, client: Client) -> None:
    service = VaultTransit("transit/trunkline", vault.environment, client)
    wrapped = await service.wrap(KEY)
    vault.ask("POST", "transit/keys/trunkline/rotate", {})
    assert await service.unwrap(wrapped) == KEY
    assert not (await service.wrap(KEY)).startswith("vault:v1:")


async def test_a_token_from_a_file_and_one_from_a_login(vault: RunningVault, client: Client, tmp_path: Path) -> None:
    address = {"VAULT_ADDR": vault.url}
    (tmp_path / "token").write_text(f"{vault.environment['VAULT_TOKEN']}\n")
    (tmp_path / ".vault-token").write_text("wrong")
    from_file = {**address, "VAULT_TOKEN_FILE": str(tmp_path / "token"), "HOME": str(tmp_path)}
    assert await VaultTransit("transit/trunkline", from_file, client).wrap(KEY)
    with pytest.raises(ServiceFailed, match="permission denied"):
        await VaultTransit("transit/trunkline", {**address, "HOME": str(tmp_path)}, client).wrap(KEY)

    vault.ask("POST", "sys/auth/approle", {"type": "approle"})
    policy = 'path "transit/*" { capabilities = ["update"] }'
    vault.ask("PUT", "sys/policies/acl/trunkline", {"policy": policy})
    vault.ask("POST", "auth/approle/role/trunkline", {"token_policies": "trunkline"})
    role = vault.ask("GET", "auth/approle/role/trunkline/role-id")["data"]["role_id"]
    secret = vault.ask("POST", "auth/approle/role/trunkline/secret-id", {})["data"]["secret_id"]
    login = {**address, "VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}
    assert await VaultTransit("transit/trunkline", login, client).wrap(KEY)


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("transit/other", {}, "encryption key not found"),
        ("transit/trunkline", {"VAULT_TOKEN": "wrong"}, "permission denied"),
        ("transit/trunkline", {"VAULT_ADDR": ""}, "set VAULT_ADDR"),
        ("transit/trunkline", {"VAULT_ADDR": "vault"}, "not absolute"),
        ("transit/trunkline", {"VAULT_TOKEN": "", "HOME": "/nowhere"}, "VAULT_TOKEN_FILE"),
    ],
)
async def test_what_is_wrong_is_told(
    vault: RunningVault, client: Client, name: str, changes: dict[str, str], told: str
) -> None:
    wrapped = vault.wrap(KEY)
    with pytest.raises(ServiceFailed, match=told) as refused:
        await VaultTransit(name, {**vault.environment, **changes}, client).unwrap(wrapped)
    assert refused.value.refused
    assert "wrong" not in str(refused.value), "a token is shown nowhere"


async def test_a_changed_ciphertext_is_refused(vault: RunningVault, client: Client) -> None:
    service = VaultTransit("transit/trunkline", vault.environment, client)
    wrapped = vault.wrap(KEY)
    with pytest.raises(ServiceFailed, match="message authentication failed"):
        await service.unwrap(wrapped[:-6] + ("A" if wrapped[-6] != "A" else "B") + wrapped[-5:])
