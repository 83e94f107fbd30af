"""Which process has a connection (Linux)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path


def find_owner(ends: tuple[int, int], processes: Sequence[int]) -> int | None:
    """Which of ``processes`` has the connection between those ports of this machine; the first is its own.

    The second is 0 where a process listens.
    """
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {
        f"socket:[{row[9]}]" for row in rows if tuple(int(end.rpartition(":")[2], 16) for end in row[1:3]) == ends
    }
    for process in processes:
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            # Others are closed meanwhile.
            with contextlib.suppress(FileNotFoundError):
                if str(descriptor.readlink()) in sockets:
                    return process
    return None
