from __future__ import annotations

from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest

from trunkline.core.policy import Content
from trunkline.core.route_conditions import Hours, RouteConditions, find_unmet, read_minute


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def unread() -> NoReturn:
    raise AssertionError("the body was read, though nothing asks for it")


def unmet(conditions: RouteConditions, model: str = "m", tags: tuple[str, ...] = (), **content: object) -> str | None:
    return find_unmet(conditions, model, tags, 0.0, lambda: Content(**content) if content else unread())  # type: ignore[arg-type]


def holds(conditions: RouteConditions, model: str = "m", tags: tuple[str, ...] = (), **content: object) -> bool:
    return unmet(conditions, model, tags, **content) is None


def test_tokens_are_bounded_on_both_sides() -> None:
    conditions = RouteConditions(min_input_tokens=10, max_input_tokens=20)
    assert [tokens for tokens in (9, 10, 20, 21) if holds(conditions, input_tokens=tokens)] == [10, 20]


def test_all_tags_must_be_there() -> None:
    conditions = RouteConditions(tags=("a", "b"))
    assert holds(conditions, tags=("a", "b", "c"))
    assert not holds(conditions, tags=("a",))


def test_the_first_that_does_not_hold_is_named() -> None:
    hours = Hours(start="08:00", end="09:00")
    for name, conditions in {
        "tags": RouteConditions(tags=("a",), hours=hours),
        "modelFamilies": RouteConditions(model_families=("claude",), hours=hours),
        "hours": RouteConditions(hours=hours, min_input_tokens=10),
        "minInputTokens": RouteConditions(min_input_tokens=10),
        "maxInputTokens": RouteConditions(max_input_tokens=1, metadata={"team": "red"}),
        "metadata": RouteConditions(metadata={"team": "red"}),
    }.items():
        assert unmet(conditions, input_tokens=5) == name


def test_metadata_must_say_the_same() -> None:
    conditions = RouteConditions(metadata={"team": "red"})
    assert holds(conditions, metadata={"team": "red", "more": "x"})
    assert not holds(conditions, metadata={"team": "blue"})
    assert not holds(conditions, input_tokens=1)


@pytest.mark.parametrize(
    ("model", "fits"), [("claude-x", True), ("Claude-X", True), ("anthropic/claude-x", True), ("gpt-5", False)]
)
def test_a_family_is_the_beginning_of_a_models_name(model: str, fits: bool) -> None:
    assert holds(RouteConditions(model_families=("claude", "gemini")), model) is fits


def test_every_condition_counts() -> None:
    conditions = RouteConditions(tags=("a",), max_input_tokens=5)
    assert holds(conditions, tags=("a",), input_tokens=5)
    assert not holds(conditions, tags=("a",), input_tokens=6)
    assert not holds(conditions, tags=())


WORK = Hours(start="08:00", end="18:00", time_zone="Europe/Berlin", days=("monday", "friday"))
NIGHT = Hours(start="22:00", end="06:00", time_zone="Europe/Berlin", days=("friday",))


@pytest.mark.parametrize(
    ("hours", "when", "within"),
    [
        (WORK, "2026-11-30T08:00", True),
        (WORK, "2026-11-30T07:59", False),
        (WORK, "2026-11-30T17:59", True),
        (WORK, "2026-11-30T18:00", False),
        (WORK, "2026-12-01T12:00", False),
        (WORK, "2026-07-03T08:30", True),
        (NIGHT, "2026-12-04T23:00", True),
        (NIGHT, "2026-12-05T05:59", True),
        (NIGHT, "2026-12-05T06:00", False),
        (NIGHT, "2026-12-05T23:00", False),
        (NIGHT, "2026-12-04T05:00", False),
        (Hours(start="00:00", end="24:00", time_zone="Europe/Berlin"), "2026-12-04T23:59", True),
        (Hours(start="09:00", end="09:00", time_zone="Europe/Berlin"), "2026-12-04T03:00", True),
        (Hours(start="01:00", end="03:00", time_zone="Europe/Berlin"), "2026-10-25T02:30", True),
    ],
)
def test_hours_are_those_of_the_wall(hours: Hours, when: str, within: bool) -> None:
    assert hours.contain(at(when)) is within


def test_a_night_that_is_not_there_is_passed_over() -> None:
    hours = Hours(start="02:00", end="03:00", time_zone="Europe/Berlin")
    before = datetime.fromisoformat("2026-03-29T00:59:00+00:00").timestamp()
    assert not hours.contain(before)
    assert not hours.contain(before + 60)


@pytest.mark.parametrize("text", ["", "8:00", "24:01", "12:60", "12-00", "noon", "１2:00"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError):
        read_minute(text)
