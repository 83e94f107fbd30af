"""Installed packages that bring extensions, as their metadata names them. Nothing of them is run here.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distribution, distributions
from typing import Final

import msgspec

from trunkline.extensions.kind import ExtensionKind

GROUPS: Final[Mapping[str, ExtensionKind]] = {
    "trunkline.providers": "provider",
    "trunkline.gates": "gate",
    "trunkline.alert_channels": "alert-channel",
}
"""The groups of entry points that extensions are found by, and what each of them is."""


class Package(msgspec.Struct, frozen=True):
    """``points`` are its extensions: what each is, and where in the package it stands."""

    name: str
    version: str
    points: tuple[tuple[ExtensionKind, EntryPoint], ...]


def find_package(name: str) -> Package | None:
    """The installed package of that name; None where there is none."""
    try:
        return _read(distribution(name))
    except PackageNotFoundError:
        return None


def list_packages() -> list[Package]:
    """All installed packages that bring an extension, by name."""
    found = {package.name: package for each in distributions() if (package := _read(each)).points}
    return [found[name] for name in sorted(found)]


def _read(found: Distribution) -> Package:
    points: list[tuple[ExtensionKind, EntryPoint]] = [
        (GROUPS[point.group], point) for point in found.entry_points if point.group in GROUPS
    ]
    # A broken installation may have no name.
    name = str(found.metadata["Name"] or "")
    return Package(re.sub(r"[-_.]+", "-", name).lower(), found.version, tuple(points))
