"""Messages of MCP as they are read and written."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.control.mcp.json_rpc import Message, Reply, RpcError, read_message, write_error, write_result


def test_requests_notifications_and_replies_are_told_apart() -> None:
    asked = read_message(b'{"jsonrpc": "2.0", "id": "a", "method": "tools/list", "params": {"_meta": {"k": 1}}}')
    assert asked == Message(method="tools/list", id="a", params={"_meta": {"k": 1}})
    assert isinstance(asked, Message)
    assert asked.meta == {"k": 1}
    told = read_message(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')
    assert told == Message(method="notifications/initialized")
    assert read_message(msgspec.json.encode(write_result(7, {}))) == Reply(id=7, is_error=False)
    assert read_message(msgspec.json.encode(write_error(None, -32700, "x"))) == Reply(id=None, is_error=True)


@pytest.mark.parametrize(
    ("body", "code", "request_id"),
    [
        (b"", -32700, None),
        (b"null", -32600, None),
        (b'[{"jsonrpc": "2.0", "method": "x"}]', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 3}', -32600, 3),
        (b'{"jsonrpc": "1.0", "id": 3, "method": "x"}', -32600, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": ""}', -32600, 3),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "x"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 3, "result": {}, "error": {}}', -32600, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "x", "params": {"_meta": 1}}', -32602, 3),
    ],
)
def test_what_is_no_message_is_refused_with_the_id_where_that_is_known(
    body: bytes, code: int, request_id: int | None
) -> None:
    with pytest.raises(RpcError) as refused:
        read_message(body)
    assert (refused.value.code, refused.value.request_id, refused.value.status) == (code, request_id, 400)
    assert refused.value.record()["id"] == request_id
