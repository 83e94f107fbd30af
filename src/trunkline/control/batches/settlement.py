"""What the calls of a batch cost that its provider has run: each line is one call in the books, once.

The id of a call is made of its batch's and its line's number, so that whoever reads results again, after a crash or in
another process, writes down the same events, of which the database keeps the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from trunkline.control.batches.record import owner_of
from trunkline.control.batches.result_line import ResultLine
from trunkline.core.chat import Usage
from trunkline.core.errors import UpstreamError
from trunkline.core.terms import Terms
from trunkline.core.usage_event import UsageEvent
from trunkline.dialects import anthropic_messages, gemini, openai_chat, openai_responses
from trunkline.gateway.batches.batch_record import Wire
from trunkline.gateway.batches.line_call import EMBED, EMBEDDINGS, RESPONSES
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.disclosure import NO_KEYS, Disclosure
from trunkline.providers.dialect_choice import PASSTHROUGHS
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.tables import Batch

TIER: Final = "batch"

_DIALECTS: Final[dict[Wire, str]] = {
    "openai": openai_chat.DIALECT.name,
    "anthropic": anthropic_messages.DIALECT.name,
    "gemini": gemini.DIALECT.name,
}

_described: Final = msgspec.msgpack.Decoder(UsageEvent)


class Settled(msgspec.Struct, frozen=True):
    """A result, of which line it is, and the name by which that asked for its model.

    ``guess`` is how many tokens it seems to have sent, for providers that do not tell.
    """

    number: int
    model: str
    result: ResultLine
    guess: int = 0


class Settlement:
    """Writes the calls of batches down. ``ledger`` has no observers: nobody waits for these calls."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def settle(self, batch: Batch, lines: Sequence[Settled], leases: dict[str, str] | None = None) -> None:
        """Done when the records would survive the death of this process. Raises Unavailable where they would not."""
        waiting = [
            self._settle(batch, line, leases or {}) for line in lines if line.result.outcome in {"succeeded", "errored"}
        ]
        if waiting:
            await asyncio.gather(*waiting)

    def _settle(self, batch: Batch, line: Settled, leases: dict[str, str]) -> asyncio.Future[None]:
        assert batch.described is not None
        described = _described.decode(batch.described)
        made = int(batch.created_at.timestamp() * 1_000_000)
        identity = make_event_id(batch.id, line.number, made)
        opened = msgspec.structs.replace(
            described,
            id=str(identity),
            opened_at=made,
            request_id=f"{batch.id}-{line.number}",
            requested_model=line.model,
            model=batch.models.get(line.model, described.model),
            leases={} if line.result.outcome != "succeeded" else leases,
        )
        disclosure = Disclosure(owner_of(batch), opened.request_id, NO_KEYS)
        call = Call(self._ledger, identity.bytes, opened, disclosure)
        call.provider = PROVIDERS.get(opened.provider)
        call.asked = Terms(tier=TIER)
        result = line.result
        if result.outcome == "succeeded":
            usage, call.answered = read_usage(batch, result.body)
            guessed = usage.input == 0 and line.guess > 0
            if guessed:
                usage = msgspec.structs.replace(usage, input=line.guess)
            record = call.close("ok", status=result.status, usage=usage, estimated=guessed)
        else:
            record = call.close("error", status=result.status, error=result.error)
        return asyncio.ensure_future(self._ledger.books.settle(identity.bytes, record))


def read_usage(batch: Batch, body: bytes) -> tuple[Usage, str]:
    """What an answer says that it used, on a batch's terms, and its model."""
    usage: Usage | None
    if batch.endpoint in {EMBEDDINGS, EMBED}:
        dialect = gemini.DIALECT if batch.endpoint == EMBED else openai_chat.DIALECT
        try:
            answer = dialect.read_embeddings_response(body)
            usage, model = answer.usage, answer.model
        except UpstreamError:
            usage, model = None, ""
    else:
        wire: Wire = msgspec.convert(batch.wire, Wire)
        name = openai_responses.DIALECT.name if batch.endpoint == RESPONSES else _DIALECTS[wire]
        tapped = PASSTHROUGHS[name].read_tap(body)
        usage, model = tapped.usage, tapped.model
    return msgspec.structs.replace(usage or Usage(), tier=TIER), model


def make_event_id(batch_id: str, number: int, made_us: int) -> UUID:
    """The id of a line's call, which is the same whenever it is made: a UUID of version 8, in the order of time."""
    digest = sha256(f"{batch_id} {number}".encode()).digest()
    raw = bytearray((made_us // 1_000).to_bytes(6, "big") + digest[:10])
    raw[6] = 0x80 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return UUID(bytes=bytes(raw))
