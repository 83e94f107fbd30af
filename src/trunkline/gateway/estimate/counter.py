"""Who counts tokens: this process itself, or others that it starts, one for each vocabulary.

A vocabulary takes 20 to 45 MB and, to load, 30 to 180 ms, in which an event loop would stand still. A process that
serves calls has neither to spare, so it has others count. Those come when something is to be counted, and go when
nothing was for a minute. Until one is ready, what is to be counted is guessed by its characters.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from trunkline.gateway.estimate.counting import SIZE

PATIENCE_SECONDS: Final = 0.02
"""How long a count is waited for: it takes a millisecond, but the process may have to wait for a processor."""

START_SECONDS: Final = 5.0
"""How long who can wait does so for a process to be ready."""

_FAILED_SECONDS: Final = 10.0
"""How long after a process has failed the next one is started."""


class Counter(Protocol):
    """Counts the tokens of texts, all together, by a vocabulary."""

    def count(self, vocabulary: str, texts: Sequence[str]) -> float:
        """How many they are. Marks of a model's own format count as the plain text that they are."""
        ...

    async def prepare(self, vocabulary: str) -> None:
        """Returns when the next count is none of a guess, or will be one all the same."""
        ...


class OwnCounter:
    """Counts in this process."""

    def count(self, vocabulary: str, texts: Sequence[str]) -> float:
        """See :class:`Counter`."""
        encode = _load(vocabulary)
        return sum(len(encode(text)) for text in texts)

    async def prepare(self, vocabulary: str) -> None:
        """See :class:`Counter`."""


@cache
def _load(vocabulary: str) -> Callable[[str], list[int]]:
    from splintr import Tokenizer  # noqa: PLC0415 - the library is large, and most processes never count

    return Tokenizer.from_pretrained(vocabulary).encode_ordinary


class _Process:
    """One that counts by one vocabulary."""

    def __init__(self, vocabulary: str) -> None:
        self._socket, theirs = socket.socketpair()
        path = Path(__file__).with_name("counting.py")
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own file
                [sys.executable, "-P", str(path), vocabulary], stdin=theirs.fileno(), stdout=subprocess.DEVNULL
            )
        self._owed = 1
        """Answers that are not here yet; the first one says that it is ready."""
        self.worked = False

    def is_ready(self) -> bool:
        """Whether it would answer now. OSError when it has ended."""
        if self._process.poll() is not None:
            raise ConnectionResetError
        self._socket.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while self._owed:
                self._hear()
        return not self._owed

    def count(self, texts: Sequence[str]) -> int | None:
        """What it says; None when that takes too long. OSError when it has ended."""
        question = b"\xff".join(text.encode() for text in texts)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.sendall(SIZE.pack(len(question)) + question)
        self._owed = 1
        try:
            return self._hear()
        except TimeoutError:
            return None

    def _hear(self) -> int:
        answer = self._socket.recv(SIZE.size)
        if len(answer) < SIZE.size:
            raise ConnectionResetError
        self._owed = 0
        self.worked = True
        return SIZE.unpack(answer)[0]

    def end(self) -> None:
        """Let it go."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


class CountingProcesses:
    """Has others count. To be closed in the end."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._processes: dict[str, _Process] = {}
        self._failed: dict[str, float] = {}

    def count(self, vocabulary: str, texts: Sequence[str]) -> float:
        """See :class:`Counter`. Never takes longer than ``PATIENCE_SECONDS``."""
        counted = None
        # One that has gone because it was idle is followed by another.
        for _ in range(2):
            process = self._find(vocabulary)
            if process is None:
                break
            try:
                counted = process.count(texts) if process.is_ready() else None
                break
            except OSError:
                self._drop(vocabulary)
        return sum(map(guess_tokens, texts)) if counted is None else counted

    async def prepare(self, vocabulary: str) -> None:
        """See :class:`Counter`. Never takes longer than ``START_SECONDS``."""
        until = self._clock() + START_SECONDS
        while self._clock() < until:
            process = self._find(vocabulary)
            try:
                if process is None or process.is_ready():
                    return
            except OSError:
                self._drop(vocabulary)
            await asyncio.sleep(0.005)

    def close(self) -> None:
        """End them all."""
        for process in self._processes.values():
            process.end()
        self._processes.clear()

    def _find(self, vocabulary: str) -> _Process | None:
        process = self._processes.get(vocabulary)
        if process is None and self._clock() >= self._failed.get(vocabulary, 0.0):
            try:
                process = self._processes[vocabulary] = _Process(vocabulary)
            except OSError:
                self._failed[vocabulary] = self._clock() + _FAILED_SECONDS
        return process

    def _drop(self, vocabulary: str) -> None:
        process = self._processes.pop(vocabulary)
        process.end()
        if not process.worked:
            self._failed[vocabulary] = self._clock() + _FAILED_SECONDS


def guess_tokens(text: str) -> float:
    """About how many tokens a text is: four letters of English are one, and so is nearly each of another script."""
    plain = len(text.encode("ascii", "ignore"))
    return plain / 4 + (len(text) - plain) / 1.4


_counters: Final[list[Counter]] = [OwnCounter()]


def get_counter() -> Counter:
    """The one in use."""
    return _counters[-1]


@contextlib.contextmanager
def counting_apart() -> Generator[None]:
    """Has others count while the block lasts."""
    processes = CountingProcesses()
    _counters.append(processes)
    try:
        yield
    finally:
        _counters.remove(processes)
        processes.close()
