"""One server for each data folder: two would share its sockets and take each other's calls."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from trunkline.core.errors import Unavailable


def lock_folder(folder: Path) -> int:
    """Take the folder for this process and for what takes its place. The descriptor that holds it until it is closed.

    The folder itself is locked, so that nothing is written into one that turns out to be wrong. Where its file system
    knows no locks, it is not. :class:`Unavailable`, with what to do, where another server has it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        number = _find_holder(os.fstat(descriptor).st_ino)
        os.close(descriptor)
        raise Unavailable(
            f"Trunkline is running already with the data folder {folder.absolute()}"
            f"{f' (process {number})' if number else ''}. Stop it, or give this one a folder of its own:"
            " TRUNKLINE_DATA_DIR=/path/to/folder"
        ) from None
    except OSError:
        # A folder cannot be opened for writing, which some network file systems ask of who locks.
        return descriptor
    # It stays open in the program that takes this one's place, and in none that is started beside.
    os.set_inheritable(descriptor, True)
    return descriptor


def _find_holder(inode: int) -> str | None:
    """The process that has the lock, where the system tells: https://man7.org/linux/man-pages/man5/proc_locks.5.html."""
    try:
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        match line.split():
            case [_, "FLOCK", _, _, number, place, *_] if place.rpartition(":")[2] == str(inode):
                return number
            case _:
                pass
    return None
