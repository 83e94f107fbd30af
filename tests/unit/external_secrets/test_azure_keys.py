"""The root key wrapped by Azure Key Vault, as its reference says that it answers.

https://learn.microsoft.com/en-us/rest/api/keyvault/keys/wrap-key/wrap-key
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from tests.unit.providers.fakes import FakeResponse, reply

from trunkline.external_secrets.azure_keys import AzureKeys
from trunkline.external_secrets.service_call import ServiceFailed
from trunkline.outbound import OutgoingRequest, Timeouts
from trunkline.outbound.transport import DEFAULT_TIMEOUTS

KEY = bytes(range(32))
NAME = "trunkline.vault.azure.net/root"
OAEP = padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=None)
CLIENT = {"AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client"}


class Azure:
    """A vault with one key, the token endpoint, and the metadata service of a machine."""

    def __init__(self) -> None:
        self.versions = {"v1": rsa.generate_private_key(65537, 2048)}
        self.disabled: set[str] = set()

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> FakeResponse:
        parts = urlsplit(str(request.url))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        fields = {name.lower(): value for name, value in request.headers}
        if parts.hostname == "169.254.169.254":
            assert query == {"api-version": "2018-02-01", "resource": "https://vault.azure.net"}
            assert (parts.path, fields) == ("/metadata/identity/oauth2/token", {"metadata": "true"})
            return reply({"access_token": "of-machine", "expires_in": "86399", "token_type": "Bearer"})
        if parts.hostname == "login.microsoftonline.com":
            return self._grant(
                parts.path, {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            )
        assert parts.hostname == "trunkline.vault.azure.net"
        assert query == {"api-version": "7.4"}
        if fields.get("authorization") not in {"Bearer of-machine", "Bearer of-client"}:
            return refuse(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")
        return self._serve(request, parts.path.split("/")[2:])

    def _grant(self, path: str, form: dict[str, str]) -> FakeResponse:
        assert path == "/tenant/oauth2/v2.0/token"
        assert (form["client_id"], form["grant_type"]) == ("client", "client_credentials")
        assert form["scope"] == "https://vault.azure.net/.default"
        assertion = form.get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        if form.get("client_secret") == "right" or (assertion and form["client_assertion"] == "of-pod"):
            return reply({"access_token": "of-client", "expires_in": 3599, "token_type": "Bearer"})
        return reply({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}, 401)

    def _serve(self, request: OutgoingRequest, path: list[str]) -> FakeResponse:
        name, *rest = path
        if name != "root":
            return refuse(404, "KeyNotFound", f"A key with (name/id) {name} was not found in this key vault.")
        if not rest:
            assert request.method == "GET"
            return reply(
                {"key": {"kid": f"https://{NAME.replace('/', '/keys/')}/{list(self.versions)[-1]}", "kty": "RSA"}}
            )
        version, verb = rest
        if version in self.disabled:
            return refuse(403, "Forbidden", "Operation unwrapKey is not allowed on a disabled key.")
        body = json.loads(request.body)
        assert body.pop("alg") == "RSA-OAEP-256"
        value = base64.urlsafe_b64decode(body["value"] + "==")
        key = self.versions[version]
        try:
            given = key.public_key().encrypt(value, OAEP) if verb == "wrapkey" else key.decrypt(value, OAEP)
        except ValueError:
            return refuse(400, "BadParameter", "The parameter is incorrect.")
        kid = f"https://{NAME.replace('/', '/keys/')}/{version}"
        return reply({"kid": kid, "value": base64.urlsafe_b64encode(given).decode().rstrip("=")})


def refuse(status: int, code: str, message: str) -> FakeResponse:
    return reply({"error": {"code": code, "message": message}}, status)


async def test_what_was_wrapped_is_unwrapped_by_the_identity_of_the_machine() -> None:
    service = AzureKeys(NAME, {}, Azure())
    assert await service.unwrap(await service.wrap(KEY)) == KEY


async def test_a_client_proves_itself_by_a_secret_or_a_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-pod\n")
    azure = Azure()
    for proof in ({"AZURE_CLIENT_SECRET": "right"}, {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")}):
        service = AzureKeys(NAME, {**CLIENT, **proof}, azure)
        assert await service.unwrap(await service.wrap(KEY)) == KEY


async def test_a_new_version_of_the_key_leaves_what_the_old_one_wrapped() -> None:
    azure = Azure()
    service = AzureKeys(NAME, {}, azure)
    wrapped = await service.wrap(KEY)
    azure.versions["v2"] = rsa.generate_private_key(65537, 2048)
    assert (await service.wrap(KEY)).startswith("v2.")
    assert await service.unwrap(wrapped) == KEY
    azure.disabled = {"v1"}
    with pytest.raises(ServiceFailed, match="status 403: Operation unwrapKey is not allowed on a disabled key"):
        await service.unwrap(wrapped)


async def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    azure = Azure()
    with pytest.raises(ServiceFailed, match="was not found in this key vault"):
        await AzureKeys("trunkline.vault.azure.net/other", {}, azure).wrap(KEY)
    with pytest.raises(ServiceFailed, match="Entra ID answered with status 401: AADSTS7000215") as refused:
        await AzureKeys(NAME, {**CLIENT, "AZURE_CLIENT_SECRET": "hunter2"}, azure).wrap(KEY)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(ServiceFailed, match="AZURE_FEDERATED_TOKEN_FILE"):
        await AzureKeys(NAME, {**CLIENT, "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "no")}, azure).wrap(KEY)
