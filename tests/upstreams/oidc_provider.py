"""Starts oidc-provider, a certified OpenID Connect provider, and signs people in there as a browser does."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.upstreams.aimock import HERE, NODE, free_port, select_a_moment

CLIENT_ID = "trunkline"
CLIENT_SECRET = "a secret: with/signs & spaces+"


class OidcProvider:
    """A running one. ``issuer`` is its address."""

    def __init__(self, port: int, accounts_file: Path) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self._accounts_file = accounts_file

    def say(self, **accounts: dict[str, Any]) -> None:
        """From now on these are the claims of its accounts, by their names."""
        self._accounts_file.write_text(json.dumps(accounts))

    async def sign_in(self, browser: httpx2.AsyncClient, url: str, account: str) -> str:
        """Follow ``url`` there, sign in as ``account`` and consent. Gives the address that the browser is sent to."""
        while True:
            page = await browser.get(url)
            if page.status_code in {302, 303}:
                url = str(page.url.join(page.headers["location"]))
                if not url.startswith(self.issuer):
                    return url
                continue
            assert page.status_code == 200, page.text
            action = re.search(r'action="([^"]+)"', page.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
            assert action is not None, page.text
            assert prompt is not None, page.text
            fields = {"prompt": prompt[1], "login": account, "password": "any"}
            sent = await browser.post(str(page.url.join(action[1])), data=fields)
            assert sent.status_code in {302, 303}, sent.text
            url = str(page.url.join(sent.headers["location"]))


@contextmanager
def start(redirect_uri: str, accounts_file: Path, *, claims_in_token: bool) -> Iterator[OidcProvider]:
    """Run it until the block ends. Its accounts are kept in a file."""
    port = free_port()
    options = {
        "port": port,
        "clientId": CLIENT_ID,
        "clientSecret": CLIENT_SECRET,
        "redirectUri": redirect_uri,
        "accountsFile": str(accounts_file),
        "claimsInToken": claims_in_token,
    }
    command = [str(NODE), str(HERE / "oidc_provider.mjs"), json.dumps(options)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(2000):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5):
                    break
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise RuntimeError("oidc-provider did not start") from None
                select_a_moment()
        yield OidcProvider(port, accounts_file)
    finally:
        process.kill()
        process.wait()
