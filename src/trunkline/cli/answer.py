"""One answer of a model: asked for, read as it comes, measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.cli.api import Api
from trunkline.cli.output import write_cost
from trunkline.core.errors import Forbidden, TrunklineError
from trunkline.core.ids import new_id
from trunkline.dialects.sse import EventReader
from trunkline.outbound import IncomingResponse

_DONE: Final = b"[DONE]"
_LOOKS: Final = 15
_LOOK_SECONDS: Final = 0.2


class Message(msgspec.Struct):
    """One turn of a conversation, as it goes over the wire."""

    role: str
    content: str


class Answer(msgspec.Struct, rename="camel", omit_defaults=True):
    """What came, as ``--json`` prints it. Times are milliseconds; ``cost_usd`` is None where it is not known."""

    model: str = ""
    content: str = ""
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    first_token_ms: int | None = None
    duration_ms: int = 0
    cost_usd: float | None = msgspec.field(name="costUSD", default=None)
    request_id: str = ""

    def describe(self, asked: str) -> str:
        """``gpt-4o-mini · 412 ms to first token · 38 tok/s · 96 tok · $0.0004``, of which what is known.

        ``asked`` is what was written as `model`; the one that answered is named beside it where it is another.
        """
        parts = [
            self.model if self.model in ("", asked) or not asked else f"{asked} ({self.model})",
            f"{self.first_token_ms:,} ms to first token"
            if self.first_token_ms is not None
            else f"{self.duration_ms:,} ms",
        ]
        if self.output_tokens is not None:
            writing = self.duration_ms - (self.first_token_ms or 0)
            if writing > 0 and self.output_tokens > 1:
                parts.append(f"{self.output_tokens * 1000 / writing:.0f} tok/s")
            parts.append(f"{self.output_tokens:,} tok")
        if self.cost_usd is not None:
            parts.append(write_cost(self.cost_usd))
        return " · ".join(filter(None, parts))


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Fault(msgspec.Struct):
    message: str = ""


class _Piece(msgspec.Struct):
    """A whole completion, or a chunk of one: https://platform.openai.com/docs/api-reference/chat."""

    model: str = ""
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Fault | None = None


class _Event(msgspec.Struct, rename="camel"):
    request_id: str
    cost_usd: float | None = msgspec.field(name="costUSD")


class _Events(msgspec.Struct):
    events: list[_Event]


class Question:
    """Asks ``messages`` of ``model`` and reads the answer. ``answer`` holds what has come, also after a cut."""

    def __init__(self, api: Api, model: str, messages: list[Message]) -> None:
        self._api = api
        self._body: dict[str, object] = {"model": model, "messages": messages}
        self._headers = (("x-request-id", request_id := new_id()),)
        self._started = time.monotonic()
        self.answer = Answer(model=model, request_id=request_id)

    async def ask(self) -> None:
        """Read the answer whole."""
        response = await self._open(self._body)
        self._take(await response.read())
        cost = response.headers.get("x-trunkline-cost-usd")
        self.answer.cost_usd = float(cost) if cost is not None else None
        self.answer.duration_ms = self._elapsed()

    async def stream(self, show: Callable[[str], None]) -> None:
        """Read the answer as it comes, and give each piece of text to ``show``."""
        response = await self._open({**self._body, "stream": True, "stream_options": {"include_usage": True}})
        reader = EventReader()
        try:
            while data := await response.next_chunk():
                for event in reader.feed(data):
                    if event.data != _DONE and (text := self._take(event.data)):
                        if self.answer.first_token_ms is None:
                            self.answer.first_token_ms = self._elapsed()
                        show(text)
        finally:
            response.abort()
            self.answer.duration_ms = self._elapsed()

    async def find_cost(self) -> None:
        """Look up in the books what a streamed answer cost: they have it within a moment of its end.

        A key that may only call is not let in there; then the cost stays unknown.
        """
        for _ in range(_LOOKS):
            try:
                page = await self._api.get("/api/usage", _Events, query={"period": "day", "limit": "10"})
            except Forbidden:
                return
            for event in page.events:
                if event.request_id == self.answer.request_id:
                    self.answer.cost_usd = event.cost_usd
                    return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _open(self, body: dict[str, object]) -> IncomingResponse:
        return await self._api.open("POST", "/v1/chat/completions", body=body, headers=self._headers)

    def _take(self, document: bytes) -> str:
        """Add what ``document`` tells to the answer; gives its text."""
        piece = msgspec.json.decode(document, type=_Piece)
        if piece.error is not None:
            raise TrunklineError(piece.error.message or "The provider failed in the middle of its answer.")
        answer = self.answer
        answer.model = piece.model or answer.model
        if piece.usage is not None:
            answer.input_tokens, answer.output_tokens = piece.usage.prompt_tokens, piece.usage.completion_tokens
        text = ""
        for choice in piece.choices[:1]:
            said = choice.delta or choice.message
            text = (said.content if said is not None else None) or ""
            answer.finish_reason = choice.finish_reason or answer.finish_reason
        answer.content += text
        return text

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)
