"""Which rules a message is served by."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.control.mcp.json_rpc import Message, RpcError
from trunkline.control.mcp.revision import META_CAPABILITIES, META_VERSION, find_era, negotiate, read_name

MODERN = "2026-07-28"


def write(method: str = "tools/list", *, modern: bool = True, **params: Any) -> Message:
    meta = {META_VERSION: MODERN, META_CAPABILITIES: {}}
    return Message(method=method, id=1, params={**params, **({"_meta": meta} if modern else {})})


def test_a_request_that_says_all_itself_is_modern() -> None:
    headers = {"mcp-protocol-version": MODERN, "mcp-method": "tools/list"}
    assert find_era(write(), headers) == "modern"


@pytest.mark.parametrize("version", ["2025-11-25", "2025-06-18", "2025-03-26", None])
def test_any_other_is_legacy(version: str | None) -> None:
    headers = {} if version is None else {"mcp-protocol-version": version}
    assert find_era(write(modern=False), headers) == "legacy"


def test_a_modern_header_alone_is_not_enough() -> None:
    with pytest.raises(RpcError, match="protocolVersion is missing") as refused:
        find_era(write(modern=False), {"mcp-protocol-version": MODERN})
    assert refused.value.code == -32602


def test_a_notification_needs_no_more_than_its_revision() -> None:
    assert find_era(Message(method="notifications/x"), {"mcp-protocol-version": MODERN}) == "modern"


def test_the_name_is_held_against_the_body() -> None:
    headers = {"mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": "b"}
    with pytest.raises(RpcError, match="Mcp-Name differs"):
        find_era(write("tools/call", name="a"), headers)
    assert find_era(write("tools/call", name="b"), headers) == "modern"


def test_names_beyond_ascii_come_in_base64() -> None:
    assert read_name("=?base64?SGVsbG8sIOS4lueVjA==?=") == "Hello, 世界"
    assert read_name("plain") == "plain"
    assert read_name("=?base64?!?=") is None
    assert read_name("=?base64?/w==?=") is None


def test_a_handshake_gives_what_was_wanted_or_the_newest() -> None:
    assert [negotiate(wanted) for wanted in ("2025-03-26", MODERN, 7, None)] == ["2025-03-26", *["2025-11-25"] * 3]
