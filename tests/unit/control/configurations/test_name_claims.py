"""Whose calls go elsewhere when a configuration is shared, renamed, or put into an application."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trunkline.control.configurations.name_claims import Claim, find_taken, find_taken_in

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def claim(identity: str, day: int = 0, **fields: Any) -> Claim:
    base: dict[str, Any] = {
        "owner_id": f"owner of {identity}",
        "name": identity,
        "model": f"model of {identity}",
        "provider": f"provider of {identity}",
        "shared": True,
        "application_id": None,
    }
    return Claim(id=identity, created_at=DAY + timedelta(days=day), **{**base, **fields})


@pytest.mark.parametrize(
    ("mine", "other", "taken"),
    [
        # A name, a model and a provider that nobody else has.
        ({}, {}, None),
        # A name that is a model's comes first, also before the model of somebody's own.
        ({"name": "gpt-4o"}, {"model": "gpt-4o"}, "gpt-4o"),
        ({"name": "gpt-4o"}, {"model": "gpt-4o", "shared": False}, "gpt-4o"),
        ({"name": "openai"}, {"provider": "openai", "shared": False}, "openai/…"),
        # Of equal names, models and providers the oldest serves.
        ({"name": "prod"}, {"name": "prod"}, None),
        ({"name": "prod", "day": -1}, {"name": "prod"}, "prod"),
        ({"model": "gpt-4o", "day": -1}, {"model": "gpt-4o"}, "gpt-4o"),
        ({"provider": "openai", "day": -1}, {"provider": "openai"}, "openai/…"),
        # Somebody's own name comes before any shared one.
        ({"name": "prod", "day": -1}, {"name": "prod", "shared": False}, None),
        # One takes nothing from oneself.
        ({"name": "gpt-4o", "owner_id": "me"}, {"model": "gpt-4o", "shared": False, "owner_id": "me"}, None),
    ],
)
def test_sharing_takes_over_what_others_call_already(
    mine: dict[str, Any], other: dict[str, Any], taken: str | None
) -> None:
    fields = {"day": 1, **mine}
    assert find_taken(claim("mine", **fields), [claim("other", **other)]) == taken


def test_what_was_served_before_is_not_taken_over() -> None:
    """Another setting of a shared configuration changes nothing for anybody else."""
    was = claim("mine", name="gpt-4o", day=1)
    assert find_taken(was, [claim("other", model="gpt-4o")], was) is None


def test_a_shared_configuration_takes_over_with_a_new_name() -> None:
    was = claim("mine", day=1)
    becomes = claim("mine", day=1, name="gpt-4o")
    assert find_taken(becomes, [claim("other", model="gpt-4o")], was) == "gpt-4o"


@pytest.mark.parametrize(
    ("mine", "taken"),
    [
        ({}, None),
        ({"name": "prod"}, "prod"),
        ({"model": "gpt-4o"}, "gpt-4o"),
        ({"provider": "openai"}, "openai/…"),
        ({"name": "theirs"}, None),
    ],
)
def test_in_an_application_ones_own_come_before_the_workspaces(mine: dict[str, Any], taken: str | None) -> None:
    others = [
        claim("prod", model="gpt-4o", provider="openai"),
        claim("theirs", application_id="another", shared=False),
    ]
    assert find_taken_in("a", claim("mine", day=1, application_id="a", **mine), others, None) == taken
