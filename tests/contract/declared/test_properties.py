"""Whatever a file says: the second time it changes nothing, and what is exported makes the same system elsewhere."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.declared.desk import open_desk
from tests.contract.live_server import ADMIN, open_live_server

NAME = st.text("abc é/-'#:{", min_size=1, max_size=8).map(str.strip).filter(bool)
SHARED = "s"
FLAGS = st.booleans()
PARAMETERS = {"temperature": st.sampled_from([0, 0.25, 1]), "maxTokens": st.integers(1, 99)}


def some(needed: dict[str, Any] | None = None, **others: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with all that is needed, and any of the others."""
    return st.fixed_dictionaries(needed or {}, optional=others)


CONDITIONS = some(
    {"maxInputTokens": st.integers(1, 9000)},
    tags=st.lists(st.sampled_from(["batch", "no", "08:00", "1"]), unique=True, min_size=1, max_size=2),
    metadata=st.dictionaries(st.sampled_from(["team", "on"]), st.sampled_from(["search", "null"]), max_size=2),
)
CACHING = st.none() | some({"ttlSeconds": st.integers(1, 600)}, scope=st.sampled_from(["user", "workspace"]))
BUDGET = some(
    {"amount": st.sampled_from([1, "2.50", 0.1]), "period": st.sampled_from(["day", "total"])},
    hard=FLAGS,
    thresholds=st.just([80, 50]),
)
POLICY = {
    "riskType": st.just("LOW"),
    "actionType": st.integers(0, 2),
    "content": st.just("Be kind.\n\nAlways: yes"),
}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A file over the provider that needs no network and no key."""

    def named(most: int, fields: st.SearchStrategy[dict[str, Any]], prefix: str) -> list[dict[str, Any]]:
        names = draw(st.lists(NAME.map(lambda one: f"{prefix}{one}"), unique_by=str.casefold, max_size=most))
        return [{"name": name, **draw(fields)} for name in names]

    applications = named(2, st.just({}), "A")
    owners = st.sampled_from([one["name"] for one in applications]) if applications else st.none()
    settings = {"configuration": some(**PARAMETERS), "caching": CACHING}
    private = named(2, some(application=owners, isActive=FLAGS, **settings), "p")
    shared = named(3, some({"shared": st.just(True)}, **settings), SHARED)
    choice = [one["name"] for one in shared]
    routes = named(3 if choice else 0, some(isActive=FLAGS, caching=CACHING, conditions=st.none() | CONDITIONS), "r")
    target = some(priority=st.integers(0, 3), weight=st.integers(1, 9))
    for index, route in enumerate(routes):
        targets = draw(st.lists(st.sampled_from(choice), min_size=1, max_size=3, unique=True))
        route["targets"] = [{"configuration": name, **draw(target)} for name in targets]
        if route.get("conditions") and draw(FLAGS):
            route["otherwise"] = draw(st.sampled_from([*choice, *(one["name"] for one in routes[index + 1 :])]))
    whose = [{"subject": "application", "subjectName": one["name"], "measure": "requests"} for one in applications]
    default = st.sampled_from(choice) if choice else st.none()
    days = some(requestsDays=st.none() | st.integers(1, 90))
    sections: dict[str, Any] = {
        "applications": applications,
        "configurations": [{"provider": "demo", "model": "demo-chat", **one} for one in (*private, *shared)],
        "routes": routes,
        "limits": [{**one, "amount": draw(st.integers(1, 99))} for one in whose],
        "budgets": named(2, BUDGET, "b"),
        "policies": named(2, some(POLICY, enabled=FLAGS, application=owners), "y"),
        "settings": draw(some(retention=days, defaultConfiguration=default)),
    }
    return {"version": 1, **{name: section for name, section in sections.items() if section}}


def test_the_second_time_changes_nothing_and_an_export_makes_the_same(tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()
    numbers = count()
    here, there = (open_live_server(tmp_path / name) for name in ("here", "there"))
    first, second = (loop.run_until_complete(each.__aenter__()) for each in (here, there))

    async def try_out(document: dict[str, Any]) -> None:
        name = f"Team {next(numbers)}"
        text = yaml.safe_dump({"workspace": name, **document}, sort_keys=False, allow_unicode=True)
        one, other = await first.log_in(ADMIN), await second.log_in(ADMIN)
        places = [await each.make_workspace(name) for each in (one, other)]
        async with open_desk(first, one, workspace=places[0]) as desk:
            await desk.apply(text)
            assert (await desk.plan(text)).changes == (), text
            exported = await desk.export()
            assert (await desk.plan(exported)).changes == (), exported
        async with open_desk(second, other, workspace=places[1]) as desk:
            await desk.apply(exported)
            assert await desk.export() == exported
            assert (await desk.plan(text)).changes == (), exported

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(documents())
    def check(document: dict[str, Any]) -> None:
        loop.run_until_complete(try_out(document))

    try:
        check()
    finally:
        for each in (there, here):
            loop.run_until_complete(each.__aexit__(None, None, None))
        loop.close()
