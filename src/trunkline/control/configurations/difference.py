"""What differs between two saved states: for the history, and for the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trunkline.core.chat import JsonValue


class ChangedField(msgspec.Struct, frozen=True):
    """One thing that differs, by its path (``configuration.temperature``); None where it is not there."""

    path: str
    before: JsonValue
    after: JsonValue


def compare(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], root: str = "") -> list[ChangedField]:
    """The differences in the order of their paths. Objects are compared member by member, lists as a whole.

    What shows a secret (``mask`` and ``fingerprint``) is one value.
    """
    found: list[ChangedField] = []
    for name in sorted(before.keys() | after.keys()):
        path = f"{root}.{name}" if root else name
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if _is_object(old) and _is_object(new) and isinstance(old, dict) and isinstance(new, dict):
            found += compare(old, new, path)
        else:
            found.append(ChangedField(path, old, new))
    return found


def split(differences: Sequence[ChangedField]) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """The same as two flat objects by path: what was, and what is."""
    return (
        {difference.path: difference.before for difference in differences},
        {difference.path: difference.after for difference in differences},
    )


def _is_object(value: JsonValue) -> bool:
    return isinstance(value, dict) and "fingerprint" not in value
