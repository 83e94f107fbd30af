"""Plain calls as this face serves them: see :mod:`trunkline.gateway.plain`."""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from trunkline.core.errors import TrunklineError
from trunkline.dialects import openai_chat
from trunkline.faces.packing import SMALLEST, pack_now
from trunkline.faces.v1.errors import write_error
from trunkline.faces.v1.load import Load
from trunkline.faces.v1.plain_head import HeadBytes, PlainHead, read_plain_head
from trunkline.faces.v1.request_counts import PLAIN, RequestCounts
from trunkline.gateway.answer import Answer, HeaderList, render
from trunkline.gateway.batches.named_files import FIELD
from trunkline.gateway.identity import Identity
from trunkline.gateway.plain.plain_call import Caller, PlainCall
from trunkline.gateway.plain.plain_calls import PlainCalls

_ANSWER: Final = b"%b%b%bx-request-id: %b\r\n%bcontent-length: %d\r\n%b\r\n%b"
_USUAL_ANSWER: Final = b"%b%bx-request-id: %b\r\ncontent-length: %d\r\n\r\n%b"
_VARY: Final = b"vary: accept-encoding\r\n"
_CLOSE: Final = b"connection: close\r\n"

LONGEST: Final = 1 << 20
"""Bytes of a body. Longer ones are for who reads them piece by piece."""


class PlainLane:
    """``limit`` is the largest body that the face takes, in bytes; ``load`` bounds what is under way."""

    def __init__(self, calls: PlainCalls, identity: Identity, load: Load, counts: RequestCounts, *, limit: int) -> None:
        self._calls = calls
        self._identity = identity
        self.readmit = identity.readmit
        """Whether who was let in before is let in again."""
        self.load = load
        self._counts = counts
        self.limit = min(limit, LONGEST)
        self._own: HeaderList = []
        self._own_lines = self._first_lines = b""

    def read_head(self, raw: HeadBytes) -> PlainHead | None:
        """The head ``raw``, whose caller is let in."""
        return read_plain_head(raw, self._identity)

    def begin(self, head: PlainHead, body: bytes, caller: Caller) -> PlainCall | None:
        """See :meth:`.PlainCalls.begin`. Whose files a body names is found out elsewhere."""
        if FIELD in body:
            return None
        return self._calls.begin(head.admitted.actor, body, head.request_id, caller, head.trace)

    def write(
        self, status: int, own: HeaderList, lines: bytes, body: bytes, head: PlainHead, request_id: str, last: bool
    ) -> bytes:
        """A whole answer, packed where it is large, with all headers in the order in which other answers have them.

        ``own`` are the server's; ``lines`` are written already. After the ``last`` one the connection is closed.
        """
        if own is not self._own:
            # There are others every second, when the time is another one.
            self._own, self._own_lines = own, render(own)
            self._first_lines = STATUS_LINE[200] + self._own_lines
        if status == 200 and len(body) < SMALLEST and not last:
            self._counts[PLAIN] += 1
            return _USUAL_ANSWER % (self._first_lines, lines, request_id.encode(), len(body), body)
        self._counts[(*PLAIN[:2], status)] += 1
        more = b""
        if len(body) >= SMALLEST:
            more, packed = _VARY, None if head.coding is None else pack_now(body, head.coding)
            if packed is not None and head.coding is not None:
                more += b"content-encoding: %b\r\n" % head.coding.encode()
                body = packed
        end = _CLOSE if last else b""
        told = (STATUS_LINE[status], self._own_lines, lines, request_id.encode(), more, len(body), end, body)
        return _ANSWER % told

    def refuse(self, error: TrunklineError, request_id: str) -> Answer:
        """The answer for ``error``."""
        return write_error(openai_chat.DIALECT, error, request_id)
