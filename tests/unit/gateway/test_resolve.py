from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound
from trunkline.gateway.resolve import Resolver
from trunkline.gateway.snapshot import ApplicationEntry, ConfigurationEntry, Snapshot, WorkspacePart


def entry(name: str, **fields: Any) -> ConfigurationEntry:
    given = {"provider": "openai", "model": "gpt-4", "owner_id": "me", "created_at": 5, **fields}
    return ConfigurationEntry(id=f"id-{given.pop('id', name)}", workspace_id="w", name=name, **given)


def snapshot(*entries: ConfigurationEntry, default: str | None = None, app_default: str | None = None) -> Snapshot:
    part = WorkspacePart(
        id="w",
        revision=1,
        configurations={each.id: each for each in entries},
        applications={"app": ApplicationEntry(id="app", name="App", default_configuration_id=app_default)},
        default_configuration_id=default,
    )
    return Snapshot(parts={"w": part})


def me(**fields: Any) -> Actor:
    return Actor(user_id="me", workspace_id="w", role="member", **fields)


def resolve(shot: Snapshot, name: str, actor: Actor | None = None) -> tuple[str, str]:
    (candidate,) = Resolver().resolve(shot, actor or me(), name)
    return candidate.entry.id, candidate.model


def test_id_comes_before_name() -> None:
    shot = snapshot(entry("one"), entry("id-one", id="two"))
    assert resolve(shot, "id-one") == ("id-one", "gpt-4")


def test_of_equal_names_own_comes_before_shared_and_the_oldest_wins() -> None:
    shot = snapshot(
        entry("work", id="shared", owner_id="other", shared=True, created_at=1),
        entry("work", id="younger", created_at=9),
        entry("work", id="older", created_at=3),
    )
    assert resolve(shot, "work")[0] == "id-older"


def test_application_sees_its_own_and_what_the_workspace_shares() -> None:
    shot = snapshot(
        entry("work", id="mine", created_at=1),
        entry("work", id="shared", owner_id="other", shared=True, created_at=2),
        entry("work", id="apps", owner_id="other", application_id="app", created_at=3),
        entry("private"),
        app_default="id-apps",
        default="id-shared",
    )
    app = me(application_id="app", key_id="k")
    assert resolve(shot, "work", app)[0] == "id-apps"
    assert resolve(shot, "default", app)[0] == "id-apps"
    with pytest.raises(NotFound):
        resolve(shot, "private", app)


def test_default_is_the_workspaces() -> None:
    shot = snapshot(entry("one"), entry("two", created_at=1), default="id-one")
    assert resolve(shot, "default")[0] == "id-one"
    with pytest.raises(NotFound):
        resolve(snapshot(entry("one")), "default")


def test_default_of_somebody_else_is_no_default() -> None:
    with pytest.raises(NotFound):
        resolve(snapshot(entry("one", owner_id="other"), default="id-one"), "default")


def test_provider_and_model_split_at_the_first_slash() -> None:
    shot = snapshot(entry("router", provider="openrouter", model="a/b"))
    assert resolve(shot, "openrouter/openai/gpt-4o") == ("id-router", "openai/gpt-4o")
    assert resolve(shot, "router/mistral/large") == ("id-router", "mistral/large")
    assert resolve(shot, "OpenRouter/x") == ("id-router", "x")


def test_bare_model_id() -> None:
    shot = snapshot(entry("one", model="gpt-4", created_at=2), entry("two", model="gpt-4", created_at=1))
    assert resolve(shot, "gpt-4") == ("id-two", "gpt-4")
    assert resolve(snapshot(entry("r", provider="openrouter", model="openai/gpt-4o")), "openai/gpt-4o")[0] == "id-r"


def test_default_wins_among_those_that_serve_a_model() -> None:
    shot = snapshot(entry("one", created_at=1), entry("two", created_at=2), default="id-two")
    assert resolve(shot, "gpt-4")[0] == "id-two"


@pytest.mark.parametrize("hidden", [{"is_active": False}, {"owner_id": "other"}])
def test_what_is_not_there_for_the_caller(hidden: dict[str, Any]) -> None:
    shot = snapshot(entry("secret", **hidden), entry("known"))
    for name in ("secret", "id-secret"):
        with pytest.raises(NotFound) as raised:
            resolve(shot, name)
        assert raised.value.code == "model_not_found"
        assert "known" in raised.value.message


def test_nearest_names_are_told() -> None:
    with pytest.raises(NotFound, match="work-openai"):
        resolve(snapshot(entry("work-openai"), entry("other")), "work-opnai")


def test_entry_without_a_model_needs_one() -> None:
    shot = snapshot(entry("any", model=None))
    assert resolve(shot, "any/gpt-5") == ("id-any", "gpt-5")
    with pytest.raises(NotFound, match="any/<model>"):
        resolve(shot, "any")


@pytest.mark.parametrize("allowed", ["work", "gpt-4", "id-work"])
def test_narrow_keys(allowed: str) -> None:
    shot = snapshot(entry("work"), entry("other", model="gpt-5"))
    actor = me(key_id="k", models=(allowed,))
    assert resolve(shot, "work", actor)[0] == "id-work"
    with pytest.raises(Forbidden):
        resolve(shot, "other", actor)


def test_changed_workspace_is_seen_at_once() -> None:
    resolver = Resolver()
    assert resolver.resolve(snapshot(entry("one")), me(), "one")[0].model == "gpt-4"
    assert resolver.resolve(snapshot(entry("one", model="gpt-5")), me(), "one")[0].model == "gpt-5"
