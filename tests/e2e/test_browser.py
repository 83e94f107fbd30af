"""The TypeScript client in a real browser, on a page of another origin. Skipped where there is no Chromium."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from concurrent.futures import Future
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.contract.live_server import LiveServer, open_live_server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
"""The shell first: it leaves out the windows and menus of a browser, which take a seventh of the time."""
CLIENT = Path(__file__).parents[2] / "clients/typescript/dist/esm"
PAGE = """<!doctype html><title>x</title>
<script type=importmap>{"imports": {"@hpke/core": "/hpke.js"}}</script>
<script>const {KEY, BASE} = GIVEN;</script>
<script type=module>
const send = (path, options) => fetch(BASE + path, options);
const told = {};
async function note(name, work) {
  try { told[name] = await work(); } catch (error) { told[name] = `${error.name}: ${error.message}`; }
}
let TrunklineClient;
await note("import", async () => { ({TrunklineClient} = await import("/esm/index.js")); return true; });
const client = TrunklineClient && new TrunklineClient({apiKey: KEY, baseUrl: BASE});
const messages = [{role: "user", content: "Say hello."}];
await note("whole", async () => (await client.chat.create({model: "demo", messages})).choices.length);
await note("stream", async () => {
  let chunks = 0;
  for await (const chunk of client.chat.stream({model: "demo", messages})) chunks += 1;
  return chunks > 1;
});
await note("header", async () => {
  const headers = {authorization: `Bearer ${KEY}`, "x-stainless-os": "Linux"};
  const answer = await send("/v1/models", {headers});
  return answer.headers.get("x-request-id") !== null;
});
await note("refused", async () => (await send("/v1/models", {headers: {authorization: "Bearer x"}})).status);
await note("wrong", async () => (await send("/v1/v1/models", {headers: {authorization: `Bearer ${KEY}`}})).status);
await note("cookies", async () => (await send("/v1/models", {credentials: "include"})).status);
await note("api", async () => typeof (await client.get("/api/configurations")));
await fetch("/told", {method: "POST", body: JSON.stringify(told)});
</script>"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
    pytest.mark.skipif(not CLIENT.is_dir(), reason="needs the client built: make client"),
]


class Site:
    """A web server of another origin. ``page`` is what it shows at its root."""

    def __init__(self) -> None:
        self.page = ""
        self.told: Future[dict[str, Any]] = Future()
        site = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/esm/"):
                    body, kind = (CLIENT / self.path.removeprefix("/esm/")).read_bytes(), "text/javascript"
                elif self.path == "/hpke.js":
                    names = ("Aes256Gcm", "CipherSuite", "DhkemX25519HkdfSha256", "HkdfSha256")
                    body, kind = "".join(f"export class {name} {{}}\n" for name in names).encode(), "text/javascript"
                else:
                    body, kind = site.page.encode(), "text/html"
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                site.told.set_result(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_request(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Any:
    running = Site()
    yield running
    running.server.shutdown()


async def show(site: Site, server: LiveServer, key: str, profile: Path) -> dict[str, Any]:
    """What the page notes."""
    site.page = PAGE.replace("GIVEN", json.dumps({"KEY": key, "BASE": server.url}))
    site.told = Future()
    assert CHROMIUM is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", site.url]
    quiet = asyncio.subprocess.DEVNULL
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM, *options, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        return await asyncio.wait_for(asyncio.wrap_future(site.told), 100)
    finally:
        # Debian's command is a script, and the browser its child.
        os.killpg(browser.pid, signal.SIGTERM)
        await browser.wait()


async def make_key(server: LiveServer) -> str:
    """A key of a server, which has a demo from its first start on."""
    admin = await server.admin()
    return (await admin.client.post("/api/keys", json={"name": "page", "scope": "manage"})).json()["key"]


@pytest.fixture
async def servers(site: Site, tmp_path: Path) -> AsyncIterator[tuple[LiveServer, LiveServer]]:
    """One as it is unless told otherwise, and one that names the page."""
    async with (
        open_live_server(tmp_path / "usual") as usual,
        open_live_server(tmp_path / "named", cors_origins=site.url) as named,
    ):
        yield usual, named


async def test_the_client_in_a_browser(site: Site, servers: tuple[LiveServer, LiveServer], tmp_path: Path) -> None:
    usual, named = servers
    told = await show(site, usual, await make_key(usual), tmp_path / "one")
    assert told["api"].startswith("TypeError"), "the API is for no page unless it is named"
    calls = {"import": True, "whole": 1, "stream": True, "header": True, "refused": 401, "wrong": 404}
    assert {name: told[name] for name in calls} == calls
    assert str(told["cookies"]).startswith("TypeError"), "nothing that the browser keeps is ever sent along"
    told = await show(site, named, await make_key(named), tmp_path / "two")
    assert {name: told[name] for name in calls} == calls
    assert told["api"] == "object"
    assert str(told["cookies"]).startswith("TypeError")
