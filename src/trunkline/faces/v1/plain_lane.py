"""Plain calls as this face serves them: see :mod:`trunkline.gateway.plain`."""

from __future__ import annotations

from typing import Final

from trunkline.core.errors import TrunklineError
from trunkline.core.ids import new_id
from trunkline.dialects import openai_chat
from trunkline.faces.packing import SMALLEST, pack_now
from trunkline.faces.v1.errors import write_error
from trunkline.faces.v1.load import Load
from trunkline.faces.v1.plain_head import PlainHead, read_plain_head
from trunkline.faces.v1.request_counts import PLAIN, RequestCounts
from trunkline.gateway.answer import Answer
from trunkline.gateway.identity import Identity
from trunkline.gateway.plain.plain_call import Caller, PlainCall, PlainCalls

LONGEST: Final = 1 << 20
"""Bytes of a body. Longer ones are for who reads them piece by piece."""


class PlainLane:
    """``limit`` is the largest body that the face takes, in bytes; ``load`` bounds what is under way."""

    def __init__(self, calls: PlainCalls, identity: Identity, load: Load, counts: RequestCounts, *, limit: int) -> None:
        self._calls = calls
        self._identity = identity
        self.load = load
        self._counts = counts
        self.limit = min(limit, LONGEST)

    def read_head(self, raw: bytes, before: PlainHead | None) -> PlainHead | None:
        """The head ``raw``, whose caller is let in; ``before`` is the last one of the same connection."""
        if before is not None and before.raw == raw and self._identity.readmit(before.admitted):
            return before
        return read_plain_head(raw, self._identity)

    def begin(self, head: PlainHead, body: bytes, caller: Caller) -> PlainCall | None:
        """See :meth:`.PlainCalls.begin`."""
        return self._calls.begin(head.admitted.actor, body, head.request_id or new_id(), caller, head.trace)

    def complete(self, answer: Answer, head: PlainHead, request_id: str) -> None:
        """Pack what is large and add the headers that every answer has, in the order in which all others have them."""
        self._counts[PLAIN if answer.status == 200 else (*PLAIN[:2], answer.status)] += 1
        headers = answer.headers
        headers.append((b"x-request-id", request_id.encode()))
        if len(answer.body) >= SMALLEST:
            headers.append((b"vary", b"accept-encoding"))
            packed = None if head.coding is None else pack_now(answer.body, head.coding)
            if packed is not None and head.coding is not None:
                headers.append((b"content-encoding", head.coding.encode()))
                answer.body = packed
        headers.append((b"content-length", b"%d" % len(answer.body)))

    def refuse(self, error: TrunklineError, request_id: str) -> Answer:
        """The answer for ``error``."""
        return write_error(openai_chat.DIALECT, error, request_id)
