"""A directory finds what a look at every configuration would find, however its workspace came to be as it is."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.actor import Actor
from trunkline.gateway.routing.directory import Directory, may_name, rank
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.snapshot import ConfigurationEntry, RouteEntry, Snapshot, WorkspacePart

ENTRIES = st.builds(
    ConfigurationEntry,
    id=st.sampled_from([f"id-{number}" for number in range(8)]),
    workspace_id=st.just("w"),
    owner_id=st.sampled_from(["me", "you"]),
    name=st.sampled_from(["a", "b"]),
    provider=st.sampled_from(["openai", "gemini"]),
    model=st.sampled_from(["gpt", "flash", None]),
    shared=st.booleans(),
    is_active=st.booleans(),
    application_id=st.sampled_from([None, "app", "other"]),
    created_at=st.integers(0, 3),
)
STATES = st.lists(st.lists(ENTRIES, max_size=8, unique_by=lambda entry: entry.id), min_size=1, max_size=5)
ACTORS = st.builds(
    Actor,
    user_id=st.sampled_from(["me", "you", "nobody"]),
    workspace_id=st.just("w"),
    role=st.just("member"),
    application_id=st.sampled_from([None, "app"]),
)


def make_part(entries: list[ConfigurationEntry]) -> WorkspacePart:
    return WorkspacePart(id="w", revision=1, configurations={entry.id: entry for entry in entries})


def find_slowly(part: WorkspacePart, actor: Actor, field: str, value: str) -> ConfigurationEntry | None:
    seen = [
        entry
        for entry in part.configurations.values()
        if entry.is_active and may_name(actor, entry) and getattr(entry, field) == value
    ]
    return min(seen, key=lambda entry: (rank(actor, entry), entry.created_at, entry.id), default=None)


@given(STATES, ACTORS)
def test_it_finds_what_a_look_at_all_would_find(states: list[list[ConfigurationEntry]], actor: Actor) -> None:
    directory = Directory(make_part([]))
    for entries in states:
        part = make_part(entries)
        directory.follow(part)
        for model in ("gpt", "flash"):
            assert directory.find_model(actor, model) == find_slowly(part, actor, "model", model)
        for provider in ("openai", "gemini"):
            assert directory.find_provider(actor, provider) == find_slowly(part, actor, "provider", provider)
        for name in ("a", "b"):
            found = {entry.id for entry in directory.find_named(name)}
            assert found == {entry.id for entry in entries if entry.name == name}


@given(STATES, ACTORS)
def test_what_is_listed_is_what_is_there(states: list[list[ConfigurationEntry]], actor: Actor) -> None:
    resolver = Resolver()
    for entries in states:
        part = make_part(entries)
        index = resolver.index(Snapshot(parts={"w": part}), actor)
        names = asyncio.run(index.names())
        for name in ("a", "b", "gpt", "flash", "default", "feature/f", "nothing"):
            assert index.lists(name) == (name in names)


async def test_names_of_very_many_are_listed_the_own_first_then_the_oldest_while_others_get_their_turn() -> None:
    entries = [
        ConfigurationEntry(
            id=f"id-{number}",
            workspace_id="w",
            owner_id="me" if number % 2 else "you",
            name=f"name {number}",
            provider="openai",
            model="gpt-5",
            shared=True,
            created_at=-number,
        )
        for number in range(2_000)
    ]
    actor = Actor(user_id="me", workspace_id="w", role="member")
    index = Resolver().index(Snapshot(parts={"w": make_part(entries)}), actor)
    listing = asyncio.ensure_future(index.names())
    turns = 0
    while not listing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 3
    *names, last = listing.result()
    assert names == [f"name {number}" for number in (*range(1_999, 0, -2), *range(1_998, -1, -2))]
    assert last == "gpt-5"


def test_a_change_of_very_many_is_followed_too() -> None:
    def make(number: int, **fields: Any) -> ConfigurationEntry:
        base = {"id": f"id-{number}", "workspace_id": "w", "owner_id": "me", "name": "a", "provider": "openai"}
        return ConfigurationEntry(**{**base, "model": "gpt", "created_at": number, **fields})

    me = Actor(user_id="me", workspace_id="w", role="member")
    directory = Directory(make_part([make(number) for number in range(2_000)]))
    assert directory.find_model(me, "gpt") == make(0)
    directory.follow(make_part([make(number) for number in range(1, 2_000)]))
    assert directory.find_model(me, "gpt") == make(1)
    assert len(directory.find_named("a")) == 1_999


def test_a_route_is_found_by_its_id_in_each_state() -> None:
    part = make_part([])
    directory = Directory(part)
    assert directory.find_route("r-1") is None
    named = RouteEntry(id="r-1", name="fast", strategy="priority", targets=())
    directory.follow(msgspec.structs.replace(part, routes={"fast": named}))
    assert directory.find_route("r-1") == "fast"


def test_among_very_many_the_nearest_of_some_is_told() -> None:
    entries = [
        ConfigurationEntry(id=f"id-{number}", workspace_id="w", owner_id="me", name=f"name {number}", provider="openai")
        for number in range(2_000)
    ]
    entries = [msgspec.structs.replace(entry, model="gpt-5") for entry in entries]
    index = Resolver().index(
        Snapshot(parts={"w": make_part(entries)}), Actor(user_id="me", workspace_id="w", role="member")
    )
    assert "Nearest: gpt-5" in index.explain_missing("gpt-55")
    assert "Nearest: name 17" in index.explain_missing("name 17.")
    assert index.explain_missing("name 1999.").startswith("There is no model or configuration 'name 1999.' here.")
