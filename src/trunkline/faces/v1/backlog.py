"""A large answer on its way to a client that may be slow: it waits in a file, not in memory.

The file has no name and ends with the process (``O_TMPFILE``, see open(2)), as nginx has it for the same purpose:
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_max_temp_file_size.
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO

from trunkline.logs import get_logger

_log = get_logger(__name__)


class Backlog:
    """The bytes of ``body`` that have not been taken yet. Who makes one keeps no other reference to them."""

    __slots__ = ("__weakref__", "_at", "_body", "_file", "_size")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._size = len(body)
        self._at = 0
        self._file: IO[bytes] | None = None

    @property
    def left(self) -> int:
        """How many bytes."""
        return self._size - self._at

    @property
    def in_memory(self) -> bool:
        """Whether they are held in memory."""
        return bool(self._body)

    async def take(self, most: int) -> bytes:
        """The next bytes, at most so many."""
        start, self._at = self._at, min(self._size, self._at + most)
        if self._file is None:
            return self._body[start : self._at]
        return await asyncio.to_thread(_read, self._file, start, self._at - start)

    async def put_aside(self) -> None:
        """Move them to a file. Where there is no room for one they stay where they are."""
        body = self._body
        try:
            file = await asyncio.to_thread(_write, body)
        except OSError as error:
            _log.warning("no_temporary_file", error=error.strerror)
            return
        self._file = file
        self._body = b""

    def close(self) -> None:
        """Forget them."""
        self._body = b""
        if self._file is not None:
            self._file.close()


def _write(body: bytes) -> IO[bytes]:
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - its owner closes it
    try:
        view = memoryview(body)
        while view:
            view = view[file.write(view) :]
    except BaseException:
        file.close()
        raise
    return file


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
