"""A configuration as the commands read it, and how one is found by its name."""

from __future__ import annotations

from datetime import datetime

import msgspec

from trunkline.cli.api import Api
from trunkline.cli.nearest import suggest_or_list
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, NotFound


class LastTest(msgspec.Struct, rename="camel"):
    """How the last connection test ended."""

    success: bool
    latency_ms: int
    message: str


class Configuration(msgspec.Struct, rename="camel"):
    """A configuration, as far as it is shown."""

    id: str
    name: str
    provider: str
    model: str | None
    api_key: str | None
    base_url: str | None
    configuration: dict[str, JsonValue]
    is_active: bool
    shared: bool
    last_tested: datetime | None
    test_status: str
    last_test: LastTest | None = None


async def find_configuration(api: Api, name: str) -> Configuration:
    """The configuration of that id or name. Raises NotFound, which names the nearest, and Conflict for several."""
    every = [msgspec.json.decode(item, type=Configuration) for item in await api.list("/api/configurations")]
    found = [one for one in every if one.id == name.lower()] or [one for one in every if one.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise Conflict(f"Several configurations are called {name!r}. Say which by its id: {_list_ids(found)}.")
    hint = suggest_or_list(name, [one.name for one in every])
    raise NotFound(
        f"There is no configuration {name!r}.{hint or ' Make one: trunkline configurations add NAME --provider …'}"
    )


def _list_ids(found: list[Configuration]) -> str:
    return ", ".join(one.id for one in found)
