"""Brings captured content to where it is stored, beside the calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NoReturn

import msgspec

from trunkline.control.capture.captured_content import ContentSeal, SealedContent
from trunkline.control.capture.content import prepare
from trunkline.control.processes.link import Handler, Link
from trunkline.core.errors import Unavailable
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.capture.captured_call import CapturedCall
from trunkline.logs import get_logger

KEEP: Final = "capture.keep"

Keep = Callable[[SealedContent], Awaitable[object]]
"""Stores it. Raises :class:`Unavailable` where that cannot be done now."""

_DAY_US: Final = 86_400_000_000

_log: Final = get_logger(__name__)
_encoder: Final = msgspec.msgpack.Encoder()
_content: Final = msgspec.msgpack.Decoder(SealedContent)


class Shipping:
    """Takes calls out of ``queue``, redacts and encrypts them in a thread, and has them stored by ``keep``.

    What cannot be stored is dropped: content is no account, and must not pile up.
    """

    def __init__(self, queue: CaptureQueue, seal: ContentSeal, keep: Keep) -> None:
        self._queue = queue
        self._seal = seal
        self._keep = keep

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await self._ship(await self._queue.get())

    async def drain(self, seconds: float) -> None:
        """Store what waits, for so long at most."""
        try:
            async with asyncio.timeout(seconds):
                while not self._queue.is_empty:
                    await self._ship(await self._queue.get())
        except TimeoutError:
            return

    async def _ship(self, call: CapturedCall) -> None:
        try:
            await self._keep(await asyncio.to_thread(self._make, call))
            self._queue.kept += 1
        except Unavailable as error:
            self._queue.dropped += 1
            _log.warning("content_not_kept", call_id=call.event.id, reason=error.message)
        except Exception as error:  # noqa: BLE001 - one call's content must not end the duty; its text may hold content
            self._queue.dropped += 1
            _log.error("content_not_kept", call_id=call.event.id, reason=type(error).__name__)

    def _make(self, call: CapturedCall) -> SealedContent:
        event = call.event
        sealed = self._seal.seal(prepare(call), event.workspace_id, event.id)
        until = event.opened_at + call.rule.keep_days * _DAY_US
        return SealedContent(event.id, event.workspace_id, sealed, event.opened_at, until)


def keep_by_asking(ask: Callable[[str, bytes], Awaitable[bytes]]) -> Keep:
    """For a process that has no database: the one that has stores it."""

    async def keep(content: SealedContent) -> None:
        await ask(KEEP, _encoder.encode(content))

    return keep


def answer_keeping(keep: Keep) -> Mapping[str, Handler]:
    """What the process that stores it answers with."""

    async def hear(_link: Link, payload: bytes) -> bytes:
        await keep(_content.decode(payload))
        return b""

    return {KEEP: hear}
