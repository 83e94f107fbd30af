"""Credentials in texts that others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.redact import REDACTED, redact

TAIL = "AbCdEf0123456789ghIJ"

KEYS = [
    f"sk-{TAIL}",
    f"sk-proj-{TAIL}_{TAIL}",
    f"sk-ant-api03-{TAIL}",
    f"sk-or-v1-{TAIL}",
    "sk-proj-********************wxyz",
    "sk-...wxyz1234",
    f"sk_live_{TAIL}",
    f"AIzaSy{TAIL}",
    f"ya29.{TAIL}",
    f"hf_{TAIL}",
    f"gsk_{TAIL}",
    f"xai-{TAIL}",
    f"r8_{TAIL}",
    f"nvapi-{TAIL}",
    f"pplx-{TAIL}",
    f"csk-{TAIL}",
    f"ghp_{TAIL}",
    f"tl-{TAIL}",
    f"tl1.k1.{TAIL}{TAIL}",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("around", ["{}", "Wrong key: {}.", '{{"k":"{}"}}', "https://x/y?z={}&a=b", "({})", "a\n{}\nb"])
def test_keys_go_and_the_words_around_them_stay(key: str, around: str) -> None:
    before, after = around.format("\0").split("\0")
    redacted = redact(around.format(key))
    assert redacted.startswith(before + REDACTED)
    assert key[-6:] not in redacted
    assert redacted.endswith(after)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abc123DEF456", "Authorization: Bearer [redacted]"),
        ("authorization: bearer   abc123/+=", "authorization: bearer   [redacted]"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ('{"api_key": "verysecret", "a": 1}', '{"api_key": "[redacted]", "a": 1}'),
        ("x-api-key: verysecret", "x-api-key: [redacted]"),
        ("GET /v1beta/models?key=verysecret&alt=sse", "GET /v1beta/models?key=[redacted]&alt=sse"),
        ("Incorrect API key provided: xa***yz. Get one.", "Incorrect API key provided: [redacted] Get one."),
        ("client_secret=abcd1234;", "client_secret=[redacted];"),
        ("password = hunter22", "password = [redacted]"),
    ],
)
def test_values_named_as_secret(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The model `gpt-4o-mini-2024-07-18` does not exist.",
        "task-management-system and risk-assessment-report-final",
        "scikit: sk-learn is fine; a key-value-store, up-to-date-and-working, co-operation",
        "org-abcdefghijklmnop on tokens per min (TPM): Limit 30000, Used 29000.",
        "Missing bearer or basic authentication in header; expected a Bearer token.",
        "See https://platform.openai.com/account/api-keys.",
        "request id req_011CSHoEeqs5C35K2UUqR7Fy, chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
        "max_tokens: must be at least 1; keyboard=qwerty",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(), st.sampled_from(KEYS), st.text())
def test_no_key_survives_wherever_it_stands(before: str, key: str, after: str) -> None:
    assert key not in redact(f"{before} {key} {after}")


@given(
    st.lists(st.sampled_from([*KEYS, "Bearer abcdefgh", "api_key=abcdefgh", " ", "x", ":", '"']), max_size=6).map(
        "".join
    )
)
def test_twice_is_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)
