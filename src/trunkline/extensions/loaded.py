"""The extensions of a process: those that are in use, and those that were left out."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

import msgspec

from trunkline.extensions.alert_channel_extension import AlertChannelExtension
from trunkline.extensions.guarded_gate import GuardedGate
from trunkline.extensions.kind import ExtensionKind
from trunkline.extensions.provider_extension import ProviderExtension
from trunkline.extensions.standing import ExtensionStanding
from trunkline.logs import get_logger
from trunkline.providers.registry import added

_log: Final = get_logger(__name__)


class LoadedExtension(msgspec.Struct, frozen=True, kw_only=True):
    """One that is in use."""

    package: str
    version: str
    kind: ExtensionKind
    name: str


class LeftOut(msgspec.Struct, frozen=True):
    """A package that is not in use. ``reason`` says why, and what to do."""

    package: str
    reason: str


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """What was loaded, and what was not."""

    loaded: tuple[LoadedExtension, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    providers: tuple[ProviderExtension, ...] = ()
    gates: tuple[GuardedGate, ...] = ()
    channels: Mapping[str, AlertChannelExtension] = {}
    """Of alerts, by name."""

    def stand(self) -> list[ExtensionStanding]:
        """How each stands in this process."""
        others = (one for one in self.loaded if one.kind != "gate")
        return [
            *(ExtensionStanding(package=one.package, kind=one.kind, name=one.name, state="loaded") for one in others),
            *(gate.standing for gate in self.gates),
            *(ExtensionStanding(package=one.package, state="left_out", reason=one.reason) for one in self.left_out),
        ]

    @contextmanager
    def in_use(self) -> Generator[None]:
        """Have the providers among the others until the block ends."""
        with added(each.provider for each in self.providers):
            yield

    def log(self) -> None:
        """Tell what was loaded, and what was left out."""
        for one in self.loaded:
            _log.info("extension_loaded", package=one.package, version=one.version, kind=one.kind, name=one.name)
        for each in self.left_out:
            _log.error("extension_left_out", package=each.package, reason=each.reason)
