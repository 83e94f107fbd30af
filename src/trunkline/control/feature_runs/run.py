"""Running a feature: what its users ask goes to its model, with its admins' instructions and parameters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from trunkline.control.conversations.answer_errors import explain, explain_kind
from trunkline.control.conversations.answer_writing import LONGEST_ANSWER, write_usage
from trunkline.control.conversations.pictures import Pictures, describe_elsewhere
from trunkline.control.feature_runs.question import VectorsCall
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import TrunklineError
from trunkline.core.price import usd
from trunkline.gateway.answer import Answer, Relay
from trunkline.gateway.exchanges.message_stream import (
    Broken,
    Finished,
    MessageChat,
    Pictured,
    Record,
    Said,
    Thought,
    Used,
    read_records,
)


class RunEvent(msgspec.Struct, frozen=True):
    """``start``, then ``delta``, ``reasoning``, ``image``, then ``done`` or ``error``. ``id`` counts them from 0."""

    id: int
    event: str
    data: JsonObject


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer. ``images`` are addresses of pictures here."""

    request_id: str
    model: str
    output: str
    reasoning: str | None
    images: tuple[str, ...]
    finish_reason: str
    usage: JsonObject
    cost_usd: float | None


class Vectors(msgspec.Struct, frozen=True, kw_only=True):
    """One vector per text, in their order."""

    request_id: str
    model: str
    embeddings: tuple[tuple[float, ...], ...]
    usage: JsonObject
    cost_usd: float | None

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return len(self.embeddings[0]) if self.embeddings else 0


class _Vector(msgspec.Struct):
    embedding: tuple[float, ...]
    index: int = 0


class _VectorsBody(msgspec.Struct):
    data: list[_Vector]


def read_vectors(call: VectorsCall, answer: Answer, request_id: str) -> Vectors:
    """The vectors of a settled call. Raises AnswerFailed where there is not one for each text."""
    assert call.call is not None
    body = msgspec.json.decode(answer.body, type=_VectorsBody)
    if len(body.data) != call.texts:
        raise explain_kind("malformed")
    settled = call.call
    used = Used(settled.usage, settled.estimated, settled.cost_nanos)
    return Vectors(
        request_id=request_id,
        model=settled.opened.model,
        embeddings=tuple(each.embedding for each in sorted(body.data, key=lambda each: each.index)),
        usage=write_usage(used),
        cost_usd=None if used.cost_nanos is None else usd(used.cost_nanos),
    )


class Run:
    """A call whose answer has begun. Exactly one of :meth:`events` and :meth:`whole` is to be read, to its end.

    Whoever stops reading before it stops the provider, and what was used until then is settled.
    """

    def __init__(
        self, exchange: MessageChat, answer: Answer, *, actor: Actor, feature: str, request_id: str, pictures: Pictures
    ) -> None:
        assert answer.relay is not None
        assert exchange.call is not None
        self._exchange = exchange
        self._answer = answer
        self._relay: Relay = answer.relay
        self._actor = actor
        self._feature = feature
        self._request_id = request_id
        self._pictures = pictures
        self._model = exchange.call.opened.model
        self._over = False

    async def events(self) -> AsyncGenerator[RunEvent]:
        """The answer as it comes. Never raises for what a provider does: the last event is ``done`` or ``error``."""
        number = 0
        start: JsonObject = {"requestId": self._request_id, "feature": self._feature, "model": self._model}
        records = self._read()
        try:
            yield RunEvent(number, "start", start)
            async for record in records:
                number += 1
                yield RunEvent(number, *await self._tell(record))
        except TrunklineError as error:
            yield RunEvent(number + 1, "error", explain(error).record())
        finally:
            await records.aclose()
            await self.leave()

    async def whole(self) -> RunResult:
        """The answer in one piece. Raises AnswerFailed when it broke off."""
        text: list[str] = []
        thoughts: list[str] = []
        images: list[str] = []
        length = 0
        reason: str | None = None
        try:
            async for record in self._read():
                match record:
                    case Said(text=said):
                        text.append(said)
                        length += len(said)
                    case Thought(text=said):
                        thoughts.append(said)
                        length += len(said)
                    case Pictured(url=url):
                        kept = await self._pictures.keep_made(self._actor, url)
                        if kept is None:
                            text.append(describe_elsewhere(url))
                        else:
                            images.append(kept)
                    case Finished():
                        reason = record.reason
                    case Broken(message=said, kind=kind):
                        raise explain_kind(kind, detail=said)
                if length > LONGEST_ANSWER:
                    raise explain_kind("malformed")
        finally:
            await self.leave()
        used = self._exchange.used()
        return RunResult(
            request_id=self._request_id,
            model=self._model,
            output="".join(text),
            reasoning="".join(thoughts) or None,
            images=tuple(images),
            finish_reason=reason or "stop",
            usage=write_usage(used),
            cost_usd=None if used.cost_nanos is None else usd(used.cost_nanos),
        )

    async def _read(self) -> AsyncGenerator[Record]:
        async for record in read_records(self._answer):
            yield record
        self._over = True

    async def _tell(self, record: Record) -> tuple[str, JsonObject]:
        match record:
            case Said(text=text):
                return "delta", {"text": text}
            case Thought(text=text):
                return "reasoning", {"text": text}
            case Pictured(url=url):
                kept = await self._pictures.keep_made(self._actor, url)
                return ("delta", {"text": describe_elsewhere(url)}) if kept is None else ("image", {"url": kept})
            case Finished(reason=reason):
                used = self._exchange.used()
                cost = None if used.cost_nanos is None else usd(used.cost_nanos)
                return "done", {"finishReason": reason, "usage": write_usage(used), "costUSD": cost}
            case Broken(message=said, kind=kind):
                return "error", explain_kind(kind, detail=said).record()

    async def leave(self) -> None:
        """Stop the provider if it is still at it. Shielded: who reads may be cancelled again while this settles."""
        if self._over:
            return
        await asyncio.shield(asyncio.ensure_future(self._relay.abandon()))
