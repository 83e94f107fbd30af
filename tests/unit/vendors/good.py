"""A request that each vendor takes, with a tool loop behind it, to be broken rule by rule."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

PARAMETERS: Final[Json] = {
    "type": "object",
    "properties": {"at": {"type": "string"}},
    "required": ["at"],
    "additionalProperties": False,
}
PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def anthropic() -> Json:
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 4096,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                    {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": "Köln"}},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "21 degrees"}]},
        ],
        "tools": [{"name": "look", "input_schema": PARAMETERS}],
        "thinking": {"type": "enabled", "budget_tokens": 2048},
    }


def openai_chat() -> Json:
    return {
        "model": "gpt-5.2",
        "messages": [
            {"role": "user", "content": "Weather, as JSON?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"at":"Köln"}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": PARAMETERS, "strict": True}}],
        "max_completion_tokens": 400,
    }


def openai_responses() -> Json:
    return {
        "model": "gpt-5.2",
        "input": [
            {"role": "user", "content": "Weather?"},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"},
            {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "21 degrees"},
        ],
        "tools": [{"type": "function", "name": "look", "parameters": PARAMETERS, "strict": True}],
        "max_output_tokens": 400,
    }


def gemini() -> Json:
    return {
        "contents": [
            {"role": "user", "parts": [{"text": "Weather?"}]},
            {
                "role": "model",
                "parts": [{"functionCall": {"name": "look", "args": {"at": "Köln"}}, "thoughtSignature": "c2ln"}],
            },
            {"role": "user", "parts": [{"functionResponse": {"name": "look", "response": {"output": "21"}}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "look", "parametersJsonSchema": PARAMETERS}]}],
        "generationConfig": {"thinkingConfig": {"thinkingLevel": "high"}},
    }


def bedrock() -> Json:
    return {
        "messages": [
            {"role": "user", "content": [{"text": "Weather?"}]},
            {
                "role": "assistant",
                "content": [{"toolUse": {"toolUseId": "tooluse_1", "name": "look", "input": {"at": "Köln"}}}],
            },
            {"role": "user", "content": [{"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "21"}]}}]},
        ],
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": 4096},
        "toolConfig": {"tools": [{"toolSpec": {"name": "look", "inputSchema": {"json": PARAMETERS}}}]},
    }


def mistral() -> Json:
    return {
        "model": "mistral-large-latest",
        "messages": [
            {"role": "user", "content": "Weather?"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "abcdefghi", "function": {"name": "look", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "abcdefghi", "content": "21 degrees"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": PARAMETERS}}],
    }


def deepseek() -> Json:
    return {
        "model": "deepseek-v4-pro",
        "messages": [
            {"role": "user", "content": "Weather?"},
            {
                "role": "assistant",
                "content": "",
                "reasoning_content": "I must look.",
                "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": PARAMETERS}}],
        "reasoning_effort": "high",
    }


def groq() -> Json:
    body = deepseek()
    body["messages"][1]["reasoning"] = body["messages"][1].pop("reasoning_content")
    return {**body, "model": "openai/gpt-oss-120b"}


def ollama() -> Json:
    return {
        "model": "qwen3",
        "messages": [
            {"role": "user", "content": "What is it?", "images": [PIXEL]},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"function": {"name": "look", "arguments": {"at": "Köln"}}}],
            },
            {"role": "tool", "tool_name": "look", "content": "21 degrees"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": PARAMETERS}}],
        "options": {"temperature": 0.5, "num_ctx": 8192},
        "think": True,
    }


GOOD: Final = {
    "anthropic": (anthropic, "claude-sonnet-4-5", "/v1/messages"),
    "openai_chat": (openai_chat, "gpt-5.2", "/v1/chat/completions"),
    "openai_responses": (openai_responses, "gpt-5.2", "/v1/responses"),
    "gemini": (gemini, "gemini-3-pro-preview", "/v1beta/models/{model}:generateContent"),
    "bedrock": (bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "/model/{model}/converse"),
    "mistral": (mistral, "mistral-large-latest", "/v1/chat/completions"),
    "deepseek": (deepseek, "deepseek-v4-pro", "/chat/completions"),
    "groq": (groq, "openai/gpt-oss-120b", "/openai/v1/chat/completions"),
    "ollama": (ollama, "qwen3", "/api/chat"),
}
"""The request, the model that it is for, and where it goes, by vendor."""

PROVIDERS: Final = {"openai_chat": "openai", "openai_responses": "openai"}
