"""Work that blocks, and may block for longer than anybody wants to wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_T = TypeVar("_T")


def begin_apart(work: Callable[[], _T]) -> Future[_T]:
    """What ``work()`` gives, once it is there.

    It runs in a thread of its own that keeps no process from ending, as those of an executor would.
    """
    future: Future[_T] = Future()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, daemon=True).start()
    return future
