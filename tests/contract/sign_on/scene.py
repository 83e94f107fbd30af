"""An installation whose people sign in at a provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.contract.local_installation import LocalInstallation, Person, open_local_installation
from tests.upstreams.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider

PUBLIC_URL = "http://trunkline.test"
REDIRECT_URI = f"{PUBLIC_URL}/api/auth/sso/corp/callback"


@dataclass
class Scene:
    """``admin`` owns the workspace ``team``."""

    installed: LocalInstallation
    admin: Person
    team: str

    async def add_provider(self, issuer: str, **fields: Any) -> dict[str, Any]:
        """One with the slug ``corp``, whose group ``staff`` is a member of the team."""
        body = {
            "slug": "corp",
            "name": "Corp",
            "issuer": issuer,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "scopes": ["email", "profile", "groups"],
            "groupRoles": [{"group": "staff", "workspaceId": self.team, "role": "member"}],
            **fields,
        }
        answer = await self.admin.client.post("/api/identity-providers", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def leave(self, browser: httpx2.AsyncClient, return_to: str = "/chat") -> str:
        """Begin a sign-in. Gives the provider's address that the browser is sent to."""
        sent = await browser.get("/api/auth/sso/corp", params={"returnTo": return_to})
        assert sent.status_code == 303, sent.text
        return sent.headers["location"]

    async def sign_in(self, provider: OidcProvider, account: str, browser: httpx2.AsyncClient) -> httpx2.Response:
        """The whole way there and back, and the answer at its end."""
        async with httpx2.AsyncClient(trust_env=False) as there:
            back = await provider.sign_in(there, await self.leave(browser), account)
        return await browser.get(back)

    async def enter(self, browser: httpx2.AsyncClient) -> dict[str, Any]:
        """What the console does then: the session of the browser."""
        answer = await browser.post("/api/auth/refresh", json={"cookie": True})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def roles(self, session: dict[str, Any]) -> dict[str, str]:
        """Which role they have in which shared workspace."""
        me = (await self.installed.client(session["accessToken"]).get("/api/auth/me")).json()
        return {each["id"]: each["role"] for each in me["workspaces"] if not each["personal"]}

    async def refusals(self) -> list[str]:
        """The codes of the sign-ins that were refused, the newest first."""
        found = await self.admin.client.get("/api/audit?action=auth.sign_on&outcome=refused")
        return [event["after"]["code"] for event in found.json()]


def read_query(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@asynccontextmanager
async def open_scene(database_url: str, directory: Path, **settings: Any) -> AsyncIterator[Scene]:
    """Open one. It may call what is on this machine."""
    settings = {"local_upstreams": "loopback", "public_url": PUBLIC_URL, "login_attempts_per_minute": 1_000, **settings}
    async with open_local_installation(database_url, directory, **settings) as installed:
        admin = await installed.set_up()
        yield Scene(installed, admin, await admin.make_workspace())
