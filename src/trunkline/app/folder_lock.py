"""One server for each data folder: two would share its sockets and take each other's calls."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from trunkline.core.errors import Unavailable


def lock_folder(folder: Path) -> int:
    """Take the folder for this process and for what takes its place. The descriptor that holds it until it is closed.

    :class:`Unavailable`, with what to do, where another server has it.
    """
    path = folder / "server.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        number = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise Unavailable(
            f"Trunkline is running already with the data folder {folder.absolute()}"
            f"{f' (process {number})' if number else ''}. Stop it, or give this one a folder of its own:"
            " TRUNKLINE_DATA_DIR=/path/to/folder"
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, b"%d\n" % os.getpid())
    # It stays open in the program that takes this one's place, and in none that is started beside.
    os.set_inheritable(descriptor, True)
    return descriptor
