"""The settings of the installation, as its administrator sees them: what they are, and where that is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.settings import PREFIX, Settings, Source, describe_settings, find_secrets


class SettingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One setting. ``value`` and ``default`` None: unset, or of a secret. ``is_set``: whether there is a value."""

    name: str
    value: JsonValue
    default: JsonValue
    source: Source
    secret: bool
    is_set: bool
    about: str


class SettingsList:
    """``sources`` says where each was read from when the server started."""

    def __init__(self, settings: Settings, sources: Mapping[str, Source]) -> None:
        self._settings = settings
        self._sources = sources

    def list(self, actor: Actor) -> Sequence[SettingRecord]:
        """All of them, in the order of the reference. Raises Forbidden for all but the installation's administrator."""
        access.check(actor, "settings.read")
        secrets = find_secrets()
        found: list[SettingRecord] = []
        for name, default, about in describe_settings():
            value = getattr(self._settings, name)
            hidden = name in secrets
            found.append(
                SettingRecord(
                    name=f"{PREFIX}{name.upper()}",
                    value=None if hidden else _write(value),
                    default=None if hidden else _write(default),
                    source=self._sources[name],
                    secret=hidden,
                    is_set=value is not None,
                    about=about,
                )
            )
        return found


def _write(value: object) -> JsonValue:
    if isinstance(value, Path):
        return str(value)
    assert value is None or isinstance(value, str | bool | int | float)
    return value
