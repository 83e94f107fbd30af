"""Where the processes of one installation on one machine meet: a folder of Unix sockets, for their owner alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path
from typing import Final

from trunkline.core.errors import Unavailable

HUB: Final = "hub.sock"
"""Where workers connect to the management process."""

MANAGEMENT: Final = "management.sock"
"""Where it takes their requests."""

LONGEST: Final = 100
"""Bytes that the path of a socket may have on every system: ``sun_path`` in unix(7) has 108, macOS 104."""

_NAME_BYTES: Final = 42
"""Left for the names of the sockets in the folder."""


def name_socket_folder(data_dir: Path) -> Path:
    """Where it is: in ``data_dir``, or where that path is too long for a socket, in the system's temporary folder."""
    folder = data_dir.absolute() / "run"
    if len(os.fsencode(folder)) + _NAME_BYTES <= LONGEST:
        return folder
    name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"trunkline-{name}"


def find_socket_folder(data_dir: Path) -> Path:
    """The folder, which is made if it is not there.

    :class:`Unavailable` when it cannot be made, or when somebody else has made the one in the temporary folder.
    """
    folder = name_socket_folder(data_dir)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Unavailable(f"The folder {folder} for sockets cannot be made ({error.strerror}).") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Unavailable(f"The folder {folder} belongs to somebody else or is open to others. Remove it.")
    return folder


def listen_privately(path: Path) -> socket.socket:
    """A socket at ``path`` that only this user can connect to, in the place of one that a dead process has left.

    It has its name when it listens: who finds it can connect.
    """
    draft = path.with_suffix(".new")
    with contextlib.ExitStack() as stack:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stack.callback(listener.close)
        draft.unlink(missing_ok=True)
        listener.bind(os.fsencode(draft))
        draft.chmod(0o600)
        listener.listen(1024)
        listener.setblocking(False)
        draft.rename(path)
        stack.pop_all()
    return listener


def forget(path: Path) -> None:
    """Remove the name of a socket that nobody listens at any more."""
    path.unlink(missing_ok=True)
