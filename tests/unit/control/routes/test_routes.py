from __future__ import annotations

from typing import Any, cast

import pytest

from trunkline.control.page import PageRequest
from trunkline.control.routes.route import RouteDraft, RouteState, RouteTargetDraft
from trunkline.control.routes.routes import Routes
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput

ID = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"


class Untouched:
    """A database that nobody may ask."""

    def read(self, **_: float) -> Any:
        raise AssertionError("it was read")

    write = read


ROUTES = Routes(cast("Any", Untouched()), cast("Any", None))


def actor(**fields: Any) -> Actor:
    return Actor(user_id="u", workspace_id="w", **{"role": "admin", **fields})


@pytest.mark.parametrize(
    "who",
    [
        actor(role="member"),
        actor(role="viewer"),
        actor(key_id="k", scope="call"),
        actor(key_id="k", application_id="app"),
    ],
    ids=["member", "viewer", "call key", "key of an application"],
)
async def test_only_admins_of_the_whole_workspace_change_routes(who: Actor) -> None:
    with pytest.raises(Forbidden):
        await ROUTES.create(who, RouteDraft(name="x", targets=(RouteTargetDraft(configuration_id=ID),)))
    with pytest.raises(Forbidden):
        await ROUTES.update(who, ID, RouteDraft(name="x"))
    with pytest.raises(Forbidden):
        await ROUTES.delete(who, ID)
    with pytest.raises(Forbidden):
        await ROUTES.revert(who, ID, 1)


async def test_a_key_that_only_calls_reads_none() -> None:
    with pytest.raises(Forbidden):
        await ROUTES.list(actor(key_id="k", scope="call"), PageRequest())
    with pytest.raises(Forbidden):
        await ROUTES.history(actor(key_id="k", scope="call"), ID, PageRequest())


async def test_every_wrong_field_is_named_at_once() -> None:
    targets = (RouteTargetDraft(configuration_id=ID, weight=0), RouteTargetDraft(configuration_id=ID, priority=-1))
    with pytest.raises(InvalidInput) as raised:
        await ROUTES.create(actor(), RouteDraft(name=" ", targets=targets))
    assert [wrong.field for wrong in raised.value.fields] == ["name", "targets[0].weight", "targets[1].priority"]
    with pytest.raises(InvalidInput) as raised:
        await ROUTES.create(actor(), RouteDraft())
    assert [wrong.field for wrong in raised.value.fields] == ["name", "targets"]


def test_what_the_history_keeps() -> None:
    target = RouteTargetDraft(configuration_id=ID, model="m", priority=1, weight=2)
    state = RouteState(name="x", strategy="cheapest", targets=(target,), is_active=False)
    assert state.write() == {
        "name": "x",
        "strategy": "cheapest",
        "targets": [{"configurationId": ID, "model": "m", "priority": 1, "weight": 2}],
        "isActive": False,
    }
