"""Loads the packages that the settings name. One that cannot be used is left out as a whole, and named with the reason.

Whatever a package does when it is imported or looked at, the server starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from typing import Any, Final

from trunkline.core.errors import Conflict
from trunkline.extensions.alert_channel_extension import AlertChannelExtension
from trunkline.extensions.foreign_error import describe_error
from trunkline.extensions.gate_extension import GateExtension
from trunkline.extensions.guarded_gate import GuardedGate
from trunkline.extensions.interface import API
from trunkline.extensions.kind import ExtensionKind
from trunkline.extensions.loaded import Extensions, LeftOut, LoadedExtension
from trunkline.extensions.package import Package, find_package
from trunkline.extensions.provider_extension import ProviderExtension
from trunkline.providers.registry import added

_WANTED: Final[dict[ExtensionKind, type[Any]]] = {
    "provider": ProviderExtension,
    "gate": GateExtension,
    "alert-channel": AlertChannelExtension,
}
_LONGEST_REASON: Final = 500


def load_extensions(packages: Iterable[str]) -> Extensions:
    """Those of ``packages``, in that order. Never raises for what a package is or does."""
    loaded: list[LoadedExtension] = []
    left_out: list[LeftOut] = []
    providers: list[ProviderExtension] = []
    gates: list[GuardedGate] = []
    channels: dict[str, AlertChannelExtension] = {}
    for name in packages:
        package = find_package(name)
        try:
            if package is None:
                raise _Unusable(
                    "is not installed. Install it where Trunkline is, or take it out of TRUNKLINE_EXTENSIONS."
                )
            found: list[tuple[ExtensionKind, Any]] = [(kind, _load(kind, point)) for kind, point in package.points]
            if not found:
                raise _Unusable("is installed, but brings no extension: it has no entry point that Trunkline knows.")
            more = [one for _, one in found if isinstance(one, ProviderExtension)]
            _check_names([*providers, *more])
            guarded = [GuardedGate(package.name, one) for _, one in found if isinstance(one, GateExtension)]
            _check_gate_names([*gates, *guarded])
            told = {one.name: one for _, one in found if isinstance(one, AlertChannelExtension)}
            if taken := sorted(told.keys() & channels.keys()):
                raise _Unusable(f"The alert channel {taken[0]!r} is that of another package already.")
        except _Unusable as error:
            left_out.append(LeftOut(name, str(error)[:_LONGEST_REASON]))
            continue
        providers += more
        gates += guarded
        channels |= told
        loaded += [_describe(package, kind, one) for kind, one in found]
    return Extensions(
        loaded=tuple(loaded),
        left_out=tuple(left_out),
        providers=tuple(providers),
        gates=tuple(gates),
        channels=channels,
    )


class _Unusable(Exception):
    """A package must be left out. The message says why."""


def _load(kind: ExtensionKind, point: EntryPoint) -> Any:
    place = f"{point.name} = {point.value}"
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        # The last wall before code that is not ours: whatever it raises, it alone is left out.
        raise _Unusable(f"cannot be imported ({place}): {describe_error(error)}.") from error
    wanted = _WANTED[kind]
    if not isinstance(found, wanted):
        raise _Unusable(f"names a {type(found).__name__} at {place}, where a {wanted.__name__} is needed.")
    api = getattr(found, "api", None)
    if api != API:
        raise _Unusable(
            f"is written for version {api!r} of the interface, and this Trunkline has version {API}. Install a"
            " version of the package that is for this one."
        )
    try:
        faults = found.find_faults()
    except Exception as error:
        raise _Unusable(f"cannot be checked ({place}): {describe_error(error)}.") from error
    if faults:
        raise _Unusable(f"is not a working {kind} ({place}). {' '.join(faults)}")
    return found


def _check_names(providers: list[ProviderExtension]) -> None:
    try:
        with added(each.provider for each in providers):
            pass
    except Conflict as error:
        raise _Unusable(f"{error.message} Give it another one.") from error


def _check_gate_names(gates: list[GuardedGate]) -> None:
    seen: dict[str, str] = {}
    for gate in gates:
        if (other := seen.setdefault(gate.extension.name, gate.package)) is not gate.package:
            raise _Unusable(f"The gate {gate.extension.name!r} is that of {other} already. Give it another name.")


def _describe(package: Package, kind: ExtensionKind, one: Any) -> LoadedExtension:
    return LoadedExtension(package=package.name, version=package.version, kind=kind, name=one.name)
