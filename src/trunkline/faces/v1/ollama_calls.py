"""Calls of Ollama's clients, and what they ask besides."""

from __future__ import annotations

import time
from typing import Final

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound
from trunkline.dialects import ollama
from trunkline.faces.v1.ollama_answers import (
    ALIVE,
    LATEST,
    read_shown,
    write_loaded,
    write_running,
    write_shown,
    write_tags,
    write_version,
)
from trunkline.faces.v1.ollama_path import State
from trunkline.faces.v1.route_match import RouteMatch
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.timed_chat import TimedChat
from trunkline.gateway.model_names import ModelNames

_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")


async def answer_state(names: ModelNames, actor: Actor, state: State) -> Answer:
    """The answer to what is asked without a body, for whoever may list models."""
    check(actor, "models.list")
    match state:
        case "tags":
            return Answer(200, [JSON], body=await write_tags(await names.list(actor)))
        case "running":
            return Answer(200, [JSON], body=write_running())
        case "version":
            return Answer(200, [JSON], body=write_version())
        case "alive":
            return Answer(200, [_TEXT], body=ALIVE)


def show(names: ModelNames, actor: Actor, body: bytes) -> Answer:
    """The answer to ``/api/show``. Raises InvalidInput, and NotFound for what is not listed."""
    check(actor, "models.list")
    asked = read_shown(body)
    found = names.describe(actor, asked) or names.describe(actor, asked.removesuffix(LATEST))
    if found is None:
        raise NotFound(f"There is no model or configuration {asked!r} here.", code="model_not_found")
    return Answer(200, [JSON], body=write_shown(found))


def read_call(names: ModelNames, actor: Actor, route: RouteMatch, body: bytes) -> TimedChat | Embeddings | Answer:
    """The call that ``body`` is; or the answer to a chat without messages, by which clients load a model."""
    if route.kind == "embeddings":
        embeddings = Embeddings(ollama.EMBEDDINGS if route.dialect is ollama.EMBEDDINGS else ollama.DIALECT, body)
        embeddings.model = _leave_tag(names, actor, embeddings.model)
        return embeddings
    chat = TimedChat(route.dialect, body)
    chat.model = _leave_tag(names, actor, chat.model)
    request = chat.read_request()
    if request.messages:
        return chat
    names.require(actor, chat.model)
    field = "response" if route.dialect is ollama.GENERATE else "message"
    return Answer(200, [JSON], body=write_loaded(request, int(time.time()), field))


def _leave_tag(names: ModelNames, actor: Actor, name: str) -> str:
    """``name`` without the tag that clients add to a name without one, where nothing here has it."""
    plain = name.removesuffix(LATEST)
    return plain if plain != name and not names.leads(actor, name) and names.leads(actor, plain) else name
