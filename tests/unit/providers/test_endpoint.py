from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.providers import find, make_endpoint
from trunkline.providers.endpoint import CACHED_URLS

KEY = Secret("sk-test-canary-0123456789")


def test_gemini_streams_from_another_path() -> None:
    endpoint = make_endpoint(find("gemini"), None, KEY)
    base = "https://generativelanguage.googleapis.com/v1beta/models"
    assert str(endpoint.chat("gemini-pro", stream=False)) == f"{base}/gemini-pro:generateContent"
    assert str(endpoint.chat("gemini-pro", stream=True)) == f"{base}/gemini-pro:streamGenerateContent?alt=sse"
    assert str(endpoint.embeddings("e")) == f"{base}/e:batchEmbedContents"
    assert str(endpoint.models()) == base


def test_the_name_as_googles_list_writes_it_is_understood() -> None:
    endpoint = make_endpoint(find("gemini"), None, KEY)
    assert endpoint.chat("models/gemini-pro", stream=False) == endpoint.chat("gemini-pro", stream=False)


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_a_model_cannot_leave_its_place_in_the_path(model: str) -> None:
    endpoint = make_endpoint(find("gemini"), None, KEY)
    url = endpoint.chat(model, stream=False)
    assert url.origin == endpoint.origin
    assert url.target.startswith("/v1beta/models/")
    assert url.target.endswith(":generateContent")
    inside = url.target.removeprefix("/v1beta/models/").removesuffix(":generateContent")
    assert not set(inside) & set("/?#:")


def test_a_hot_call_parses_nothing() -> None:
    openai = make_endpoint(find("openai"), None, KEY)
    assert openai.chat("a", stream=True) is openai.chat("b", stream=False)
    gemini = make_endpoint(find("gemini"), None, KEY)
    assert gemini.chat("a", stream=True) is gemini.chat("a", stream=True)


def test_the_cache_of_urls_is_bounded() -> None:
    endpoint = make_endpoint(find("gemini"), None, KEY)
    for number in range(CACHED_URLS * 2):
        endpoint.chat(f"m{number}", stream=False)
    assert len(endpoint._urls) <= CACHED_URLS


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("https://llm.example", "https://llm.example:443"),
        ("http://llm.example/v1", "http://llm.example:80"),
        ("http://LLM.example:8000", "http://llm.example:8000"),
        ("http://[::1]:8000/v1", "http://[::1]:8000"),
    ],
)
def test_origins_name_their_port(base: str, expected: str) -> None:
    assert make_endpoint(find("custom"), base, None).origins() == (expected,)


def test_what_is_not_offered_is_not_found() -> None:
    with pytest.raises(NotFound, match="Anthropic offers no such call"):
        make_endpoint(find("anthropic"), None, KEY).embeddings("x")


def test_a_missing_key_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match=r"apiKey: is required for OpenAI\. Make one at https://platform"):
        make_endpoint(find("openai"), None, None)


def test_where_no_key_is_needed_none_is_sent() -> None:
    endpoint = make_endpoint(find("custom"), "https://llm.example", None)
    assert not endpoint.has_key
    assert "authorization" not in dict(endpoint.headers)


def test_ollama_gets_no_key_even_if_there_is_one() -> None:
    assert not make_endpoint(find("ollama"), None, KEY).has_key


@pytest.mark.parametrize("key", ["", "   ", "sk-a b", "sk-a\nb", "sk-ä", "sk-\x00", "x" * 5000])
def test_what_is_no_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_endpoint(find("openai"), None, Secret(key))
    assert caught.value.fields[0].field == "apiKey"
    assert not key.strip() or key.strip() not in str(caught.value)


def test_white_space_around_a_pasted_key_is_cut() -> None:
    endpoint = make_endpoint(find("openai"), None, Secret(" sk-abc\n"))
    assert dict(endpoint.headers)["authorization"] == "Bearer sk-abc"


def test_the_organization_becomes_a_header() -> None:
    endpoint = make_endpoint(find("openai"), None, KEY, settings={"organizationId": "org-1"})
    assert dict(endpoint.headers)["OpenAI-Organization"] == "org-1"
    with pytest.raises(InvalidInput, match="organizationId"):
        make_endpoint(find("openai"), None, KEY, settings={"organizationId": "org\r\nX: 1"})


def test_the_users_own_headers_win() -> None:
    endpoint = make_endpoint(
        find("custom"), "https://llm.example", KEY, headers={"Authorization": Secret("Token abc"), "X-Team": "a"}
    )
    headers = {name.lower(): value for name, value in endpoint.headers}
    assert headers["authorization"] == "Token abc"
    assert headers["x-team"] == "a"
    assert len(headers) == len(endpoint.headers)


def test_an_endpoint_shows_nothing_of_its_key() -> None:
    endpoint = make_endpoint(find("openai"), None, KEY, headers={"X-Other": Secret("other-canary")})
    shown = f"{endpoint!r} {endpoint} {[endpoint]}"
    assert "canary" not in shown
    with pytest.raises(TypeError):
        msgspec.json.encode(endpoint)
