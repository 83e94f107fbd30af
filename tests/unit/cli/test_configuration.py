"""Finding a configuration by what a person calls it."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.cli.fakes import Reply, Wire

from trunkline.cli.configuration import find_configuration
from trunkline.core.errors import Conflict, NotFound

ID = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
OTHER = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3e"


def make(identity: str, name: str) -> dict[str, object]:
    return {
        "id": identity,
        "name": name,
        "provider": "openai",
        "model": "m",
        "apiKey": None,
        "baseUrl": None,
        "configuration": {},
        "isActive": True,
        "shared": False,
        "lastTested": None,
        "testStatus": "pending",
    }


async def find(wanted: str, *there: dict[str, object]) -> str:
    return (await find_configuration(Wire([Reply(pieces=[msgspec.json.encode(there)])]).api(), wanted)).id


async def test_by_name_and_by_id() -> None:
    there = make(ID, "work"), make(OTHER, "home")
    assert await find("work", *there) == ID
    assert await find(OTHER.upper(), *there) == OTHER


async def test_an_id_wins_over_a_name_that_looks_like_it() -> None:
    assert await find(ID, make(OTHER, ID), make(ID, "work")) == ID


async def test_the_nearest_is_named() -> None:
    with pytest.raises(NotFound, match=r"no configuration 'wrok'\. Did you mean work\?"):
        await find("wrok", make(ID, "work"), make(OTHER, "home"))


async def test_none_at_all() -> None:
    with pytest.raises(NotFound, match="trunkline configurations add"):
        await find("work")


async def test_two_of_one_name_are_told_apart_by_id() -> None:
    with pytest.raises(Conflict, match=f"{ID}, {OTHER}"):
        await find("work", make(ID, "work"), make(OTHER, "work"))
