"""What a chat that was made ready for a target asks of the call that it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.dialects.dialect import Dialect, StreamWriter
from trunkline.dialects.openai_responses.passthrough import ResponsePeek
from trunkline.dialects.passthrough import Peek
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.answer_keeper import AnswerKeeper
from trunkline.gateway.exchanges.exchange import Prepared
from trunkline.gateway.exchanges.kept_response import ResponseStore
from trunkline.gateway.routing.target import Target


class AskedChat(Protocol):
    """See :class:`~trunkline.gateway.exchanges.chat.Chat`, which says what each of these is."""

    dialect: Dialect
    body: bytes
    forwarded: Sequence[tuple[str, str]]
    peek: Peek | None
    streams: bool
    stream_usage: bool

    @property
    def writes_array(self) -> bool: ...

    def read_request(self) -> ChatRequest: ...

    def fit(self, request: ChatRequest, target: Target, theirs: Dialect) -> ChatRequest: ...

    def tell_dropped(self, dropped: tuple[str, ...], theirs: Dialect) -> tuple[str, ...]: ...

    def answering(self, call: Call, prepared: Prepared) -> None: ...

    def make_keeper(self, call: Call) -> AnswerKeeper | None: ...

    def make_writer(self, request: ChatRequest) -> StreamWriter: ...

    def write_answer(self, answer: ChatResponse) -> bytes: ...


class AskedResponse(AskedChat, Protocol):
    """See :class:`~trunkline.gateway.exchanges.responses.Responses`."""

    model: str
    keeps_ids: bool
    asked: ResponsePeek
    actor: Actor
    store: ResponseStore
