"""Settings of this folder that nothing reads, as somebody has misspelt their names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from trunkline.cli.nearest import find_near
from trunkline.settings import PREFIX, Settings, read_file

FOR_COMMANDS: Final = frozenset({"TRUNKLINE_URL", "TRUNKLINE_API_KEY", "TRUNKLINE_WORKSPACE"})
"""What commands read from the environment, and the server does not."""


def find_unknown(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A sentence for each ``TRUNKLINE_…`` of the environment or the ``.env`` file that nothing reads."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__} | FOR_COMMANDS
    given = {name.upper() for name in (os.environ if environment is None else environment)} | set(read_file())
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting of Trunkline and has no effect.{_guess(name, known)}"


def _guess(name: str, known: Iterable[str]) -> str:
    """What was meant. The names share their beginning, which says nothing."""
    near = find_near(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known])
    return f" Did you mean {PREFIX}{near[0]}?" if near else ""
