"""The first process of a server: starts the others, starts them again when they end, and stops them in order.

It runs no event loop and loads next to nothing, because it only waits. Each of the others holds the other end of a pipe
to it: when that closes, the first process is gone, however it ended, and they stop too.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from typing import IO, Final

STARTUP_FAILED: Final = 3
"""What a process exits with that has said why it cannot serve."""

ROOT_KEY: Final = "_TRUNKLINE_ROOT_KEY_DESCRIPTOR"
"""The variable that says where all processes find the root key in memory, where a key service unwrapped it."""

AFTER: Final = "--after"
"""What a process is told with the exit code of the one in whose place it is started."""

_SHORTEST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0
_STEADY_SECONDS: Final = 10.0
"""A process that lived so long is started again at once; one that keeps dying, after ever longer pauses."""

_GRACE_SECONDS: Final = 20.0
"""What a process may take beyond the time that running calls have, before it is killed."""


class Child:
    """One of the processes: started again whenever it ends, until it is told to stop."""

    def __init__(self, command: Sequence[str], descriptors: Sequence[int] = ()) -> None:
        self._command = command
        self._descriptors = descriptors
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 0.0
        self._runs = 0
        self.due: float | None = 0.0
        """When it is to be started, in monotonic seconds; None while it runs, and once it is not wanted any more."""

    @property
    def pid(self) -> int | None:
        """The process's number; None before it is started for the first time."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it. It learns how the one before it has ended."""
        ended = self._process.returncode if self._process is not None else None
        more = [] if ended is None else [AFTER, str(ended)]
        self._started = time.monotonic()
        self._runs += 1
        self.due = None
        # In a group of its own, so that Ctrl-C comes to us alone, who stop them in order.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [*self._command, *more], stdin=subprocess.PIPE, pass_fds=self._descriptors, process_group=0
        )

    def look(self) -> bool:
        """See to it that it is started again where it has ended. False where that is of no use."""
        if self._process is None or self.due is not None or self._process.poll() is None:
            return True
        self._close_pipe()
        if self._process.returncode == STARTUP_FAILED and self._runs == 1:
            return False
        lived = time.monotonic() - self._started
        self._pause = _SHORTEST_PAUSE if lived > _STEADY_SECONDS else min(_LONGEST_PAUSE, 2 * self._pause or 0.1)
        self.due = time.monotonic() + self._pause
        return True

    def announce_stop(self) -> None:
        """Let it know that all are to stop: from now on the time of what still runs there counts."""
        if self._process is not None and self._process.stdin is not None:
            _write(self._process.stdin)

    def signal(self, number: int) -> None:
        """Send it a signal, if it lives. It is not started again."""
        self.due = None
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> None:
        """Wait for its end, and kill it when that does not come."""
        self.due = None
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close_pipe()

    def _close_pipe(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()


class Supervisor:
    """Keeps ``workers`` and ``others`` running until it is told to stop. ``drain_seconds`` is what calls have.

    The workers are stopped first, because what they have under way may need the others; those in their order.
    ``listeners`` are the sockets that workers get from here.
    """

    def __init__(
        self, workers: Sequence[Child], others: Sequence[Child], drain_seconds: float, listeners: Sequence[int] = ()
    ) -> None:
        self._workers = workers
        self._others = others
        self._drain_seconds = drain_seconds
        self._listeners = listeners

    def run(self) -> int:
        """Until SIGTERM or SIGINT, or until one of them cannot start at all. The code to exit with."""
        with _Signals() as signals:
            while not signals.stop:
                for child in (*self._others, *self._workers):
                    if not child.look():
                        self._stop(signals)
                        return 1
                    if child.due is not None and child.due <= time.monotonic():
                        child.start()
                _reap({child.pid for child in (*self._others, *self._workers)})
                signals.wait(self._next())
            self._stop(signals)
        return 0

    def _next(self) -> float | None:
        due = [child.due for child in (*self._others, *self._workers) if child.due is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _stop(self, signals: _Signals) -> None:
        for listener in self._listeners:
            # As long as it is open here, the system takes connections that no worker accepts any more.
            os.close(listener)
        for child in self._others:
            child.announce_stop()
        end = time.monotonic() + self._drain_seconds + _GRACE_SECONDS
        signals.stop = 0
        for worker in self._workers:
            worker.signal(signal.SIGTERM)
        while any(worker.running for worker in self._workers) and time.monotonic() < end:
            signals.wait(min(1.0, end - time.monotonic()))
            if signals.stop:
                # Somebody insists: do not wait for running calls.
                for worker in self._workers:
                    worker.signal(signal.SIGINT)
                signals.stop = 0
        for worker in self._workers:
            worker.wait(0)
        for child in self._others:
            child.signal(signal.SIGTERM)
            child.wait(max(0.0, end - time.monotonic()) + _GRACE_SECONDS)


class _Signals:
    """Hears of signals: ``stop`` counts those that say so; the end of a child wakes it up."""

    def __init__(self) -> None:
        self.stop = 0
        self._selector = selectors.DefaultSelector()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._selector.register(self._reader, selectors.EVENT_READ)

    def __enter__(self) -> _Signals:
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        self._selector.close()
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float | None) -> None:
        """Return at the next signal, or after ``seconds``."""
        if self._selector.select(seconds):
            while _read(self._reader):
                pass

    def _hear(self, _number: int, _frame: object) -> None:
        self.stop += 1


def _reap(own: Collection[int | None]) -> None:
    """Let go of processes that have ended and are not ``own``: what a child had started, and left when it died.

    The system gives them to the first process of a container, in whose table they would stay. Of our own, ``Child``
    must learn how they ended; one that has ended just now is seen at the next round, and so is who stands behind it.
    """
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid not in own:
            os.waitpid(ended.si_pid, 0)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 512)
    except BlockingIOError:
        return b""


def _write(pipe: IO[bytes]) -> None:
    try:
        pipe.write(b"stop\n")
        pipe.flush()
    except (BrokenPipeError, ValueError):
        return


def main() -> int:
    """``python -m trunkline.app.supervisor LISTENERS WORKERS DRAIN_SECONDS``; all else stands in the environment.

    ``LISTENERS`` are descriptors with commas between: that of the port, and that of the Ollama port where there is one.
    """
    listeners, workers, drain = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    descriptors = [int(listener) for listener in listeners.split(",")]
    python = [sys.executable, "-P", "-m"]
    key = [int(os.environ[ROOT_KEY])] if ROOT_KEY in os.environ else []
    code = Supervisor(
        [
            Child([*python, "trunkline.app.worker", listeners, str(number)], [*descriptors, *key])
            for number in range(workers)
        ],
        [Child([*python, "trunkline.app.management"], key), Child([*python, "trunkline.app.intake"], key)],
        drain,
        descriptors,
    ).run()
    print("Stopped.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
