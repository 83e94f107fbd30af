"""What the files of deploy/ rely on, as the code has it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trunkline.app import supervisor
from trunkline.settings import PREFIX, Settings

DEPLOY = Path(__file__).parents[3] / "deploy"

SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__}


def find_unknown(names: Iterable[str]) -> set[str]:
    """Those of ``names`` that look like settings and are none."""
    return {name for name in names if name.startswith(PREFIX)} - SETTINGS


def find_longest_stop(drain_seconds: float = Settings().drain_seconds) -> float:
    """Seconds after which the supervisor has ended, whatever hangs: calls, workers, management, intake."""
    return drain_seconds + 3 * supervisor._GRACE_SECONDS  # pyright: ignore[reportPrivateUsage]
