"""The very keys of a call never come back from its provider, in whatever form."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from trunkline.core.errors import UpstreamError
from trunkline.core.key_redaction import KeyRedaction

KEYS = (
    "sk-proj-AAAABBBBCCCCDDDD1111222233334444",
    "0f3c9a7b5d2e4f6a8b1c3d5e7f9a0b2c",
    "zQ7!plain.Secret/Token",
    "Vk9xdFV3WHlaMDEyMzQ1Njc4OWFiY2RlZg==",
    "kürzer-als-man-denkt-9",
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda key: quote(key, safe=""),
        json.dumps,
        lambda key: json.dumps({"authorization": f"Token {key}"}),
        lambda key: b64encode(key.encode()).decode(),
        lambda key: urlsafe_b64encode(key.encode()).decode(),
        lambda key: b64encode(f":{key}".encode()).decode(),
        lambda key: b64encode(f"someone:{key}".encode()).decode(),
        lambda key: b64encode(f"a long header, then {key} and more".encode()).decode(),
        lambda key: key.encode().hex().upper(),
        lambda key: key.upper(),
        lambda key: f"https://h/v1?key={quote(key)}&alt=sse",
        lambda key: key[:-3],
        lambda key: key[3:],
    ],
)
def test_no_form_of_a_key_is_left(key: str, form) -> None:  # pyright: ignore
    shown = f"Incorrect token {form(key)} given. [{form(key)}]"
    redacted = KeyRedaction([key]).text(shown)
    for known in (key, form(key).strip('"')[4:-4], key[4:-4]):
        assert known.casefold() not in redacted.casefold()
    assert "given." in redacted


@pytest.mark.parametrize(
    "mask", ["0f3c****0b2c", "0f3c...0b2c", "****0b2c", "0f3c9a••••", "0f3c9…0b2c", "0f3cXXXXXXXX0b2c"]
)
def test_masks_that_show_its_ends_are_taken_out(mask: str) -> None:
    assert KeyRedaction([KEYS[1]]).text(f"Your key {mask} is wrong") == "Your key [redacted] is wrong"


@pytest.mark.parametrize("key", ["", "none", "EMPTY", "ollama", "test"])
def test_words_that_stand_for_no_key_are_left_alone(key: str) -> None:
    text = "none of the EMPTY test models of ollama is here"
    assert KeyRedaction([key]).text(text) == text


def test_a_short_key_is_taken_out_as_a_word() -> None:
    assert KeyRedaction(["pw12"]).text("pw12, not pw123") == "[redacted], not pw123"


def test_what_is_no_key_passes_unchanged() -> None:
    redaction = KeyRedaction(KEYS)
    text = "The model `gpt-5` does not exist... or you have no access to it ***really***"
    assert redaction.text(text) == text
    data = b'data: {"x": "\xff"}\n\n'
    assert redaction.bytes(data) is data
    assert redaction.bytes(b"\xff " + KEYS[0].encode()) == b"\xff [redacted]"
    assert redaction.holds(b"x" + KEYS[0].encode())
    assert not redaction.holds(b"x")
    assert KEYS[0] not in repr(redaction)


@pytest.mark.parametrize("size", range(8, 14))
def test_its_first_and_last_characters_are_taken_out_as_words(size: int) -> None:
    redaction = KeyRedaction([KEYS[1]])
    for end in (KEYS[1][:size], KEYS[1][-size:]):
        assert redaction.text(f"The key '{end}' is wrong.") == "The key '[redacted]' is wrong."


def test_the_prefix_that_all_keys_of_a_vendor_have_is_no_secret() -> None:
    redaction = KeyRedaction([KEYS[0], "github_pat_AbCdEf0123456789"])
    text = "Keys begin with sk-proj- or github_pat."
    assert redaction.text(text) == text


def test_no_part_of_an_error_or_a_value_keeps_the_key() -> None:
    redaction = KeyRedaction([KEYS[1]])
    error = UpstreamError(KEYS[1], kind="auth", detail=KEYS[1], upstream_code=KEYS[1], said={KEYS[1]: [KEYS[1]]})
    redaction.error(error)
    assert KEYS[1] not in f"{error} {error.args} {vars(error)}"
    cleaned = redaction.value({"a": (KEYS[1], KEYS[1].encode()), KEYS[1]: None, "n": 7})
    assert cleaned == {"a": ["[redacted]", b"[redacted]"], "[redacted]": None, "n": 7}
