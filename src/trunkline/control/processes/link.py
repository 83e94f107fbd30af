"""What two processes of this machine ask each other, through one connection and in any order.

Either side may ask. What is asked begins to be answered in the order in which it was asked, so that whoever answers
without waiting for anything keeps to that order.
"""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from trunkline.control.processes.error_transfer import TransferredError
from trunkline.core.errors import TrunklineError, Unavailable
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

Handler = Callable[["Link", bytes], Awaitable[bytes]]
"""Answers what the other side asks."""

_LENGTH: Final = struct.Struct("!I")


class _Frame(msgspec.Struct, array_like=True):
    """Something that is asked, or with an empty ``topic`` the answer, which may be an error."""

    number: int
    topic: str
    payload: bytes = b""
    error: TransferredError | None = None


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(_Frame)


class Link:
    """One connection. ``handlers`` answer by topic."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handlers: Mapping[str, Handler]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._handlers = handlers
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._gone = False

    def ask(self, topic: str, payload: bytes = b"") -> asyncio.Future[bytes]:
        """The answer of the other side. It fails with the error that is raised there, or with :class:`Unavailable`."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        if self._gone:
            answer.set_exception(_lost())
            return answer
        number = next(self._numbers)
        self._waiting[number] = answer
        self._write(_Frame(number, topic, payload))
        return answer

    async def serve(self) -> None:
        """Answer what is asked until the other side is gone."""
        try:
            while True:
                (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
                frame = _decoder.decode(await self._reader.readexactly(length))
                if frame.topic:
                    task = asyncio.ensure_future(self._answer(frame))
                    self._answering.add(task)
                    task.add_done_callback(self._answering.discard)
                else:
                    self._hear(frame)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.drop()

    def drop(self) -> None:
        """End the connection. What was asked has no answer any more."""
        if self._gone:
            return
        self._gone = True
        self._writer.transport.abort()
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(_lost())
                # Read here, so that one that nobody awaits is not reported as forgotten.
                answer.exception()

    def _hear(self, frame: _Frame) -> None:
        answer = self._waiting.pop(frame.number, None)
        if answer is None or answer.done():
            return
        if frame.error is None:
            answer.set_result(frame.payload)
            return
        answer.set_exception(frame.error.make())
        answer.exception()

    async def _answer(self, frame: _Frame) -> None:
        try:
            payload = await self._handlers[frame.topic](self, frame.payload)
        except TrunklineError as error:
            self._write(_Frame(frame.number, "", error=TransferredError.of(error)))
        except Exception:  # noqa: BLE001 - the last wall: a fault of ours with one question must not end the connection
            _log.exception("process_fault", topic=frame.topic)
            fault = Unavailable("An unexpected fault. It is logged.", code="error")
            self._write(_Frame(frame.number, "", error=TransferredError.of(fault)))
        else:
            self._write(_Frame(frame.number, "", payload))

    def _write(self, frame: _Frame) -> None:
        if not self._gone:
            data = _encoder.encode(frame)
            self._writer.writelines((_LENGTH.pack(len(data)), data))


def _lost() -> Unavailable:
    return Unavailable("The management process does not answer. Try again in a moment.")
