"""What differs between two states of the snapshot, so that a change costs no more to tell than it is large."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar, cast, get_args, get_type_hints

import msgspec

from trunkline.gateway.snapshot import Snapshot, WorkspacePart

T = TypeVar("T", bound=msgspec.Struct)

_encoder: Final = msgspec.msgpack.Encoder()


class SnapshotDifference(msgspec.Struct, frozen=True, array_like=True):
    """From one state of a struct to another, by the names of its fields.

    ``replaced`` values; of mappings what was ``put`` in, the keys that are ``gone``, and the workspaces that are
    ``changed`` in places.
    """

    replaced: dict[str, msgspec.Raw] = {}
    put: dict[str, dict[str, msgspec.Raw]] = {}
    gone: dict[str, list[str]] = {}
    changed: dict[str, dict[str, SnapshotDifference]] = {}


def find_difference(old: T, new: T) -> SnapshotDifference:
    """What leads from ``old`` to ``new``. What is the same object in both is not looked into."""
    found = SnapshotDifference({}, {}, {}, {})
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before is after:
            continue
        if isinstance(after, Mapping):
            _compare(name, before, cast("Mapping[str, Any]", after), found)
        elif before != after:
            found.replaced[name] = _write(after)
    return found


def apply_difference(old: T, difference: SnapshotDifference) -> T:
    """The state that ``difference`` leads to. What it does not name is the same object as in ``old``."""
    types = _types(type(old))
    fields: dict[str, Any] = {name: _read(raw, types[name]) for name, raw in difference.replaced.items()}
    for name in {*difference.put, *difference.gone, *difference.changed}:
        entries: dict[str, Any] = dict(getattr(old, name))
        kind = get_args(types[name])[1]
        for key in difference.gone.get(name, ()):
            entries.pop(key, None)
        for key, raw in difference.put.get(name, {}).items():
            entries[key] = _read(raw, kind)
        for key, inner in difference.changed.get(name, {}).items():
            entries[key] = apply_difference(entries[key], inner)
        fields[name] = entries
    return msgspec.structs.replace(old, **fields)


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """All of it, as the difference from nothing."""
    return encode_difference(find_difference(Snapshot(), snapshot))


def encode_difference(difference: SnapshotDifference) -> bytes:
    """For :func:`decode_difference`."""
    return _encoder.encode(difference)


def decode_difference(data: bytes) -> SnapshotDifference:
    """What was encoded. Raises :class:`msgspec.MsgspecError` for anything else."""
    return msgspec.msgpack.decode(data, type=SnapshotDifference)


def _compare(name: str, before: Mapping[str, Any], after: Mapping[str, Any], found: SnapshotDifference) -> None:
    put: dict[str, msgspec.Raw] = {}
    changed: dict[str, SnapshotDifference] = {}
    for key, value in after.items():
        known = before.get(key)
        if known is value:
            continue
        if isinstance(value, WorkspacePart) and known is not None:
            changed[key] = find_difference(known, value)
        elif known != value:
            put[key] = _write(value)
    gone = [key for key in before if key not in after]
    if put:
        found.put[name] = put
    if gone:
        found.gone[name] = gone
    if changed:
        found.changed[name] = changed


def _write(value: Any) -> msgspec.Raw:
    return msgspec.Raw(_encoder.encode(value))


def _read(raw: msgspec.Raw, kind: Any) -> Any:
    return _decoder(kind).decode(raw)


@lru_cache(maxsize=64)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


@lru_cache(maxsize=8)
def _types(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(kind)
