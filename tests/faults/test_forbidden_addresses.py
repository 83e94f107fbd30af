"""Each place of the API that takes an address, with each way to write a forbidden one: nobody there hears anything.

Names are resolved by what understands every odd form, and takes every name for this machine. What only the operator
says (telemetry, mail, key services) is no such place.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.contract.live_server import LiveServer, eventually, open_live_server
from tests.faults.outbound.forbidden import PAYLOADS, Lenient, Listener, spellings
from trunkline.app.pages import describe_api
from trunkline.outbound import client as outbound_client

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERY = bool(os.environ.get("TRUNKLINE_TEST_EVERY_PAYLOAD"))
"""Whether each place gets each payload: more than 500, for some minutes."""

CHOSEN = PAYLOADS if EVERY else [*spellings("127.0.0.1"), *PAYLOADS[40::40]]
"""Without the setting: each way to write 127.0.0.1, and some of the others."""

CHAT = {"messages": [{"role": "user", "content": "Hello."}]}


@dataclass(frozen=True)
class Place:
    """Requests one after the other: ``{url}`` is the address, ``{id}`` what the first one made, which is deleted.

    ``fields`` are those of the API's description that it covers. ``calls``: a server that may be called hears of it.
    """

    name: str
    steps: tuple[tuple[str, str, Any], ...]
    fields: tuple[str, ...] = ()
    calls: bool = True


def make_then(path: str, body: dict[str, Any], *then: tuple[str, str, Any]) -> tuple[tuple[str, str, Any], ...]:
    return ("POST", path, body), *then, ("DELETE", f"{path}/{{id}}", None)


CONFIGURATION = {"name": "C {new}", "model": "gpt-4o-mini", "provider": "openai", "apiKey": "sk-x", "baseUrl": "{url}"}
TEST = ("POST", "/api/configurations/{id}/test", None)
CALL = ("POST", "/v1/chat/completions", {**CHAT, "model": "{id}"})
TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
OAUTH = {"name": "t-{new}", "url": "{allowed}/mcp", "auth": "oauth", "tokenUrl": "{url}", "clientId": "x"}
OAUTH |= {"clientSecret": "s3cret"}
FEATURE = {"slug": "f-{new}", "name": "F", "kind": "chat", "model": "m", "apiKey": "sk-x", "baseUrl": "{url}"}
IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "{url}/x.png"}}]}
ASKED = {"apiKey": "sk-x", "baseUrl": "{url}"}

PLACES = (
    Place(
        "a configuration",
        make_then(
            "/api/configurations",
            CONFIGURATION,
            TEST,
            CALL,
            ("POST", "/v1/embeddings", {"model": "{id}", "input": "x"}),
            ("POST", "/v1/images/generations", {"model": "{id}", "prompt": "x"}),
        ),
        ("POST /api/configurations baseUrl",),
    ),
    Place(
        "a configuration of Ollama",
        make_then(
            "/api/configurations",
            {"name": "O {new}", "model": "llama3.2", "provider": "ollama", "baseUrl": "{url}"},
            TEST,
            ("GET", "/api/configurations/{id}/local-models", None),
            CALL,
        ),
    ),
    Place(
        "a configuration that moves",
        (
            ("PUT", "/api/configurations/{configuration}", ASKED),
            ("POST", "/api/configurations/{configuration}/test", None),
            ("POST", "/v1/chat/completions", {**CHAT, "model": "{configuration}"}),
        ),
        ("PUT /api/configurations/{configuration_id} baseUrl",),
    ),
    *(
        Place(
            f"asking a provider: {what}",
            (("POST", f"/api/providers/openai/{what}", {**ASKED, **more}),),
            (f"POST /api/providers/{{name}}/{what} baseUrl",),
            calls=what in {"models", "test"},
        )
        for what, more in (("models", {}), ("validate", {"model": "gpt-4o-mini"}), ("test", {}), ("preview", {}))
    ),
    Place(
        "pulling a model",
        (("POST", "/api/providers/ollama/models/pull", {"baseUrl": "{url}", "model": "llama3.2"}),),
        ("POST /api/providers/{name}/models/pull baseUrl",),
    ),
    *(
        Place(
            f"a channel: {kind}",
            make_then(
                "/api/alerts/channels",
                {"kind": kind, "name": "N {new}", "url": "{url}"},
                ("POST", "/api/alerts/channels/{id}/test", None),
            ),
            ("POST /api/alerts/channels url",),
        )
        for kind in ("webhook", "slack")
    ),
    Place(
        "a channel that moves",
        (
            ("PUT", "/api/alerts/channels/{channel}", {"url": "{url}", "secret": "whsec_" + "QUJD" * 11}),
            ("POST", "/api/alerts/channels/{channel}/test", None),
        ),
        ("PUT /api/alerts/channels/{channel_id} url",),
    ),
    Place(
        "an identity provider",
        make_then("/api/identity-providers", {"slug": "corp", "name": "Corp", "issuer": "{url}", "clientId": "x"}),
        ("POST /api/identity-providers issuer",),
    ),
    Place(
        "an MCP server",
        make_then(
            "/api/mcp-servers",
            {"name": "m-{new}", "url": "{url}"},
            ("POST", "/api/mcp-servers/{id}/test", None),
            ("POST", "/mcp/{id}", TOOLS),
        ),
        ("POST /api/mcp-servers url",),
    ),
    Place(
        "an MCP server that moves",
        (
            ("PUT", "/api/mcp-servers/{server}", {"url": "{url}"}),
            ("POST", "/api/mcp-servers/{server}/test", None),
        ),
        ("PUT /api/mcp-servers/{mcp_server_id} url",),
    ),
    Place(
        "the tokens of an MCP server",
        make_then("/api/mcp-servers", OAUTH, ("POST", "/api/mcp-servers/{id}/test", None)),
        ("POST /api/mcp-servers tokenUrl",),
    ),
    Place(
        "the tokens of an MCP server that move",
        (
            ("PUT", "/api/mcp-servers/{server}", {name: value for name, value in OAUTH.items() if name != "name"}),
            ("POST", "/api/mcp-servers/{server}/test", None),
        ),
        ("PUT /api/mcp-servers/{mcp_server_id} tokenUrl",),
    ),
    Place(
        "a feature",
        (
            ("POST", "/api/features", FEATURE),
            ("POST", "/api/features/f-{new}/run", {"input": "x", "stream": False}),
            ("DELETE", "/api/features/f-{new}", None),
        ),
        ("POST /api/features baseUrl",),
    ),
    Place(
        "a feature that moves",
        (
            ("PUT", "/api/features/own", ASKED),
            ("POST", "/api/features/own/run", {"input": "x", "stream": False}),
        ),
        ("PUT /api/features/{slug} baseUrl",),
    ),
    Place(
        "a feature that is tried",
        (("POST", "/api/features/own/test", {"input": "x", "settings": ASKED}),),
        ("POST /api/features/{slug}/test settings.baseUrl",),
    ),
    Place(
        "an entry of models",
        make_then(
            "/model-configs",
            {
                "name": "E {new}",
                "applicationId": "{application}",
                "provider": "openai",
                "modelId": "gpt-4o-mini",
                "apiKey": "sk-x",
                "baseUrl": "{url}",
            },
            CALL,
        ),
        ("POST /model-configs baseUrl",),
    ),
    Place(
        "an entry of models that moves",
        (
            ("PUT", "/model-configs/{configuration}", ASKED),
            ("POST", "/v1/chat/completions", {**CHAT, "model": "{configuration}"}),
        ),
        ("PUT /model-configs/{config_id} baseUrl",),
    ),
    Place(
        "an entry of a language model that moves",
        (
            ("PUT", "/ai/llm/{configuration}", {"endpoint": "{url}", "secret": "sk-x"}),
            ("POST", "/ai/llm/{configuration}/validate", None),
        ),
        ("PUT /ai/llm/{ai_llm_id} endpoint",),
    ),
    Place(
        "an entry of a language model",
        make_then(
            "/ai/llm",
            {
                "name": "L {new}",
                "workspaceId": "{workspace}",
                "aiType": "OPENAI",
                "endpoint": "{url}",
                "secret": "sk-x",
            },
            ("POST", "/ai/llm/{id}/validate", None),
        ),
        ("POST /ai/llm endpoint",),
    ),
    Place(
        "a picture in a message",
        (("POST", "/v1/chat/completions", {"model": "demo", "messages": [IMAGE]}),),
        calls=False,
    ),
)

NOT_CALLED = {
    # Told to providers as the header HTTP-Referer.
    "POST /api/features siteUrl",
    "PUT /api/features/{slug} siteUrl",
    "POST /api/features/{slug}/test settings.siteUrl",
    # Passed on to the provider, or the id of a picture that was uploaded.
    "POST /api/conversations/{conversation_id}/messages content.[].url",
    # The issuer that is there is asked with its own key: see the tests of identity providers.
    "PUT /api/identity-providers/{identity_provider_id} issuer",
    # Of mail.
    "POST /api/alerts/channels addresses",
    "PUT /api/alerts/channels/{channel_id} addresses",
}
"""Fields that sound like addresses, which the server does not call."""


def find_address_fields() -> Iterator[str]:
    """Each field of a body whose name sounds like an address, as ``POST /path field``."""
    document = describe_api()
    schemas = document["components"]["schemas"]

    def walk(schema: Any, seen: frozenset[str], before: str) -> Iterator[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in seen:
                yield from walk(schemas[name], seen | {name}, before)
            return
        for kind in ("anyOf", "oneOf", "allOf"):
            for option in schema.get(kind, ()):
                yield from walk(option, seen, before)
        for name, field in schema.get("properties", {}).items():
            yield before + name
            yield from walk(field, seen, f"{before}{name}.")
        if "items" in schema:
            yield from walk(schema["items"], seen, f"{before}[].")

    for path, operations in document["paths"].items():
        for method in operations.keys() & {"post", "put", "patch"}:
            content = operations[method].get("requestBody", {}).get("content", {})
            for field in walk(content.get("application/json", {}).get("schema", {}), frozenset(), ""):
                if re.search("url|uri|endpoint|issuer|host|address", field, re.IGNORECASE):
                    yield f"{method.upper()} {path} {field}"


async def test_each_address_in_a_body_is_one_of_these_places() -> None:
    assert set(find_address_fields()) == {field for place in PLACES for field in place.fields} | NOT_CALLED


class Redirector(Listener):
    """May be called, and sends everybody on to where nobody may go."""

    forbidden: Listener

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        location = f"http://127.0.0.1:{self.forbidden.port}/latest/meta-data/"
        head = f"HTTP/1.1 307 Away\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        writer.close()


class Scene:
    """A server that may call the redirector and nothing else of this machine, with a record for each that moves."""

    def __init__(self, live: LiveServer, client: httpx2.AsyncClient, allowed: str) -> None:
        self._live = live
        self._client = client
        self._key = client
        self._new = 0
        self.allowed = allowed
        self.ids = {"allowed": allowed}

    async def sign_in(self) -> None:
        """Anew: a sign-in does not last as long as these tests may."""
        self._client = (await self._live.admin()).client

    async def fill(self) -> None:
        key = (await self.send("POST", "/api/keys", {"name": "k"})).json()["key"]
        self._key = self._live.client(key)
        self.ids["workspace"] = (await self._client.get("/api/auth/me")).json()["workspaces"][0]["id"]
        for name, path, body in (
            ("configuration", "/api/configurations", {**CONFIGURATION, "baseUrl": self.allowed}),
            ("application", "/api/applications", {"name": "own"}),
            ("channel", "/api/alerts/channels", {"kind": "webhook", "name": "own", "url": self.allowed}),
            ("server", "/api/mcp-servers", {"name": "own", "url": self.allowed}),
            ("feature", "/api/features", {"slug": "own", "name": "F", "kind": "chat", "model": "m"}),
        ):
            made = await self.send("POST", path, body)
            assert made.status_code == 201, made.text
            self.ids[name] = made.json().get("id", "")

    async def send(self, method: str, path: str, body: Any, **more: str) -> httpx2.Response:
        """With what stands in braces filled in; a call by a key."""
        words = {**self.ids, **more, "new": str(self._new)}

        def fill(value: Any) -> Any:
            if isinstance(value, str):
                return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), value)
            if isinstance(value, list):
                return [fill(each) for each in value]
            return {name: fill(each) for name, each in value.items()} if isinstance(value, dict) else value

        client = self._key if path.startswith(("/v1/", "/mcp/")) else self._client
        return await client.request(method, fill(path), json=fill(body))

    async def _find_end(self, job: str) -> bool:
        return (await self._client.get(f"/api/jobs/{job}")).json()["finishedAt"] is not None

    async def visit(self, place: Place, url: str) -> list[int]:
        """Go through the requests of a place as far as they can. The statuses."""
        self._new += 1
        statuses: list[int] = []
        made: dict[str, str] = {}
        for method, path, body in place.steps:
            if "{id}" in f"{path}{body}" and not made:
                break
            answer = await self.send(method, path, body, url=url, **made)
            statuses.append(answer.status_code)
            if answer.status_code == 202:
                await eventually(partial(self._find_end, answer.json()["jobId"]))
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            if not made and method == "POST" and answer.is_success and is_json:
                found: Any = answer.json()
                given = next((found[name] for name in ("id", "_id", "aiLlmId") if name in found), None)
                made = {} if given is None else {"id": given}
        return statuses


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forbidden() -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.start()
    yield listener
    listener.server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def redirector(forbidden: Listener) -> AsyncIterator[Redirector]:
    listener = Redirector()
    listener.forbidden = forbidden
    await listener.start()
    yield listener
    listener.server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(redirector: Redirector, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    allowed = f"http://127.0.0.1:{redirector.port}"
    limits: dict[str, Any] = {"writes_per_minute": 1_000_000, "tests_per_minute": 1_000_000}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbound_client, "SystemResolver", Lenient)
        async with open_live_server(tmp_path_factory.mktemp("whole"), local_upstreams=allowed, **limits) as live:
            opened = Scene(live, (await live.admin()).client, allowed)
            await opened.fill()
            yield opened


@pytest.mark.timeout(900)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_no_way_to_write_it_reaches_a_forbidden_address(scene: Scene, forbidden: Listener, place: Place) -> None:
    await scene.sign_in()
    before = forbidden.connections
    for number, payload in enumerate(CHOSEN):
        scheme = ("http", "https")[number % 2]
        statuses = await scene.visit(place, f"{scheme}://{payload}:{forbidden.port}/latest/meta-data")
        assert not {401, 403, 500} & set(statuses), payload
        assert forbidden.connections == before, payload


@pytest.mark.parametrize("place", [each for each in PLACES if each.calls], ids=lambda place: place.name)
async def test_no_place_follows_a_redirect(
    scene: Scene, redirector: Redirector, forbidden: Listener, place: Place
) -> None:
    await scene.sign_in()
    reached, before = redirector.connections, forbidden.connections
    statuses = await scene.visit(place, scene.allowed)
    assert redirector.connections > reached, statuses
    assert forbidden.connections == before
