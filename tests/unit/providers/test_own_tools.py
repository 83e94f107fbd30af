"""A tool that a vendor runs itself is refused by its name where another vendor's model is asked."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.chat import ChatRequest
from trunkline.core.errors import InvalidInput
from trunkline.providers.own_tools import refuse_own_tools


def request(dialect: str, **fields: Any) -> ChatRequest:
    return ChatRequest(model="m", messages=(), extra={dialect: fields})


@pytest.mark.parametrize(
    ("dialect", "fields", "field", "name"),
    [
        (
            "anthropic_messages",
            {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
            "tools",
            "'web_search'",
        ),
        ("anthropic_messages", {"mcp_servers": [{"type": "url", "url": "https://a"}]}, "mcp_servers", "'mcp_servers'"),
        ("openai_responses", {"tools": [{"type": "file_search", "vector_store_ids": ["v"]}]}, "tools", "'file_search'"),
        ("openai_chat", {"tools": [{"type": "custom", "custom": {"name": "sql"}}]}, "tools", "'sql'"),
        (
            "openai_chat",
            {"web_search_options": {"search_context_size": "low"}},
            "web_search_options",
            "search_options'",
        ),
        ("openai_chat", {"web_search_options": {}}, "web_search_options", "'web_search_options'"),
        ("gemini", {"tools": [{"googleSearch": {}}]}, "tools", "'googleSearch'"),
    ],
)
def test_it_is_named(dialect: str, fields: dict[str, Any], field: str, name: str):
    with pytest.raises(InvalidInput) as caught:
        refuse_own_tools(request(dialect, **fields), "ollama", "Ollama")
    assert caught.value.fields[0].field == field
    assert name in caught.value.message
    assert "Ollama has no tool" in caught.value.message


def test_its_own_vendor_gets_it():
    refuse_own_tools(request("gemini", tools=[{"googleSearch": {}}]), "gemini", "Google")


@pytest.mark.parametrize("fields", [{}, {"tools": []}, {"web_search_options": None}, {"seed": 1}])
def test_where_there_is_none_nothing_is_refused(fields: dict[str, Any]):
    refuse_own_tools(request("openai_chat", **fields), "ollama", "Ollama")


@pytest.mark.parametrize("tool", [7, {}, {"type": 7}])
def test_a_tool_without_a_name_is_refused_too(tool: Any):
    with pytest.raises(InvalidInput):
        refuse_own_tools(request("openai_chat", tools=[tool]), "gemini", "Google")
