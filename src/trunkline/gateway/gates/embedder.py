"""Vectors of questions, made by a model of the workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.caching import Semantic
from trunkline.core.errors import TrunklineError
from trunkline.dialects.openai_chat import DIALECT
from trunkline.gateway.answer import Answer
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.gates.judge import find_judge
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate

PATIENCE_SECONDS: Final = 2.0
"""How long a call waits for the vector of its question, before it goes without."""

LONGEST_TEXT: Final = 20_000
"""Characters of a question that is looked up by what it means. Longer ones are rarely asked twice in other words."""

Ask = Callable[[Actor, Embeddings, str], Awaitable[Answer]]
"""Serves an embeddings call of ours for an actor; the last is the id of the request that it belongs to."""


class _Item(msgspec.Struct):
    embedding: tuple[float, ...]


class _Vectors(msgspec.Struct):
    data: tuple[_Item, ...]


_vectors: Final = msgspec.json.Decoder(_Vectors)


class Embedder:
    """Asks through ``ask``, in the caller's name, and charged to the workspace."""

    def __init__(self, ask: Ask, patience: float = PATIENCE_SECONDS) -> None:
        self._ask = ask
        self._patience = patience

    async def embed(
        self, call: PendingCall, candidate: Candidate, semantic: Semantic, text: str
    ) -> tuple[float, ...] | None:
        """The vector of ``text``; None where there is none in time: then the call goes as if it had not been asked."""
        # As for the judge: nobody's own configuration, because whoever has it would read what others ask.
        model = find_judge(candidate.part, semantic.model)
        if model is None or len(text) > LONGEST_TEXT:
            return None
        body = msgspec.json.encode({"model": model, "input": text, "encoding_format": "float"})
        actor = msgspec.structs.replace(call.actor, application_id=None, models=())
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._ask(actor, Embeddings(DIALECT, body), call.request_id)
            (item,) = _vectors.decode(answer.body).data
        except (TrunklineError, TimeoutError, msgspec.MsgspecError, ValueError):
            return None
        return item.embedding
