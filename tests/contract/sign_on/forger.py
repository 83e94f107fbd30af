"""A provider that signs whatever a test wants."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web  # noqa: TID251 - a server for tests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.upstreams.oidc_provider import CLIENT_ID, CLIENT_SECRET

Claims = dict[str, Any]


class Forger:
    """``change`` is laid over what a good token says, ``header`` over its header; ``key`` signs it.

    ``published`` are the keys that it tells, ``metadata`` is laid over its discovery document.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.known = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.key: RSAKey | OctKey = self.known
        self.published = [self.known]
        self.header: Claims = {}
        self.change: Claims = {}
        self.metadata: Claims = {}
        self.write: Callable[[Claims], str] = self.sign
        self.nonce = ""
        self.asked: list[str] = []

    def sign(self, claims: Claims) -> str:
        header = {"alg": "RS256", "kid": "one", **self.header}
        return jwt.encode(header, claims, self.key, algorithms=["RS256", "HS256", "none"])

    async def discover(self, request: web.Request) -> web.Response:
        self.asked.append("discovery")
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return web.json_response({**told, **self.metadata})

    async def tell_keys(self, request: web.Request) -> web.Response:
        self.asked.append("keys")
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.published]})

    async def redeem(self, request: web.Request) -> web.Response:
        fields = await request.post()
        assert (fields["client_id"], fields["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        assert len(str(fields["code_verifier"])) >= 43
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "ann",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "ann@corp.example",
            "groups": ["staff"],
            **self.change,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return web.json_response({"id_token": self.write(kept), "token_type": "Bearer"})


@asynccontextmanager
async def open_forger() -> AsyncIterator[Forger]:
    """Run one until the block ends."""
    forger = Forger()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", forger.discover)
    app.router.add_get("/keys", forger.tell_keys)
    app.router.add_post("/token", forger.redeem)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    forger.issuer = f"http://{host}:{port}"
    try:
        yield forger
    finally:
        await runner.cleanup()
