"""A feature's saved states lead back to themselves, whatever it has become since; and its defaults to its defaults."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.features.plan import plan_feature
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.features.state import apply_plan, new_row, saved_draft, start_row, starting_draft, write_state
from trunkline.control.features.target import match_target
from trunkline.core.actor import Actor
from trunkline.storage.tables import Configuration, Feature, Route
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.sealed_key import SealedKeys

ACTOR = Actor(user_id="u", workspace_id="w", role="admin")
SEALED = SealedKeys(KeyRing.create(RootKey.generate()))

shares = st.none() | st.floats(0, 1)
penalties = st.none() | st.floats(-2, 2)
settings = st.fixed_dictionaries(
    {
        "temperature": shares,
        "topP": shares,
        "maxTokens": st.none() | st.integers(1, 100_000),
        "presencePenalty": penalties,
        "frequencyPenalty": penalties,
        "siteUrl": st.none() | st.just("https://shop.example"),
        "siteName": st.none() | st.just("Shop"),
    }
)


@st.composite
def rows(draw: st.DrawFn) -> Feature:
    row = new_row("w", "u", slug="own", name="Own", kind="chat", model=draw(st.sampled_from(["a/b", "c/d"])))
    row.system_prompt = draw(st.text(max_size=20))
    row.target = draw(st.sampled_from([None, "fast", "Team/model"]))
    row.parameters = {name: value for name, value in draw(settings).items() if value is not None}
    row.custom_parameters = draw(st.sampled_from([{}, {"seed": 1}, {"stream": True, "provider": {"sort": "price"}}]))
    return row


@given(rows(), rows())
def test_a_saved_state_is_reached_from_any_other(saved: Feature, now: Feature) -> None:
    state = write_state(saved, None)
    apply_plan(now, plan_feature(ACTOR, now, None, saved_draft(state, "back"), SEALED))
    assert write_state(now, None) == state


@given(rows())
def test_a_reset_leads_to_what_a_feature_starts_with(now: Feature) -> None:
    start = STARTING_FEATURES["summarizer"]
    now.slug, now.kind = start.slug, start.kind
    apply_plan(now, plan_feature(ACTOR, now, None, starting_draft(start, "reset"), SEALED))
    assert write_state(now, None) == write_state(start_row(start, "w", "u"), None)


def test_a_target_is_a_route_before_a_configuration_and_an_id_before_a_name() -> None:
    def row(**fields: Any) -> Configuration:
        return Configuration(provider="demo", **fields)

    shared = [
        row(id="1", name="fast", model="m1"),
        row(id="2", name="1", model="m2"),
        row(id="3", name="a/b", model="m3"),
        row(id="4", name="a", model=None),
    ]
    route = Route(id="r", name="fast")

    def found(target: str, *routes: Route) -> tuple[str | None, str | None, str | None] | None:
        match = match_target(target, routes, shared)
        if match is None:
            return None
        return match.route, match.configuration.id if match.configuration else None, match.model

    assert found("fast", route) == ("fast", None, None)
    assert found("r", route) == ("fast", None, None)
    assert found("fast") == (None, "1", "m1")
    assert found("1") == (None, "1", "m1")
    assert found("a/b") == (None, "3", "m3")
    assert found("a/other") == (None, "4", "other")
    assert found("a") == (None, "4", None)
    assert found("nobody") is None
    assert found("nobody/x") is None
