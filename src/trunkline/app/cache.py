"""The gate that gives answers again, as settings have it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from trunkline.core.actor import Actor
from trunkline.gateway.answer import Answer
from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.caching.similar_questions import SimilarQuestions
from trunkline.gateway.context import CACHE, CallContext
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.gateway.gates.embedder import Embedder
from trunkline.gateway.gateway import Gateway
from trunkline.settings import Settings
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

_EMBEDDING: Final = CallContext(purpose=CACHE)
_CONNECTIONS: Final = 32


@asynccontextmanager
async def open_cache(
    settings: Settings, ring: KeyRing, find_gateway: Callable[[], Gateway]
) -> AsyncGenerator[CacheGate]:
    """The gate, until the block ends.

    ``find_gateway`` gives what vectors are asked through, once it is made: it needs the gate itself.
    """

    async def ask(actor: Actor, call: Embeddings, request_id: str) -> Answer:
        return await find_gateway().run(actor, "embeddings", call, request_id, _EMBEDDING)

    limit = settings.cache_mb << 20
    questions, embedder = SimilarQuestions(limit // 4), Embedder(ask)
    if settings.redis_url is None:
        yield CacheGate(AnswerCache(limit, time.monotonic), questions, embedder)
        return
    # Few have it, and it takes as long to load as all the rest of a worker.
    from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    from trunkline.gateway.caching.shared_answers import SharedAnswers  # noqa: PLC0415

    pool: BlockingConnectionPool = cast("Any", BlockingConnectionPool).from_url(
        settings.redis_url.reveal(),
        max_connections=_CONNECTIONS,
        timeout=settings.redis_seconds,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
    )
    shared = SharedAnswers(
        Redis(connection_pool=pool),
        ring.derive(Purpose.RESPONSE_CACHE),
        largest=limit // 8,
        longest=settings.cache_seconds,
        patience=settings.redis_seconds,
    )
    try:
        yield CacheGate(shared, questions, embedder)
    finally:
        await shared.close()
