from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.providers import PROVIDERS, find
from trunkline.providers.base_url import read_base_url


def test_a_proxy_keeps_its_own_path() -> None:
    openai = find("openai")
    assert str(read_base_url(openai, "https://gw.example/v1/team/openai")) == "https://gw.example/v1/team/openai"
    assert str(read_base_url(openai, "https://gw.example/llm/")) == "https://gw.example/llm"


def test_a_proxy_of_a_provider_with_versioned_paths_keeps_its_prefix() -> None:
    url = read_base_url(find("anthropic"), "https://gw.example/anthropic/v1")
    assert str(url.join("/v1/messages")) == "https://gw.example/anthropic/v1/messages"


def test_a_query_is_kept() -> None:
    url = read_base_url(find("custom"), "https://llm.example/openai?api-version=2024-10-21")
    expected = "https://llm.example/openai/chat/completions?api-version=2024-10-21"
    assert str(url.join("/chat/completions")) == expected


def test_only_whole_segments_are_taken_for_a_version() -> None:
    assert str(read_base_url(find("ollama"), "http://10.0.0.5/my-api")) == "http://10.0.0.5/my-api"
    assert str(read_base_url(find("openai"), "https://api.openai.com/v10")) == "https://api.openai.com/v10"


@pytest.mark.parametrize("text", [None, "", "   "])
def test_what_has_no_place_of_its_own_must_be_told_one(text: str | None) -> None:
    with pytest.raises(InvalidInput, match="baseUrl: is required") as caught:
        read_base_url(find("custom"), text)
    assert caught.value.fields[0].field == "baseUrl"
    assert str(read_base_url(find("openai"), text)) == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    "text", ["api.openai.com", "ftp://x", "https://user:pw@x/v1", "https://x/#f", "https://x/" + "a" * 500]
)
def test_what_is_no_base_url_is_refused_by_field(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_base_url(find("openai"), text)
    assert caught.value.fields[0].field == "baseUrl"


@given(
    st.sampled_from(sorted(PROVIDERS)), st.lists(st.sampled_from(["v1", "api", "openai", "x", "v1beta"]), max_size=3)
)
def test_reading_is_stable(provider_id: str, segments: list[str]) -> None:
    provider = PROVIDERS[provider_id]
    if provider.surplus:  # each reading takes one more surplus ending away
        return
    settings = {"project": "my-project"}
    once = read_base_url(provider, "/".join(["https://llm.example", *segments]), settings)
    assert read_base_url(provider, str(once), settings) == once
