"""What the table of actions cannot say: it depends on whose calls would be served differently."""

from __future__ import annotations

import pytest

from trunkline.core.access import check, list_allowed, may_rate, may_steer
from trunkline.core.actor import Actor, Role
from trunkline.core.errors import Forbidden


def actor(user: str = "me", role: Role = "member", application: str | None = None) -> Actor:
    return Actor(user_id=user, workspace_id="w", role=role, application_id=application, key_id=application and "k")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (actor("maker"), True),
        (actor("other"), False),
        (actor("other", "admin"), True),
        (actor("maker", application="a"), True),
        (actor("other", application="a"), False),
    ],
)
def test_an_application_is_steered_by_its_maker_and_admins(who: Actor, may: bool) -> None:
    assert may_steer(who, created_by="maker") is may


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (actor("asker"), True),
        (actor("other"), False),
        (actor("other", "admin"), True),
        (actor("other", "admin", application="b"), False),
        (actor("other", application="a"), True),
    ],
)
def test_answers_are_rated_by_those_who_asked_and_by_admins(who: Actor, may: bool) -> None:
    assert may_rate(who, user_id="asker", application_id="a") is may


@pytest.mark.parametrize(
    ("who", "action", "listed"),
    [
        (actor(role="viewer"), "status.read", True),
        (actor(role="viewer"), "routes.change", False),
        (actor(role="admin"), "routes.change", True),
        (actor(role="owner"), "users.manage", False),
        (actor(role="owner", application="a"), "workspaces.delete", False),
    ],
)
def test_what_one_may_do_is_listed_as_it_is_checked(who: Actor, action: str, listed: bool) -> None:
    assert (action in list_allowed(who)) is listed
    if listed:
        check(who, action)
    else:
        with pytest.raises(Forbidden):
            check(who, action)
