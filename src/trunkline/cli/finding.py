"""What a check of the doctor found."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["ok", "warn", "fail"]


class Finding(msgspec.Struct, frozen=True):
    """``message`` says what is; ``remedy`` what to do about it, where something is to be done."""

    name: str
    state: State
    message: str
    remedy: str = ""


def ok(name: str, message: str) -> Finding:
    """All is well."""
    return Finding(name, "ok", message)


def warn(name: str, message: str, remedy: str) -> Finding:
    """It works, but somebody should look at it."""
    return Finding(name, "warn", message, remedy)


def fail(name: str, message: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(name, "fail", message, remedy)
