"""Settings under names that are common to all providers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.configurations.common_settings import (
    carry_over,
    merge_settings,
    read_settings,
    rename_fields,
    write_settings,
)
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.providers.registry import PROVIDERS, find
from trunkline.providers.validation import validate

ALL: dict[str, Any] = {"temperature": 0.5, "maxTokens": 10, "topP": 0.9, "systemPrompt": "Be brief."}
chats = sorted(name for name, row in PROVIDERS.items() if "chat" in row.capabilities)
settings = st.fixed_dictionaries({}, optional={name: st.just(value) for name, value in ALL.items()})


@pytest.mark.parametrize("name", chats)
def test_every_provider_of_chats_takes_them_all(name: str) -> None:
    provider = find(name)
    written = write_settings(provider, ALL)
    assert validate(provider, written, model="m") == []
    assert read_settings(name, written) == ALL


@given(given=settings, old=st.sampled_from(chats), new=st.sampled_from(chats))
def test_they_go_along_to_another_provider_and_all_else_stays_behind(given: dict[str, Any], old: str, new: str) -> None:
    stored = write_settings(find(old), given)
    other = {} if old == new else {"somethingElse": 1}
    moved = carry_over(old, find(new), {**stored, **other})
    assert moved == write_settings(find(new), given)
    assert read_settings(new, moved) == given


def test_a_change_is_laid_over_and_null_takes_away() -> None:
    present: dict[str, Any] = {"maxOutputTokens": 5, "topK": 3}
    assert merge_settings("gemini", find("gemini"), present, {"maxTokens": 7, "topP": None}) == {
        "maxOutputTokens": 7,
        "topK": 3,
    }
    assert merge_settings("gemini", find("gemini"), present, {"maxTokens": None}) == {"topK": 3}
    assert merge_settings("gemini", find("openai"), present, {"topP": 1}) == {"maxTokens": 5, "topP": 1}


def test_a_whole_number_is_one_however_it_is_written() -> None:
    written = write_settings(find("openai"), {"maxTokens": 4096.0})
    assert (written, type(written["maxTokens"])) == ({"maxTokens": 4096}, int)


def test_errors_name_the_field_that_was_sent() -> None:
    errors = InvalidInput.of_all(
        tuple(FieldError(field, "is wrong.") for field in ("configuration.maxOutputTokens", "model", "name", ""))
    )
    renamed = rename_fields("gemini", errors, {"model": "modelId"})
    assert [error.field for error in renamed.fields] == ["settings.maxTokens", "modelId", "name", ""]
    plain = InvalidInput("No.")
    assert rename_fields("no such provider", plain, {}) is plain
