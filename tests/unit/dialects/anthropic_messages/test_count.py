from __future__ import annotations

import msgspec
import pytest

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.count import (
    read_count_tokens_request,
    read_count_tokens_response,
    write_count_tokens_request,
    write_count_tokens_response,
)

from .fixture import load


def test_a_request_to_count_needs_no_limit():
    body = b'{"model":"claude","messages":[{"role":"user","content":"Hi"}]}'
    request = read_count_tokens_request(body)
    assert request.sampling.max_tokens is None
    assert msgspec.json.decode(write_count_tokens_request(request).body) == msgspec.json.decode(body)
    with pytest.raises(InvalidInput):
        DIALECT.read_request(body)


def test_only_what_counts_is_sent():
    request = DIALECT.read_request(load("requests", "system_string"))
    assert set(msgspec.json.decode(write_count_tokens_request(request).body)) == {"model", "system", "messages"}
    request = DIALECT.read_request(load("requests", "server_tools"))
    assert set(msgspec.json.decode(write_count_tokens_request(request).body)) == {
        "model",
        "messages",
        "tools",
        "tool_choice",
        "mcp_servers",
        "cache_control",
    }


def test_the_count_comes_back():
    assert read_count_tokens_response(write_count_tokens_response(2095)) == 2095
    assert read_count_tokens_response(b'{"input_tokens":3,"context_management":null}') == 3


@pytest.mark.parametrize("body", [b"", b"{}", b'{"input_tokens":"3"}', b"<html>", b"\xff"])
def test_what_is_no_count_is_malformed(body):
    with pytest.raises(UpstreamError) as caught:
        read_count_tokens_response(body)
    assert caught.value.kind == "malformed"
