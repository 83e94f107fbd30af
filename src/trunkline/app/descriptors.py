"""How many files and connections this process may have open."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

ENOUGH: Final = 65_536
"""More than this is not asked for: some systems say that there is no limit."""

UNKNOWN: Final = 1024
"""Where a system does not tell."""


def raise_descriptors() -> int:
    """Raise the soft limit to what the administrator allows (the hard limit), and return it.

    The soft limit of 1,024 is for programs that use ``select``: https://0pointer.net/blog/file-descriptor-limits.html.
    """
    if sys.platform == "win32":
        return UNKNOWN
    import resource  # noqa: PLC0415 - not on every system

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):  # the system may have a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return most
    return most if soft == resource.RLIM_INFINITY else soft
