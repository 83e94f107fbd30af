"""The settings of this folder, as commands read them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from trunkline.cli.nearest import find_near
from trunkline.core.errors import TrunklineError
from trunkline.settings import Settings

PREFIX: Final = "TRUNKLINE_"

FOR_COMMANDS: Final = frozenset({"TRUNKLINE_URL", "TRUNKLINE_API_KEY", "TRUNKLINE_WORKSPACE"})
"""What commands read from the environment, and the server does not."""


def read_settings() -> Settings:
    """The settings. :class:`TrunklineError` that names each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"TRUNKLINE_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise TrunklineError("Some settings are wrong. " + "; ".join(wrong)) from None


def find_unknown(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A sentence for each ``TRUNKLINE_…`` of the environment or the ``.env`` file that nothing reads."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | FOR_COMMANDS
    given = {name.upper() for name in (os.environ if environment is None else environment)} | set(_read_file())
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting of Trunkline and has no effect.{_guess(name, known)}"


def _guess(name: str, known: Iterable[str]) -> str:
    """What was meant. The names share their beginning, which says nothing."""
    near = find_near(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known])
    return f" Did you mean {PREFIX}{near[0]}?" if near else ""


def _read_file() -> Iterator[str]:
    """The names in the ``.env`` file, in upper case, as the settings compare them."""
    try:
        lines = Path(".env").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        name, equals, _ = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            yield name.strip().upper()
