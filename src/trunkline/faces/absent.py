"""What is answered while the management process does not run: calls go on, and the rest is told to come again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from trunkline.core.ids import new_id
from trunkline.faces.http.error_shape import shape_of

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_AGAIN_SECONDS: Final = b"2"
_MESSAGE: Final = "The management process is being started. Calls are served meanwhile. Try again in a moment."


class Absent:
    """An ASGI application.

    ``find_fault`` says what is wrong with this process's journal, if anything is; ``is_starting`` whether the server
    is: who waits for it to be ready waits for all of it.
    """

    def __init__(self, find_fault: Callable[[], str | None], is_starting: Callable[[], bool]) -> None:
        self._find_fault = find_fault
        self._is_starting = is_starting

    async def __call__(self, scope: Scope, _receive: Any, send: Send) -> None:
        """One request."""
        status, body = self._answer(scope["path"])
        text = msgspec.json.encode(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", _AGAIN_SECONDS))
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else text})

    def _answer(self, path: str) -> tuple[HTTPStatus, Mapping[str, object]]:
        if path == "/healthz":
            return HTTPStatus.OK, {"status": "ok"}
        if path == "/readyz":
            fault = self._find_fault()
            checks = {"snapshot": "ok", "journal": fault or "ok", "management": "It does not run; it is being started."}
            if fault is not None or self._is_starting():
                return HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unready", "checks": checks}
            return HTTPStatus.OK, {"status": "degraded", "checks": checks}
        unavailable = HTTPStatus.SERVICE_UNAVAILABLE
        return unavailable, shape_of(path).write(unavailable, _MESSAGE, (), new_id())
