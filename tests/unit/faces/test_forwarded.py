"""Requests that another process of ours handed on are served as if their clients had come here."""

from __future__ import annotations

from typing import Any

from trunkline.faces.forwarded import Forwarded


async def serve(headers: list[tuple[bytes, bytes]], *, recognises: bool = False) -> tuple[dict[str, Any], list[Any]]:
    """The scope that the application sees, and what is sent."""
    seen: dict[str, Any] = {}
    sent: list[Any] = []

    async def application(scope: Any, _receive: Any, send: Any) -> None:
        seen.update(scope)
        if recognises:
            scope["trunkline.known"]()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body", "body": b"hi"})

    async def send(message: Any) -> None:
        sent.append(message)

    await Forwarded(application)({"type": "http", "client": None, "scheme": "http", "headers": headers}, None, send)
    return seen, sent


async def test_client_and_scheme_are_those_of_the_first_process() -> None:
    headers = [(b"host", b"x"), (b"trunkline-client", b"2001:db8::7 4711"), (b"trunkline-scheme", b"https")]
    seen, _ = await serve(headers)
    assert seen["client"] == ("2001:db8::7", 4711)
    assert seen["scheme"] == "https"
    assert seen["headers"] == [(b"host", b"x")]


async def test_a_client_without_an_address_stays_so() -> None:
    seen, _ = await serve([(b"trunkline-scheme", b"http")])
    assert seen["client"] is None


async def test_that_a_caller_is_known_is_told_with_the_answer() -> None:
    _, sent = await serve([], recognises=True)
    assert sent[0]["headers"] == [(b"x-own", b"1"), (b"trunkline-known", b"1")]
    _, sent = await serve([])
    assert sent[0]["headers"] == [(b"x-own", b"1")]
