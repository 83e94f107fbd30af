from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, Unavailable
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.snapshot import (
    ApplicationEntry,
    ConfigurationEntry,
    FeatureEntry,
    RouteEntry,
    RouteTargetEntry,
    Snapshot,
    Trial,
    Variant,
    WorkspacePart,
)


def entry(name: str, **fields: Any) -> ConfigurationEntry:
    given = {"provider": "openai", "model": "gpt-4", "owner_id": "me", "created_at": 5, **fields}
    return ConfigurationEntry(id=f"id-{given.pop('id', name)}", workspace_id="w", name=name, **given)


def route(name: str, *targets: str | RouteTargetEntry) -> RouteEntry:
    entries = [
        each if isinstance(each, RouteTargetEntry) else RouteTargetEntry(configuration_id=f"id-{each}")
        for each in targets
    ]
    return RouteEntry(id=f"route-{name}", name=name, strategy="priority", targets=tuple(entries))


def feature(slug: str, target: str | None = None, **fields: Any) -> FeatureEntry:
    return FeatureEntry(id=f"f-{slug}", slug=slug, kind="chat", model="feature-model", target=target, **fields)


def snapshot(
    *entries: ConfigurationEntry,
    default: str | None = None,
    app_default: str | None = None,
    routes: tuple[RouteEntry, ...] = (),
    features: tuple[FeatureEntry, ...] = (),
) -> Snapshot:
    part = WorkspacePart(
        id="w",
        revision=1,
        configurations={each.id: each for each in entries},
        applications={"app": ApplicationEntry(id="app", name="App", default_configuration_id=app_default)},
        default_configuration_id=default,
        routes={each.name: each for each in routes},
        features={each.slug: each for each in features},
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


@pytest.mark.parametrize("hidden", [{"owner_id": "other"}, {"owner_id": "other", "is_active": False}])
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


def candidates(shot: Snapshot, name: str, actor: Actor | None = None) -> list[tuple[str, str]]:
    return [(one.entry.id, one.model) for one in Resolver().resolve(shot, actor or me(), name)]


SHARED: dict[str, Any] = {"shared": True, "owner_id": "other"}


def test_a_route_leads_to_its_targets_in_their_order() -> None:
    to = RouteTargetEntry(configuration_id="id-a", model="gpt-5")
    shot = snapshot(entry("a", **SHARED), entry("b", model="m", **SHARED), routes=(route("both", "b", to, "a"),))
    for name in ("both", "route-both"):
        assert candidates(shot, name) == [("id-b", "m"), ("id-a", "gpt-5"), ("id-a", "gpt-4")]
    assert candidates(shot, "both/x") == [("id-b", "x"), ("id-a", "x"), ("id-a", "x")]


def test_the_order_of_looking_up() -> None:
    shot = snapshot(
        entry("a"),
        entry("b", **SHARED),
        entry("route-r"),
        entry("feature/f", created_at=9),
        entry("default"),
        entry("d"),
        default="id-d",
        routes=(route("a", "b"), route("id-a", "b"), route("r", "b"), route("feature/g", "b"), route("openai", "b")),
        features=(feature("f", "b"), feature("g", "d"), feature("h", "b")),
    )
    assert candidates(shot, "id-a")[0][0] == "id-a", "an id before a route's name"
    assert candidates(shot, "a")[0][0] == "id-b", "a route before a configuration's name"
    assert candidates(shot, "route-r")[0][0] == "id-b", "a route's id before a configuration's name"
    assert candidates(shot, "feature/f")[0][0] == "id-feature/f", "a configuration's name before a feature"
    assert candidates(shot, "feature/g")[0][0] == "id-b", "a route before a feature"
    assert candidates(shot, "feature/h")[0][0] == "id-b"
    assert candidates(shot, "default")[0][0] == "id-default", "a name before the default"
    assert candidates(shot, "openai/x") == [("id-b", "x")], "a route before a provider"


def test_targets_that_cannot_serve_are_passed_by_and_named() -> None:
    shot = snapshot(
        entry("off", is_active=False, **SHARED),
        entry("open", model=None, **SHARED),
        entry("mine"),
        entry("good", **SHARED),
        routes=(route("some", "off", "gone", "open", "mine", "good"), route("none", "off", "gone", "open", "mine")),
    )
    assert candidates(shot, "some") == [("id-good", "gpt-4")]
    assert candidates(shot, "none/x") == [("id-open", "x")]
    with pytest.raises(Unavailable) as raised:
        candidates(shot, "none")
    message = raised.value.message
    assert "'off' is not active" in message
    assert "'open' has no model" in message
    assert "not shared" in message
    assert "mine" not in message, "whose name is nobody else's business"


def test_an_application_takes_routes_over_what_the_workspace_shares() -> None:
    shot = snapshot(entry("a", application_id="other-app", **SHARED), routes=(route("r", "a"),))
    assert candidates(shot, "r", me(application_id="app", key_id="k")) == [("id-a", "gpt-4")]


def test_a_feature_means_the_same_for_everybody() -> None:
    shot = snapshot(
        entry("work", id="mine", created_at=1),
        entry("work", id="apps", created_at=2, application_id="app", **SHARED),
        entry("work", id="shared", created_at=5, **SHARED),
        entry("open", model=None, **SHARED),
        features=(feature("f", "work"), feature("g", "open"), feature("h", "id-shared/x"), feature("d", "default")),
        default="id-mine",
    )
    assert candidates(shot, "work")[0][0] == "id-mine"
    for actor in (me(), me(application_id="app", key_id="k"), me(application_id="other", key_id="k")):
        assert candidates(shot, "feature/f", actor)[0][0] == "id-shared"
    assert candidates(shot, "feature/g") == [("id-open", "feature-model")]
    assert candidates(shot, "feature/h") == [("id-shared", "x")]
    with pytest.raises(Unavailable):
        candidates(shot, "feature/d")
    (made,) = Resolver().resolve(shot, me(), "feature/f")
    assert made.feature is not None
    assert made.feature.slug == "f"


def test_a_feature_by_its_own_entry() -> None:
    own = entry("own", model=None, provider="openrouter")
    shot = snapshot(features=(feature("f", entry=own), feature("empty")))
    assert candidates(shot, "feature/f") == [("id-own", "feature-model")]
    with pytest.raises(Unavailable, match="empty"):
        candidates(shot, "feature/empty")


@pytest.mark.parametrize(
    ("allowed", "name", "may"),
    [
        ("r", "r", True),
        ("route-r", "r", True),
        ("r", "r/gpt-5", True),
        ("a", "r", False),
        ("gpt-4", "r", False),
        ("r", "a", False),
        ("feature/f", "feature/f", True),
        ("a", "feature/f", False),
        ("gpt-4", "feature/f", False),
    ],
)
def test_narrow_keys_name_routes_and_features(allowed: str, name: str, may: bool) -> None:
    shot = snapshot(entry("a", **SHARED), routes=(route("r", "a"),), features=(feature("f", "a"),))
    actor = me(key_id="k", models=(allowed,))
    if may:
        assert candidates(shot, name, actor)[0][0] == "id-a"
    else:
        with pytest.raises(Forbidden):
            candidates(shot, name, actor)


def test_versions_stand_in_for_a_configuration_and_not_for_a_model() -> None:
    version = entry("a", model="other", version_id="v")
    trial = Trial(salt="s", phase_id="p", variants=(Variant(entry=version, buckets=((0, 10_000),)),))
    to = RouteTargetEntry(configuration_id="id-a", model="gpt-5")
    shot = snapshot(
        entry("a", trial=trial, shared=True),
        default="id-a",
        routes=(route("r", "a", to),),
        features=(feature("f", "a"),),
    )

    def trials(name: str, *models: str) -> list[bool]:
        found = Resolver().resolve(shot, me(models=models), name)
        return [one.trial is not None for one in found]

    for name in ("a", "id-a", "default", "feature/f"):
        assert trials(name) == [True]
    for name in ("a/gpt-5", "openai/gpt-5", "gpt-4"):
        assert trials(name) == [False]
    assert trials("r") == [True, False]
    assert trials("a", "a") == [True]
    assert trials("a", "gpt-4") == [False], "the key is for this model alone"


async def test_names() -> None:
    shot = snapshot(
        entry("a", **SHARED), default="id-a", routes=(route("r", "a"),), features=(feature("f", "a"), feature("g"))
    )
    assert await Resolver().index(shot, me()).names() == ["r", "a", "default", "feature/f", "feature/g", "gpt-4"]


def test_features_that_nobody_has_set_up_are_not_suggested() -> None:
    start = feature("summarizer", entry=entry("start", provider="openrouter"))
    with pytest.raises(NotFound, match="Make one first"):
        candidates(snapshot(features=(start,)), "summarizer")
    shot = snapshot(entry("a", **SHARED), features=(start, feature("summary", "a")))
    with pytest.raises(NotFound, match=r"Nearest: feature/summary\.$"):
        candidates(shot, "feature/summry")


def test_what_is_kept_of_look_ups_is_bounded() -> None:
    index = Resolver().index(snapshot(entry("a")), me())
    for number in range(index.MAX_FOUND * 2):
        assert index.find(f"a/{number}") is not None
        assert index.find(f"nothing {number}") is None
    assert len(index._found) <= index.MAX_FOUND  # type: ignore[reportPrivateUsage] - what the test is about


def test_a_configuration_that_is_off_says_so() -> None:
    shot = snapshot(entry("work", is_active=False), entry("other"), default="id-work")
    for name in ("work", "id-work", "work/gpt-5", "default"):
        with pytest.raises(NotFound, match="The configuration 'work' is switched off") as caught:
            resolve(shot, name)
        assert caught.value.code == "model_not_found"


def test_a_name_that_leads_somewhere_is_not_asked_whether_it_is_off() -> None:
    shot = snapshot(entry("work", is_active=False), entry("work", owner_id="you", shared=True, created_at=2))
    assert resolve(shot, "work")[1] == "gpt-4"
