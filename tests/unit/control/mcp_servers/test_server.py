"""What of a server an actor may call, and names of servers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.control.mcp_servers.server import KeyGrant, find_allowance, read_name, write_grants
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.storage.tables import McpServerRow

KEY = Actor(user_id="u", workspace_id="w", role="member", key_id="k")
USER = msgspec.structs.replace(KEY, key_id=None)


def server(tools: list[str] | None = None, grants: list[KeyGrant] | None = None) -> McpServerRow:
    return McpServerRow(name="x", tools=tools, keys=None if grants is None else write_grants(grants))


@pytest.mark.parametrize(
    ("row", "actor", "tools"),
    [
        (server(), KEY, None),
        (server(["a"]), USER, {"a"}),
        (server(["a", "b"], [KeyGrant(key_id="k", tools=("b", "c"))]), KEY, {"b"}),
        (server(None, [KeyGrant(key_id="k", tools=("b",))]), KEY, {"b"}),
        (server(["a"], [KeyGrant(key_id="k")]), KEY, {"a"}),
        (server(None, [KeyGrant(key_id="k", tools=())]), KEY, set()),
    ],
)
def test_a_key_may_call_what_both_lists_let_in(row: McpServerRow, actor: Actor, tools: Any) -> None:
    allowance = find_allowance(row, actor)
    assert allowance is not None
    assert allowance.tools == tools
    assert allowance.allows("z") is (tools is None)


def test_who_is_not_listed_has_no_server() -> None:
    assert find_allowance(server(None, []), KEY) is None
    assert find_allowance(server(None, [KeyGrant(key_id="k")]), USER) is None


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a b", "a/b", "a" * 65])
def test_names_stand_in_addresses(name: str) -> None:
    assert read_name("issue-tracker") == "issue-tracker"
    with pytest.raises(InvalidInput, match="name"):
        read_name(name)
