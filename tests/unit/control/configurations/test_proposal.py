"""A draft laid over what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.control.configurations.configuration import Draft
from trunkline.control.configurations.proposal import Present, Proposal, propose
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.sealed_key import SealedKeys

ACTOR = Actor(user_id="u", workspace_id="w", role="owner")
SEALED = SealedKeys(KeyRing.create(RootKey.generate()))
KEY = Secret("sk-0123456789abcdefghij")


def lay(draft: Draft, present: Present | None = None, limit: int = 128_000) -> Proposal:
    return propose(ACTOR, draft, present, sealed_keys=SEALED, output_limit=lambda provider, model: limit)


def stored(**fields: Any) -> Present:
    base: dict[str, Any] = {
        "name": "n",
        "provider": "openai",
        "model": "gpt-4",
        "base_url": None,
        "parameters": {},
        "is_active": True,
        "shared": False,
        "application_id": None,
        "masks": {"apiKey": "sk-…ghij"},
    }
    return Present(**{**base, **fields})


def refused(draft: Draft, present: Present | None = None) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        lay(draft, present)
    return {field.field: field.message for field in error.value.fields}


parameters = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "topP": st.floats(0, 1),
        "maxTokens": st.integers(1, 128_000),
        "presencePenalty": st.floats(-2, 2),
        "systemPrompt": st.text(max_size=20),
    },
)


@settings(max_examples=50, deadline=None)
@given(before=parameters, change=parameters)
def test_settings_are_merged_member_by_member(before: dict[str, Any], change: dict[str, Any]) -> None:
    present = stored(parameters=before)
    assert lay(Draft(), present).parameters == before
    assert lay(Draft(parameters=change), present).parameters == {**before, **change}
    emptied = lay(Draft(parameters=dict.fromkeys(before)), present)
    assert emptied.parameters == {}
    assert (emptied.put, emptied.drop) == ({}, frozenset())


def test_a_setting_keeps_one_name_whatever_it_is_called() -> None:
    present = stored(provider="gemini", model="gemini-2.5-flash", parameters={"maxOutputTokens": 5})
    assert lay(Draft(parameters={"maxTokens": 9}), present).parameters == {"maxOutputTokens": 9}
    assert lay(Draft(parameters={"maxTokens": None}), present).parameters == {}
    both = refused(Draft(parameters={"maxTokens": 9, "maxOutputTokens": 8}), present)
    assert any("says the same" in message for message in both.values())


def test_moving_to_another_provider_checks_what_is_stored() -> None:
    present = stored(parameters={"temperature": 1.5})
    errors = refused(Draft(provider="gemini", api_key=Secret("AIza-0123456789")), present)
    assert errors == {"configuration.temperature": "must be between 0 and 1; got 1.5"}


def test_a_key_of_another_provider_is_refused_where_the_provider_itself_is_asked() -> None:
    assert "looks like a key of Google" in refused(Draft(api_key=Secret("AIza-0123456789")), stored())["apiKey"]
    proxy = Draft(api_key=Secret("AIza-0123456789"), base_url="https://proxy.example.com/v1")
    assert lay(proxy, stored()).put


def test_the_models_own_limit_of_output_tokens_holds() -> None:
    with pytest.raises(InvalidInput, match="maxTokens"):
        lay(Draft(parameters={"maxTokens": 200}), stored(), limit=100)
    assert lay(Draft(parameters={"maxTokens": 100}), stored(), limit=100).parameters == {"maxTokens": 100}


def test_headers_go_with_the_provider_that_takes_them() -> None:
    present = stored(provider="custom", base_url="https://a.example.com", masks={"headers.X-A": "…"})
    assert lay(Draft(), present).drop == frozenset()
    moved = lay(Draft(provider="openai", base_url=None, api_key=KEY), present)
    assert moved.drop == {"headers.X-A"}
    assert "configuration.headers" in refused(Draft(parameters={"headers": {"X": "y"}}), stored())


def test_a_key_is_dropped_where_none_is_taken() -> None:
    moved = lay(Draft(provider="ollama", base_url=None), stored())
    assert (moved.drop, dict(moved.put)) == ({"apiKey"}, {})


def test_keys_of_a_provider_that_is_gone_go_nowhere() -> None:
    errors = refused(Draft(provider="custom", base_url="https://a.example.com"), stored(provider="bygone"))
    assert "enter it again" in errors["apiKey"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434", "http://[::1]:11434/", "http://127.0.0.1:11434/api"])
def test_origins_name_their_port(url: str) -> None:
    (origin,) = lay(Draft(name="n", provider="ollama", model="m", base_url=url)).origins
    assert origin.endswith(":11434")
    assert origin.startswith("http://")


def test_the_same_key_pasted_with_spaces_is_the_same_key() -> None:
    put = lay(Draft(name="n", provider="openai", model="m", api_key=Secret(f"  {KEY.reveal()}\n"))).put
    assert put["apiKey"] == KEY


def test_a_region_is_a_place() -> None:
    draft = Draft(name="n", provider="bedrock", model="m", api_key=KEY, parameters={"region": "eu-central-1"})
    assert lay(draft).origins == ("https://bedrock-runtime.eu-central-1.amazonaws.com:443",)
    present = stored(provider="bedrock", parameters={"region": "eu-central-1"})
    assert "enter it again" in refused(Draft(parameters={"region": "us-west-2"}), present)["apiKey"]
    assert lay(Draft(parameters={"region": "us-west-2"}, api_key=KEY), present).put == {"apiKey": KEY}
    assert lay(Draft(parameters={"temperature": 0.5}), present).put == {}
    assert "configuration.region" in refused(Draft(parameters={"region": "evil.example/"}), present)


def test_a_missing_project_is_named() -> None:
    assert set(refused(Draft(name="n", provider="vertex", model="m", api_key=KEY))) == {"configuration.project"}


def test_an_access_key_is_kept_beside_the_key_and_goes_with_the_address() -> None:
    new = Secret("key-0123456789-abcd")
    assert lay(Draft(name="n", provider="openai", api_key=KEY, access_key=new)).put == {"apiKey": KEY, "accessKey": new}
    present = stored(masks={"apiKey": "sk-…ghij", "accessKey": "key-…abcd"})
    for left in (Draft(), Draft(access_key=Secret("key-…abcd"))):
        assert (lay(left, present).put, lay(left, present).drop) == ({}, frozenset())
    assert lay(Draft(access_key=None), present).drop == {"accessKey"}
    moved = Draft(base_url="https://llm.example.com/v1", api_key=KEY)
    assert (lay(moved, present).put, lay(moved, present).drop) == ({"apiKey": KEY}, {"accessKey"})
    for wrong in ("", "  ", "sk-…wxyz", "a\nb", "k" * 4097):
        assert set(refused(Draft(access_key=Secret(wrong)), present)) == {"accessKey"}
