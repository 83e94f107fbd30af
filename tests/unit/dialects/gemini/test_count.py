"""Counting tokens."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.dialects.gemini import DIALECT

from .fixture import fixture


def test_a_whole_request_is_counted() -> None:
    request = DIALECT.read_count_request(fixture("count/whole.json"))
    assert request.model == "gemini-2.5-flash"
    assert [message.text for message in request.messages] == ["Brief.", "Hi"]
    written = DIALECT.write_count_request(request)
    assert msgspec.json.decode(written.body) == msgspec.json.decode(fixture("count/whole.json"))


def test_bare_contents_are_counted() -> None:
    request = DIALECT.read_count_request(b'{"contents":[{"parts":[{"text":"Hi"}]}]}')
    assert request.messages[0].text == "Hi"


def test_paths_begin_where_the_client_began() -> None:
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_count_request(b'{"generateContentRequest":{"contents":[{"role":"x"}]}}')
    assert caught.value.fields[0].field == "generateContentRequest.contents.0.role"


def test_the_answer_is_a_number() -> None:
    assert DIALECT.read_count_response(fixture("count/answer.json")) == 31
    assert DIALECT.read_count_response(DIALECT.write_count_response(7)) == 7
    with pytest.raises(UpstreamError):
        DIALECT.read_count_response(b"{}")
