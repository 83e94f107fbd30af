"""Where the processes of one installation on one machine meet: a folder of Unix sockets, for their owner alone."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from trunkline.core.errors import Unavailable

LONGEST: Final = 100
"""Bytes that the path of a socket may have on every system: ``sun_path`` in unix(7) has 108, macOS 104."""

_NAME_BYTES: Final = 42
"""Left for the names of the sockets in the folder."""


def find_socket_folder(data_dir: Path) -> Path:
    """The folder, which is made if it is not there: in ``data_dir``, or where that path is too long for a socket, in
    the system's temporary folder.

    :class:`Unavailable` when it cannot be made, or when somebody else has made the one in the temporary folder.
    """
    folder = data_dir.absolute() / "run"
    if len(os.fsencode(folder)) + _NAME_BYTES > LONGEST:
        name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"trunkline-{name}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Unavailable(f"The folder {folder} for sockets cannot be made ({error.strerror}).") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Unavailable(f"The folder {folder} belongs to somebody else or is open to others. Remove it.")
    return folder
