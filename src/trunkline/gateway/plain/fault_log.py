"""What goes wrong on the short way of plain calls through a fault of ours, so that somebody hears of it."""

from __future__ import annotations

from typing import Final

from trunkline.logs import get_logger

MOST: Final = 100
"""Places in the code that are told: each once, because a fault may come with every call."""

_log: Final = get_logger(__name__)


class FaultLog:
    """Tells each fault once in the life of a process, by where it was raised. The calls themselves go the general
    way."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told: set[tuple[str, str, int]] = set()

    def report(self, error: Exception, request_id: str) -> None:
        """``error`` kept the call of ``request_id`` from the short way, and was no refusal."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where, line = ("", 0) if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        place = type(error).__name__, where, line
        if place not in self._told and len(self._told) < MOST:
            self._told.add(place)
            _log.error("plain_call_not_served_shortly", request_id=request_id, reason=place[0], exc_info=error)
