"""Every provider, by id and by the other names that people give it: those of the table, and those of extensions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from trunkline.core.errors import Conflict, NotFound
from trunkline.providers import compatible_rows, rows
from trunkline.providers.provider import Provider

_TABLE: Final[dict[str, Provider]] = {provider.id: provider for provider in (*rows.ROWS, *compatible_rows.ROWS)}

PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(_TABLE)
"""By id. Those of extensions are among them from the start of a process on (:func:`added`)."""

_SEPARATORS: Final = re.compile(r"[\s_.]+")


def _spell(name: str) -> str:
    return _SEPARATORS.sub("-", name.strip().casefold())


def _names(provider: Provider) -> set[str]:
    return {_spell(name) for name in (provider.id, provider.display_name, *provider.aliases)}


_BY_NAME: Final = {name: provider for provider in PROVIDERS.values() for name in _names(provider)}


@contextmanager
def added(providers: Iterable[Provider]) -> Generator[None]:
    """Have ``providers`` among the others until the block ends. It begins before a process serves, and ends with it.

    Raises Conflict, and adds none, where the name of one is taken.
    """
    given = list(providers)
    names: dict[str, Provider] = {}
    for provider in given:
        for name in _names(provider):
            if (other := _BY_NAME.get(name) or names.get(name)) is not None:
                raise Conflict(f"The name {name!r} is that of the provider {other.id!r} already.")
        names |= dict.fromkeys(_names(provider), provider)
    _TABLE.update({provider.id: provider for provider in given})
    _BY_NAME.update(names)
    try:
        yield
    finally:
        for provider in given:
            del _TABLE[provider.id]
        for name in names:
            del _BY_NAME[name]


def find(name: str) -> Provider:
    """The provider of that id, display name or alias, in any case. Raises NotFound, which names the nearest."""
    spelled = _spell(name)
    if (provider := _BY_NAME.get(spelled)) is not None:
        return provider
    nearest = difflib.get_close_matches(spelled, _BY_NAME, n=1, cutoff=0.5)
    hint = f" Did you mean {_BY_NAME[nearest[0]].id}?" if nearest else f" There are: {', '.join(sorted(PROVIDERS))}."
    raise NotFound(f"There is no provider {name[:100]!r}.{hint}", code="provider_not_found")


def guess_provider(key: str) -> str | None:
    """The id of the provider whose keys begin like ``key``; None where the beginning tells nothing.

    A bare ``sk-`` is taken for OpenAI, although others (DeepSeek) use it too: this is a proposal for a form, no proof.
    """
    key = key.strip()
    fitting = [
        (len(prefix), row.id) for row in PROVIDERS.values() for prefix in row.key_prefixes if key.startswith(prefix)
    ]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None
