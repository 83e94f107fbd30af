"""What a provider, or somebody in its place, may answer with, and why nobody is signed in by it."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.contract.sign_on.forger import Claims, Forger, open_forger
from tests.contract.sign_on.scene import Scene, read_query
from tests.upstreams.oidc_provider import CLIENT_ID, CLIENT_SECRET


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    async with open_forger() as opened:
        yield opened


async def come_back(scene: Scene, forger: Forger, **more: str) -> httpx2.Response:
    """Begin a sign-in, and come back from it with any code."""
    browser = scene.installed.client()
    query = read_query(await scene.leave(browser))
    forger.nonce = query["nonce"]
    answer = {"code": "any", "state": query["state"], **more}
    return await browser.get("/api/auth/sso/corp/callback", params=answer)


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def write_unsigned(claims: Claims) -> str:
    parts = [json.dumps({"alg": "none"}).encode(), json.dumps(claims).encode(), b""]
    return ".".join(encode(part) for part in parts)


def sign_with_the_client_secret(forger: Forger) -> None:
    forger.key = OctKey.import_key(CLIENT_SECRET)
    forger.header = {"alg": "HS256"}


def sign_with_the_public_key(forger: Forger) -> None:
    """The old confusion: a public key taken for a shared secret."""
    public = forger.known.as_pem(private=False)

    def sign(claims: Claims) -> str:
        stated = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "one"}, claims))
        return f"{stated}.{encode(hmac.digest(public, stated.encode(), 'sha256'))}"

    forger.write = sign


def sign_with_another_key(forger: Forger) -> None:
    forger.key = RSAKey.generate_key(2048, {"kid": "one"})


def bring_its_own_key(forger: Forger) -> None:
    """A key in the header of the token proves nothing."""
    forger.key = RSAKey.generate_key(2048, {"kid": "two"})
    forger.header = {"kid": "two", "jwk": forger.key.as_dict(private=False)}


def change(**claims: Any) -> Callable[[Forger], None]:
    return lambda forger: forger.change.update(claims)


def write(what: Callable[[Claims], str]) -> Callable[[Forger], None]:
    return lambda forger: setattr(forger, "write", what)


BAD: dict[str, tuple[Callable[[Forger], None], str]] = {
    "another issuer": (change(iss="https://evil.example"), "id_token_issuer"),
    "another audience": (change(aud="somebody"), "id_token_audience"),
    "an audience that is a part": (change(aud=CLIENT_ID + "2"), "id_token_audience"),
    "several audiences without azp": (change(aud=[CLIENT_ID, "other"]), "id_token_audience"),
    "made for another client": (change(aud=[CLIENT_ID, "other"], azp="other"), "id_token_audience"),
    "expired": (change(exp=int(time.time()) - 3_600), "id_token_expired"),
    "from the future": (change(iat=int(time.time()) + 3_600), "id_token_expired"),
    "another nonce": (change(nonce="another"), "id_token_nonce"),
    "no nonce": (change(nonce=None), "id_token_nonce"),
    "no expiry": (change(exp=None), "id_token_invalid"),
    "an empty subject": (change(sub=""), "id_token_invalid"),
    "not signed": (write(write_unsigned), "id_token_algorithm"),
    "no token": (write(lambda _: "nonsense"), "id_token_invalid"),
    "very long": (write(lambda _: "x" * 100_000), "id_token_invalid"),
    "signed with the client secret": (sign_with_the_client_secret, "id_token_algorithm"),
    "signed with the public key": (sign_with_the_public_key, "id_token_algorithm"),
    "signed with another key": (sign_with_another_key, "id_token_invalid"),
    "signed with a key that it brings": (bring_its_own_key, "id_token_invalid"),
    "too many groups": (
        change(groups=None, _claim_names={"groups": "src1"}, _claim_sources={}),
        "sign_on_too_many_groups",
    ),
    "no address": (change(email=None), "sign_on_no_email"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_token_signs_nobody_in(small_scene: Scene, forger: Forger, name: str) -> None:
    spoil, code = BAD[name]
    await small_scene.add_provider(forger.issuer)
    spoil(forger)
    back = await come_back(small_scene, forger)
    assert await small_scene.refusals() == [code]
    assert back.status_code == 403
    assert "trunkline_refresh" not in str(back.headers.get_list("set-cookie"))
    assert len((await small_scene.admin.client.get("/api/users")).json()) == 1


@pytest.mark.parametrize("good", [{}, {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}, {"groups": "staff"}])
async def test_a_good_token_signs_in(small_scene: Scene, forger: Forger, good: Claims) -> None:
    await small_scene.add_provider(forger.issuer)
    forger.change = good
    assert (await come_back(small_scene, forger)).status_code == 303


async def test_keys_that_are_new_are_asked_for_once(small_scene: Scene, forger: Forger) -> None:
    await small_scene.add_provider(forger.issuer)
    assert (await come_back(small_scene, forger)).status_code == 303
    forger.asked.clear()
    forger.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    forger.header, forger.published = {"kid": "two"}, [forger.known, forger.key]
    # Not within half a minute of the last time: anybody can name a key that is not there.
    assert (await come_back(small_scene, forger)).status_code == 403
    assert forger.asked == []


async def test_an_answer_of_another_provider_is_refused(small_scene: Scene, forger: Forger) -> None:
    await small_scene.add_provider(forger.issuer)
    assert (await come_back(small_scene, forger, iss="https://evil.example")).status_code == 403
    assert await small_scene.refusals() == ["sign_on_issuer"]


@pytest.mark.parametrize("return_to", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb"])
async def test_nobody_is_led_elsewhere(small_scene: Scene, forger: Forger, return_to: str) -> None:
    await small_scene.add_provider(forger.issuer)
    answer = await small_scene.installed.client().get("/api/auth/sso/corp", params={"returnTo": return_to})
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_provider_that_is_not_in_use_is_not_offered(small_scene: Scene, forger: Forger) -> None:
    added = await small_scene.add_provider(forger.issuer)
    browser = small_scene.installed.client()
    query = read_query(await small_scene.leave(browser))
    path = f"/api/identity-providers/{added['id']}"
    assert (await small_scene.admin.client.put(path, json={"enabled": False})).status_code == 200
    assert (await browser.get("/api/auth/options")).json()["signOn"] == []
    assert (await browser.get("/api/auth/sso/corp")).status_code == 404
    back = await browser.get("/api/auth/sso/corp/callback", params={"code": "any", "state": query["state"]})
    assert back.status_code == 404
