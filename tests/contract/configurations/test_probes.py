"""Questions to the providers of configurations that nobody calls: when, by whom, and what their answers say."""

from __future__ import annotations

from typing import Any

from trunkline.control.health.probes import LEASE
from trunkline.core.ids import new_id
from trunkline.storage import health, leases

from .conftest import LocalInstallation, Person
from .upstream import Answer, Upstream

KEY = "sk-canary-0123456789abcdefghij-x7Qd"
REJECTED = Answer(401, {"error": {"message": "Incorrect API key provided"}})
INTERVAL = 300


async def make(installed: LocalInstallation, ann: Person, upstream: Upstream, **fields: Any) -> str:
    upstream.answer("GET /v1/models", {"object": "list", "data": [{"id": "gpt-4", "object": "model"}]})
    made = await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY, baseUrl=upstream.url, **fields)
    return made["id"]


async def look(installed: LocalInstallation, after: float = INTERVAL + 60) -> None:
    installed.clock.pass_by(seconds=after)
    await installed.services.health_probes.look()


async def state(installed: LocalInstallation, configuration_id: str) -> str:
    async with installed.database.read() as tx:
        return health.read(await health.find(tx, configuration_id)).state


async def test_an_idle_configuration_is_asked_for_its_list_of_models_and_nothing_else(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    made = await make(installed, ann, upstream)
    await look(installed, INTERVAL - 60)
    assert upstream.asked == []
    await look(installed, 120)
    assert [(one.method, one.path) for one in upstream.asked] == [("GET", "/v1/models")]
    assert await state(installed, made) == "healthy"
    await look(installed, INTERVAL - 60)
    assert len(upstream.asked) == 1
    await look(installed, 120)
    assert len(upstream.asked) == 2


async def test_a_key_that_is_rejected_and_then_accepted(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    made = await make(installed, ann, upstream)
    working = upstream.answers["GET /v1/models"]
    upstream.answers["GET /v1/models"] = REJECTED
    await look(installed)
    assert await state(installed, made) == "unauthorized"
    upstream.answers["GET /v1/models"] = working
    await look(installed)
    assert await state(installed, made) == "healthy"


async def test_a_provider_without_a_list_is_not_judged(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    made = await make(installed, ann, upstream)
    upstream.answer("GET /v1/models", {"error": {"message": "no"}}, 404)
    await look(installed)
    assert len(upstream.asked) == 1
    assert await state(installed, made) == "unknown"
    await look(installed, 10)
    assert len(upstream.asked) == 1


async def test_what_is_turned_off_is_left_alone(installed: LocalInstallation, ann: Person, upstream: Upstream) -> None:
    await make(installed, ann, upstream, isActive=False)
    await look(installed)
    assert upstream.asked == []


async def test_only_the_process_that_holds_the_duty_asks(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    await make(installed, ann, upstream)
    installed.clock.pass_by(seconds=2 * INTERVAL)
    moment = installed.clock.now()
    other = new_id()
    async with installed.database.write() as tx:
        await leases.release(tx, LEASE, installed.services.health_probes.holder)
        assert await leases.take(tx, LEASE, other, now=moment, until=moment.replace(year=moment.year + 1))
    await look(installed)
    assert upstream.asked == []
    async with installed.database.write() as tx:
        await leases.release(tx, LEASE, other)
    await look(installed)
    assert len(upstream.asked) == 1
