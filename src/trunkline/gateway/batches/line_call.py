"""One line of a batch as the call that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.usage_event import Operation
from trunkline.dialects import anthropic_messages, gemini, openai_chat, openai_responses
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_operations.json_body import JsonBody
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.batches.batch_record import Wire
from trunkline.gateway.exchanges import operation
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.exchange import Exchange
from trunkline.gateway.exchanges.kept_response import KeptResponse
from trunkline.gateway.exchanges.operation import OperationCall
from trunkline.gateway.exchanges.responses import Responses

CHAT: Final = "/v1/chat/completions"
RESPONSES: Final = "/v1/responses"
EMBEDDINGS: Final = "/v1/embeddings"
COMPLETIONS: Final = "/v1/completions"
MODERATIONS: Final = "/v1/moderations"
ENDPOINTS: Final = (CHAT, RESPONSES, EMBEDDINGS, COMPLETIONS, MODERATIONS)
"""What batches in OpenAI's format may ask for."""

MESSAGES: Final = "/v1/messages"
CONTENT: Final = "generateContent"
EMBED: Final = "embedContent"
"""What a batch in Gemini's format asks for."""


class LineCall(NamedTuple):
    """What the line asks for, and the dialect in which its errors are told."""

    operation: Operation
    exchange: Exchange
    dialect: Dialect


class _NothingKept:
    """Answers of a batch are in its results: nobody goes on from them by their id."""

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        del actor, response_id, kept

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        del actor, response_id
        return None

    async def drop(self, actor: Actor, response_id: str) -> None:
        del actor, response_id

    async def claim(self, actor: Actor, response_id: str) -> bool:
        del actor, response_id
        return False


NOTHING_KEPT: Final = _NothingKept()


def make_line_call(
    wire: Wire,
    endpoint: str,
    line: BatchLine,
    actor: Actor,
    model: str | None = None,
    forwarded: Sequence[tuple[str, str]] = (),
) -> LineCall:
    """The call of ``line``. ``model`` is given where the URL says it; ``forwarded`` are headers that a provider of
    Anthropic's format is sent. Raises InvalidInput."""
    made = _make(wire, endpoint, line.body, actor, model, forwarded)
    if made.exchange.streams:
        raise InvalidInput.of("stream", "a request of a batch has no stream. Leave it out.")
    return made


def _make(
    wire: Wire,
    endpoint: str,
    body: bytes,
    actor: Actor,
    model: str | None,
    forwarded: Sequence[tuple[str, str]],
) -> LineCall:
    if wire == "anthropic":
        chat = Chat(anthropic_messages.DIALECT, body, forwarded=forwarded)
        return LineCall("chat", chat, anthropic_messages.DIALECT)
    if wire == "gemini" and endpoint == EMBED:
        return LineCall("embeddings", Embeddings(gemini.SINGLE, body, model), gemini.DIALECT)
    if wire == "gemini":
        return LineCall("chat", Chat(gemini.DIALECT, body, model, stream=False), gemini.DIALECT)
    match endpoint:
        case "/v1/chat/completions":
            return LineCall("chat", Chat(openai_chat.DIALECT, body), openai_chat.DIALECT)
        case "/v1/responses":
            responses = Responses(body, actor, NOTHING_KEPT)
            if responses.asked.previous is not None:
                raise InvalidInput.of("previous_response_id", "a request of a batch must be whole. Send its history.")
            if responses.asked.background:
                raise InvalidInput.of("background", "a batch runs in the background anyway. Leave it out.")
            return LineCall("chat", responses, openai_responses.DIALECT)
        case "/v1/embeddings":
            return LineCall("embeddings", Embeddings(openai_chat.DIALECT, body), openai_chat.DIALECT)
        case "/v1/completions":
            call = OperationCall(operation.COMPLETIONS, JsonBody(body), "application/json")
        case "/v1/moderations":
            call = OperationCall(operation.MODERATIONS, JsonBody(body), "application/json")
        case _:
            raise NotFound(f"There are no batches of {endpoint!r}.")
    return LineCall(call.operation, call, openai_chat.DIALECT)
