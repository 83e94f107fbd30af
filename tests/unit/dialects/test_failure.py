"""What a provider's failure means, on every wire alike."""

from __future__ import annotations

from importlib import import_module

import pytest

from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamKind
from trunkline.dialects.failure import HTML, LONGEST, break_off, explain, kind_of, read_words

WIRES = ("openai_chat", "openai_responses", "anthropic_messages", "bedrock_converse", "gemini", "ollama")
KEY = "sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "auth"),
        (402, "no_credits"),
        (403, "permission"),
        (404, "not_found"),
        (408, "timeout"),
        (413, "too_large"),
        (422, "bad_request"),
        (424, "server"),
        (429, "rate_limit"),
        (498, "overloaded"),
        (499, "timeout"),
        (500, "server"),
        (502, "server"),
        (503, "overloaded"),
        (504, "timeout"),
        (520, "unreachable"),
        (524, "timeout"),
        (529, "overloaded"),
    ],
)
def test_a_status_means_the_same_on_every_wire(status: int, kind: UpstreamKind) -> None:
    assert kind_of(status) == kind
    errors = [
        import_module(f"trunkline.dialects.{wire}").DIALECT.read_error(status, b"", {"retry-after": "7"})
        for wire in WIRES
    ]
    assert {(error.kind, error.message, error.retry_after) for error in errors} == {(kind, explain(kind).message, 7.0)}


@pytest.mark.parametrize("wire", WIRES)
def test_a_page_is_no_answer(wire: str) -> None:
    error = import_module(f"trunkline.dialects.{wire}").DIALECT.read_error(502, b"\n <!doctype html><p>x", {})
    assert error.detail == HTML


def test_words_are_cut_and_hold_no_credential() -> None:
    assert explain("server", f"{KEY} is wrong").detail == "[redacted] is wrong"
    assert explain("server", "x" * 9_999).detail == "x" * LONGEST
    assert explain("server").detail is None
    assert read_words(f" {KEY} \xff".encode("latin-1")) == "[redacted] \ufffd"


def test_what_breaks_a_stream_off_keeps_kind_and_code() -> None:
    assert break_off(explain("overloaded", "Busy.", code="busy")) == Failure(
        "The provider is overloaded. Busy.", "overloaded", "busy"
    )
    assert break_off(explain("server")) == Failure("The provider failed.", "server")
