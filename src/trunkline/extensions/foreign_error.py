"""What code that is not ours has raised, in words."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 300


def describe_error(error: BaseException) -> str:
    """An exception on one line of at most 300 characters."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}"[:_LONGEST] if said else type(error).__name__
