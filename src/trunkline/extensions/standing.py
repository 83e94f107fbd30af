"""How an extension stands in one process."""

from __future__ import annotations

from typing import Literal

import msgspec

from trunkline.extensions.kind import ExtensionKind

ExtensionState = Literal["loaded", "failing", "cut", "left_out"]
"""``failing``: its last errors came in a row. ``cut``: there were too many, and it is not asked for now. ``left_out``:
its package could not be used."""


class ExtensionStanding(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` and ``name`` are None for a package that is left out; ``reason`` is empty where nothing is wrong."""

    package: str
    state: ExtensionState
    kind: ExtensionKind | None = None
    name: str | None = None
    reason: str = ""
