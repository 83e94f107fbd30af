"""Every provider, by id and by the other names that people give it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from trunkline.core.errors import NotFound
from trunkline.providers import compatible_rows, rows
from trunkline.providers.provider import Provider

PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(
    {provider.id: provider for provider in (*rows.ROWS, *compatible_rows.ROWS)}
)

_SEPARATORS: Final = re.compile(r"[\s_.]+")


def _spell(name: str) -> str:
    return _SEPARATORS.sub("-", name.strip().casefold())


def _index() -> dict[str, Provider]:
    index: dict[str, Provider] = {}
    for provider in PROVIDERS.values():
        for name in (provider.id, provider.display_name, *provider.aliases):
            index[_spell(name)] = provider
    return index


_BY_NAME: Final = _index()
_BY_PREFIX: Final = sorted(
    ((prefix, provider.id) for provider in PROVIDERS.values() for prefix in provider.key_prefixes),
    key=lambda pair: -len(pair[0]),
)


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
    return next((provider for prefix, provider in _BY_PREFIX if key.startswith(prefix)), None)
