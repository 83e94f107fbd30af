"""Leases of budgets, for a process that has no database: asked of the one that has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

import msgspec

from trunkline.control.processes.link import Handler, Link
from trunkline.gateway.budgets.authority import Authority, LeaseAnswer, LeaseQuestion, Recall
from trunkline.gateway.budgets.lease_desk import LeaseDesk

LEASE: Final = "budget.lease"
RECALL: Final = "budget.recall"


class _RecallQuestion(msgspec.Struct, array_like=True):
    """``holder`` is the one who needs it, and so keeps what it has."""

    holder: str
    budget_ids: list[str]


_encoder: Final = msgspec.msgpack.Encoder()
_question: Final = msgspec.msgpack.Decoder(LeaseQuestion)
_answer: Final = msgspec.msgpack.Decoder(LeaseAnswer)
_recall: Final = msgspec.msgpack.Decoder(_RecallQuestion)
_returned: Final = msgspec.msgpack.Decoder(dict[str, int])


class AskedLeases:
    """Implements :class:`~trunkline.gateway.budgets.authority.Authority` over ``ask``."""

    def __init__(self, ask: Callable[[str, bytes], Awaitable[bytes]]) -> None:
        self._ask = ask

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        """See the protocol."""
        return _answer.decode(await self._ask(LEASE, _encoder.encode(question)))


def answer_leases(authority: Authority) -> Mapping[str, Handler]:
    """What the process that has the database answers those questions with."""

    async def lease(_link: Link, payload: bytes) -> bytes:
        return _encoder.encode(await authority.lease(_question.decode(payload)))

    return {LEASE: lease}


def answer_recalls(desk: LeaseDesk) -> Mapping[str, Handler]:
    """What each process that serves calls answers who wants something back."""

    async def give_back(_link: Link, payload: bytes) -> bytes:
        asked = _recall.decode(payload)
        return _encoder.encode({} if asked.holder == desk.holder else desk.give_back(asked.budget_ids))

    return {RECALL: give_back}


def recall_from(
    ask_each: Callable[[str, bytes], Awaitable[Sequence[bytes]]], own: Callable[[], LeaseDesk | None]
) -> Recall:
    """Asks all workers, and this process's ``own`` desk."""

    async def recall(holder: str, budget_ids: Collection[str]) -> Mapping[str, int]:
        desk = own()
        found: dict[str, int] = {}
        if desk is not None and desk.holder != holder:
            found.update(desk.give_back(budget_ids))
        question = _RecallQuestion(holder, list(budget_ids))
        for answer in await ask_each(RECALL, _encoder.encode(question)):
            found.update(_returned.decode(answer))
        return found

    return recall
