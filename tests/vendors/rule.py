"""What a vendor's documentation says that it refuses, beyond the types of its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A request that leaves for a vendor. ``path`` has no query."""

    provider: str
    model: str
    path: str
    body: Json


@dataclass(frozen=True)
class Rule:
    """``broken`` gives what in a request the vendor would refuse; ``link`` is where it says so."""

    name: str
    link: str
    broken: Callable[[Sent], Iterable[str]]


def break_rules(rules: Iterable[Rule], sent: Sent) -> list[str]:
    """The refusals of ``rules``, each with the rule's name and link."""
    return [f"{rule.name}: {what} ({rule.link})" for rule in rules for what in rule.broken(sent)]
