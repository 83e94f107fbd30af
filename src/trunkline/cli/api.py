"""The API of the running server, as commands call it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from trunkline.cli.credential import Credential, open_credential
from trunkline.cli.owner_session import OwnerSessions
from trunkline.cli.refusal import explain_silence, read_refusal
from trunkline.cli.server_address import read_url
from trunkline.core.errors import Forbidden, Unauthenticated
from trunkline.outbound import (
    Client,
    Guard,
    IncomingResponse,
    LocalUpstreams,
    OutboundError,
    OutgoingRequest,
    Timeouts,
    Url,
)
from trunkline.settings import read_settings

_T = TypeVar("_T")

_TIMEOUTS: Final = Timeouts(connect=5, first_byte=600, between=600, total=86_400)
"""The server has timeouts of its own for calls; a download of a model takes hours."""

_NEXT: Final = re.compile(r'<([^>]+)>; rel="next"')


class Api:
    """Sends requests to one server. Errors of the server come out as those of ``core.errors``, in its own words."""

    def __init__(self, url: Url, client: Client, credential: Credential, workspace_id: str | None = None) -> None:
        self._url = url
        self._client = client
        self._credential = credential
        self._workspace_id = workspace_id

    def at(self, workspace_id: str) -> Api:
        """The same in another workspace."""
        return Api(self._url, self._client, self._credential, workspace_id)

    @property
    def origin(self) -> str:
        """The server's ``scheme://host:port``."""
        return str(self._url.origin)

    async def ask(
        self, method: str, path: str, *, query: Mapping[str, str | None] | None = None, body: object = None
    ) -> bytes:
        """The answer's JSON document. ``query`` leaves out what is None."""
        response = await self.open(method, path, query=query, body=body)
        return await response.read()

    async def get(self, path: str, shape: type[_T], *, query: Mapping[str, str | None] | None = None) -> _T:
        """The answer to a GET, read as ``shape``."""
        return msgspec.json.decode(await self.ask("GET", path, query=query), type=shape)

    async def list(self, path: str, *, query: Mapping[str, str | None] | None = None) -> list[msgspec.Raw]:
        """All items of a list, over all of its pages."""
        items: list[msgspec.Raw] = []
        # Without a limit: lists that have no pages know none, and refuse what they do not know.
        async for document in self.pages(path, query=query):
            items += msgspec.json.decode(document, type=list[msgspec.Raw])
        return items

    async def pages(self, path: str, *, query: Mapping[str, str | None] | None = None) -> AsyncGenerator[bytes]:
        """The documents of all pages."""
        target: str | None = _join(path, query or {})
        while target is not None:
            response = await self.open("GET", target)
            yield await response.read()
            following = _NEXT.search(response.headers.get("link") or "")
            # By its query alone: below which path a proxy publishes the server, the URL says already.
            target = f"{path}?{following[1].partition('?')[2]}" if following else None

    async def open(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | None] | None = None,
        body: object = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> IncomingResponse:
        """The answer as it comes, once its status is good. A ``body`` of bytes is sent as it is."""
        try:
            return await self._send(method, path, query, body, headers)
        except (Unauthenticated, Forbidden) as refusal:
            # Nothing was done, so it may be asked again by somebody who may.
            if not await self._credential.give_way(path, refusal):
                raise
            return await self._send(method, path, query, body, headers)

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | None] | None,
        body: object,
        headers: tuple[tuple[str, str], ...],
    ) -> IncomingResponse:
        token = await self._credential.token(path)
        sent = [("Authorization", f"Bearer {token.reveal()}"), ("User-Agent", "trunkline"), *headers]
        if self._workspace_id is not None:
            sent.append(("X-Trunkline-Workspace", self._workspace_id))
        document = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        if document and not any(name == "Content-Type" for name, _ in headers):
            sent.append(("Content-Type", "application/json"))
        request = OutgoingRequest(method, self._url.join(_join(path, query or {})), sent, document)
        try:
            response = await self._client.send(request, _TIMEOUTS)
        except OutboundError as error:
            raise explain_silence(self._url, error) from error
        if response.status >= 400:
            raise self._credential.explain(path, read_refusal(response.status, await response.read()))
        return response


def call(work: Callable[[Api], Awaitable[_T]]) -> _T:
    """Do ``work`` with the running server's API."""

    async def run() -> _T:
        async with open_api() as api:
            return await work(api)

    return asyncio.run(run())


@asynccontextmanager
async def open_api(*, calls_only: bool = False) -> AsyncGenerator[Api]:
    """The API of the server that ``TRUNKLINE_URL`` names, else of the one that runs by the settings of this folder.

    ``calls_only`` never signs in as the owner of the folder when there is a key to call with.
    """
    async with AsyncExitStack() as stack:
        url = read_url()
        client = make_client(url)
        stack.push_async_callback(client.close)
        credential = await stack.enter_async_context(
            open_credential(
                lambda: _find_server(client, url),
                lambda: OwnerSessions(url, client, read_settings()),
                calls_only=calls_only,
            )
        )
        yield Api(url, client, credential, os.environ.get("TRUNKLINE_WORKSPACE") or None)


def make_client(url: Url) -> Client:
    """A client that reaches ``url``, wherever it is."""
    return Client(Guard(LocalUpstreams(origins=frozenset({url.origin}))))


def find_path(collection: str, identity: str, *rest: str) -> str:
    """``<collection>/<id>/…`` with every part encoded; a collection without a slash is below ``/api``."""
    place = collection if collection.startswith("/") else f"/api/{collection}"
    return "/".join((place, *(quote(part, safe="") for part in (identity, *rest))))


async def _find_server(client: Client, url: Url) -> None:
    try:
        response = await client.send(OutgoingRequest("GET", url.join("/healthz")), _TIMEOUTS)
        await response.read()
    except OutboundError as error:
        raise explain_silence(url, error) from error


def _join(path: str, query: Mapping[str, str | None]) -> str:
    pairs = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(pairs)}" if pairs else path
