"""Gives answers again that were given before, where a route, a configuration or a feature asks for that."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.caching import MAX_AGE, NO_CACHE, NO_STORE, Caching
from trunkline.core.metric import Sample
from trunkline.gateway.answer import Answer, write_usd
from trunkline.gateway.caching.answer_store import AnswerStore
from trunkline.gateway.caching.cache_counters import CacheCounters, CacheStanding
from trunkline.gateway.caching.cache_key import Question, find_caching, read_question
from trunkline.gateway.caching.cached_answer import CachedAnswer, Kept
from trunkline.gateway.caching.recording import Recording, Replay
from trunkline.gateway.caching.similar_questions import SimilarQuestions
from trunkline.gateway.gates.embedder import Embedder
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot

STATE: Final = b"x-trunkline-cache"
SAVED: Final = b"x-trunkline-saved-usd"


class CacheGate:
    """Implements :class:`~trunkline.gateway.gates.gate.Gate`. The last of all gates but that of budgets: nobody gets by
    one what another would refuse.

    ``questions`` and ``embedder`` are what knows questions that mean the same; without them none does.
    """

    def __init__(
        self, store: AnswerStore, questions: SimilarQuestions | None = None, embedder: Embedder | None = None
    ) -> None:
        self._store = store
        self._questions = questions
        self._embedder = embedder
        self._counters = CacheCounters()

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`."""
        return find_caching(candidate) is not None

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. What is asked for is known with the candidate alone."""

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> Answer | None:
        """The answer that is kept for the call. Where there is none, that of the provider will be kept."""
        call.recording = None
        caching = find_caching(candidate)
        if caching is None or call.operation is None or call.context.purpose is not None:
            return None
        said = call.context.cache_control
        question = read_question(caching, call.actor, candidate, call.exchange)
        if question is None or (NO_CACHE in said and NO_STORE in said):
            return None
        call.headers[:] = [field for field in call.headers if field[0] != STATE]
        fresh = _find_freshness(said)
        kept = await self._store.find(question.key) if fresh > 0 else None
        if kept is not None and kept.age < fresh:
            return self._give(call, kept)
        vector = None
        if self._embedder is not None and question.scope is not None and caching.semantic is not None:
            vector = await self._embedder.embed(call, candidate, caching.semantic, question.scope.text)
            if vector is not None and fresh > 0:
                found = await self._find_similar(question, caching, vector)
                if found is not None and found[0].age < fresh:
                    return self._give(call, *found)
        call.headers.append((STATE, b"miss"))
        self._counters.missed(call.actor.workspace_id)
        if NO_STORE not in said:
            keep = partial(self._keep, question, caching, vector)
            call.recording = call.holds[self] = Recording(keep, self._store.largest)
        return None

    async def stand(self, workspace_id: str, generation: int) -> CacheStanding:
        """How it stands for a workspace, whose answers are of that generation."""
        count = self._counters.read(workspace_id)
        entries, size = await self._store.measure(workspace_id, generation)
        return CacheStanding(
            shared=self._store.shared,
            hits=count.hits,
            misses=count.misses,
            saved_nanos=count.saved_nanos,
            entries=entries,
            size=size,
        )

    def read(self) -> Iterator[Sample]:
        """What its process holds, and how often it did not hold what was looked for."""
        entries, size = self._store.held
        yield Sample("trunkline_cache_misses", (), self._counters.misses)
        yield Sample("trunkline_cache_bytes", (), size)
        yield Sample("trunkline_cache_responses", (), entries)

    async def purge(self, workspace_id: str, generation: int) -> None:
        """Take out what a workspace had forgotten, which is found no more since its generation is another one."""
        await self._store.purge(workspace_id, generation)

    def sweep(self, snapshot: Snapshot) -> None:
        """Drop what nobody can be given any more."""
        generations = {part.id: part.cache_generation for part in snapshot.parts.values()}
        self._store.sweep(generations)
        if self._questions is not None:
            self._questions.sweep(generations)

    async def _find_similar(
        self, question: Question, caching: Caching, vector: tuple[float, ...]
    ) -> tuple[Kept, float] | None:
        scope, semantic, questions = question.scope, caching.semantic, self._questions
        if scope is None or semantic is None or questions is None:
            return None
        while (match := questions.find(scope.key, vector, semantic.threshold)) is not None:
            kept = await self._store.find(match.key)
            if kept is not None:
                return kept, match.similarity
            questions.forget(scope.key, match.key)
        return None

    def _keep(
        self, question: Question, caching: Caching, vector: tuple[float, ...] | None, answer: CachedAnswer
    ) -> None:
        self._store.put(question.key, answer, caching.ttl_seconds)
        if vector is not None and question.scope is not None and self._questions is not None:
            self._questions.add(question.scope.key, vector, question.key)

    def _give(self, call: PendingCall, kept: Kept, similarity: float | None = None) -> Answer:
        found = kept.answer
        state = b"hit; age=%d" % kept.age
        if similarity is not None:
            # Rounded down: it is at least that.
            state += b"; similarity=%.3f" % (int(min(similarity, 1) * 1000) / 1000)
        call.headers.append((STATE, state))
        if found.cost_nanos is not None:
            call.headers.append((SAVED, write_usd(found.cost_nanos)))
        self._counters.hit(call.actor.workspace_id, found.cost_nanos or 0)
        headers = list(found.headers)
        if found.streamed:
            answer = Answer(200, headers, relay=Replay(found.pieces))
        else:
            answer = Answer(200, headers, body=b"".join(found.pieces))
        answer.cached = True
        answer.saved_nanos = found.cost_nanos
        return answer


def _find_freshness(said: frozenset[str]) -> float:
    """The age that an answer must be below: what ``max-age`` says, 0 with ``no-cache``.

    One that says no number counts as 0 (https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1).
    """
    if NO_CACHE in said:
        return 0
    ages = [word.removeprefix(MAX_AGE).strip('"') for word in said if word.startswith(MAX_AGE)]
    return min((int(age) if age.isdecimal() and age.isascii() else 0 for age in ages), default=float("inf"))
