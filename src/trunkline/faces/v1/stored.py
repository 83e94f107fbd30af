"""Answers that are asked for again by their id: ``/v1/responses/{id}``.

https://platform.openai.com/docs/api-reference/responses/get. Those that a provider keeps are asked of it, those that
are kept here are shown from the store; whoever has not made an answer does not learn whether it is there.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.exchanges.kept_response import KeptResponse, ResponseStore, find_kept
from trunkline.gateway.exchanges.own_response import write_deleted, write_input_items, write_own
from trunkline.gateway.exchanges.recall import Action, Recall
from trunkline.gateway.gateway import Gateway

_PATH: Final = re.compile(r"/v1/responses/([A-Za-z0-9_-]{1,128})(/cancel|/input_items)?")

_ACTIONS: Final[dict[tuple[str, str | None], Action]] = {
    ("GET", None): "get",
    ("DELETE", None): "delete",
    ("POST", "/cancel"): "cancel",
    ("GET", "/input_items"): "input_items",
}

_QUERIES: Final[dict[Action, frozenset[str]]] = {
    "get": frozenset({"include", "include[]", "include_obfuscation", "starting_after", "stream"}),
    "input_items": frozenset({"after", "include", "include[]", "limit", "order"}),
    "cancel": frozenset(),
    "delete": frozenset(),
}
"""What may be asked besides. The rest is refused by name."""


def read_stored_path(method: str, path: str) -> tuple[Action, str] | None:
    """What is asked about which answer; None where that is no such request."""
    found = _PATH.fullmatch(path)
    action = _ACTIONS.get((method, found[2])) if found is not None else None
    return (action, found[1]) if found is not None and action is not None else None


async def recall(
    gateway: Gateway,
    store: ResponseStore,
    actor: Actor,
    action: Action,
    response_id: str,
    query: bytes,
    request_id: str,
) -> Answer:
    """The answer to it. Raises NotFound for what ``actor`` has not stored, and Forbidden for who may not call."""
    check(actor, "call")
    route = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    for name, _ in route:
        if name not in _QUERIES[action]:
            known = ", ".join(sorted(_QUERIES[action])) or "none"
            raise InvalidInput.of(name, f"is not a parameter here. Known: {known}.", code="unknown_parameter")
    kept = await find_kept(store, actor, response_id)
    streams = dict(route).get("stream", "").lower() in {"true", "1"}
    if kept.pin is None:
        return await _show(store, actor, action, response_id, kept, dict(route), streams=streams)
    question = Recall(
        action,
        response_id,
        pin=kept.pin,
        kept=kept,
        actor=actor,
        store=store,
        query=urlencode(route),
        streams=streams,
    )
    return await gateway.recalling.recall(actor, question, request_id)


async def _show(
    store: ResponseStore,
    actor: Actor,
    action: Action,
    response_id: str,
    kept: KeptResponse,
    query: dict[str, str],
    *,
    streams: bool,
) -> Answer:
    match action:
        case "get":
            if streams:
                raise InvalidInput.of("stream", "only an answer that was made in the background can be streamed again")
            body = write_own(response_id, kept)
        case "input_items":
            body = write_input_items(response_id, kept, query)
        case "cancel":
            raise InvalidInput.of(
                "", "Only an answer that is made in the background can be cancelled; this one is done."
            )
        case "delete":
            await store.drop(actor, response_id)
            body = write_deleted(response_id)
    return Answer(200, [JSON], body=body)
