"""What the doctor looks at on this machine: Python, the data folder, its disk, the clock, the port."""

from __future__ import annotations

import errno
import os
import platform
import shutil
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from trunkline.cli.finding import Finding, fail, ok, warn
from trunkline.cli.unknown_settings import find_unknown
from trunkline.settings import Settings

_OLDEST: Final = (3, 11)
_LITTLE: Final = 1 << 30
_TOO_LITTLE: Final = 100 << 20
_SKEW_SECONDS: Final = 120.0


def examine_machine(settings: Settings) -> Iterator[Finding]:
    """One finding for each thing."""
    yield check_python()
    yield check_folder(settings.data_dir)
    yield check_disk(settings.data_dir)
    yield check_clock(settings.data_dir)
    yield from (warn("settings", problem, "Correct it, or remove it.") for problem in find_unknown())


def check_python() -> Finding:
    """Whether Python is new enough."""
    version = platform.python_version()
    if sys.version_info[:2] < _OLDEST:
        return fail("python", f"Python {version}", "Install Python 3.11 or newer, then run `make run` again.")
    return ok("python", f"Python {version}")


def check_folder(folder: Path) -> Finding:
    """Whether the data folder is there, this user's alone, and can be written."""
    place = folder.absolute()
    if not folder.exists():
        return warn("folder", f"{place} does not exist yet.", "`make run` makes it; or set TRUNKLINE_DATA_DIR.")
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return fail("folder", f"{place} cannot be written.", f"Run as its owner, or: chown -R $(id -un) {place}")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return warn("folder", f"{place} can be entered by others (mode {mode:04o}).", f"chmod 700 {place}")
    return ok("folder", str(place))


def check_disk(folder: Path) -> Finding:
    """Whether there is room for the journal and the database to grow."""
    present = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(present).free
    message = f"{free / (1 << 30):,.1f} GiB free"
    if free < _TOO_LITTLE:
        return fail("disk", message, "Free some space: calls are refused when the journal cannot be written.")
    if free < _LITTLE:
        return warn("disk", message, "Free some space soon.")
    return ok("disk", message)


def check_clock(folder: Path) -> Finding:
    """Whether the clock stands where it was when the data folder was last written, or later."""
    written = [path.stat().st_mtime for path in folder.glob("trunkline.db*")]
    behind = max(written, default=0.0) - time.time()
    if behind > _SKEW_SECONDS:
        return fail(
            "clock",
            f"The clock is {behind / 60:,.0f} minutes behind what was written last.",
            "Set it (timedatectl set-ntp true): sessions and usage are wrong with a wrong clock.",
        )
    return ok("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def check_port(settings: Settings, *, is_ours: bool) -> Finding:
    """Whether the server listens on its port, or could."""
    place = f"{settings.host}:{settings.port}"
    if is_ours:
        return ok("port", f"The server listens on {place}.")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = f"{place} is taken by another program."
        else:
            message = f"Nothing can listen on {place} ({error.strerror})."
        return fail("port", message, f"Choose another one: TRUNKLINE_PORT={settings.port % 65535 + 1}")
    return ok("port", f"{place} is free.")
