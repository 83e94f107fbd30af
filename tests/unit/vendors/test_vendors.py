"""The strict vendors refuse what the vendors refuse: a good request is taken, and one broken for each rule is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.unit.vendors.good import GOOD, PIXEL, PROVIDERS
from tests.vendors import RULES, check

Json = dict[str, Any]
Change = Callable[[Json], object]


@dataclass(frozen=True)
class Broken:
    """``change`` breaks one rule of a good request; ``model`` is another than the good one's."""

    vendor: str
    rule: str
    change: Change
    model: str = ""


def put(*path: str | int, to: Any) -> Change:
    """Set what stands at ``path``."""

    def change(body: Json) -> None:
        found: Any = body
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = to

    return change


def drop(*path: str | int) -> Change:
    """Take out what stands at ``path``."""

    def change(body: Json) -> None:
        found: Any = body
        for step in path[:-1]:
            found = found[step]
        del found[path[-1]]

    return change


def both(*changes: Change) -> Change:
    return lambda body: [change(body) for change in changes]


CALL = ("messages", 1, "content", 1)
OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}
BOUND = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "additionalProperties": False}


def _format(schema: Json) -> Change:
    return put("output_config", to={"format": {"type": "json_schema", "schema": schema}})


ANTHROPIC = [
    ("text holds more than white space", put("messages", 0, "content", 0, "text", to=" \n"), ""),
    ("text holds more than white space", put("system", to=[{"type": "text", "text": ""}]), ""),
    ("messages have content", put("messages", 0, "content", to=[]), ""),
    ("messages have content", put("messages", to=[]), ""),
    ("a user begins", lambda body: body["messages"].insert(0, {"role": "assistant", "content": "Hello."}), ""),
    (
        "no white space ends a prefill",
        lambda body: body["messages"].append({"role": "assistant", "content": "It is "}),
        "",
    ),
    (
        "no prefill from 4.6 on",
        both(
            put("thinking", to={"type": "adaptive"}),
            lambda body: body["messages"].append({"role": "assistant", "content": "It is"}),
        ),
        "claude-opus-4-6",
    ),
    (
        "ids of calls match",
        both(put(*CALL, "id", to="a.b"), put("messages", 2, "content", 0, "tool_use_id", to="a.b")),
        "",
    ),
    ("ids of calls are unique", lambda body: body["messages"].extend(body["messages"][1:]), ""),
    ("calls and results come in pairs", put("messages", 2, "content", 0, "tool_use_id", to="toolu_2"), ""),
    ("calls and results come in pairs", drop("messages", 2), ""),
    (
        "calls and results come in pairs",
        lambda body: body["messages"][2]["content"].insert(0, {"type": "text", "text": "Here."}),
        "",
    ),
    ("names of tools match", put("tools", 0, "name", to="calendar.list"), ""),
    ("names of tools are unique", lambda body: body["tools"].append(body["tools"][0]), ""),
    ("a tool is chosen among tools", both(drop("tools"), put("tool_choice", to={"type": "auto"})), ""),
    ("thinking in a form that the model knows", put("thinking", "budget_tokens", to=1000), ""),
    ("thinking in a form that the model knows", put("thinking", "budget_tokens", to=4096), ""),
    ("thinking in a form that the model knows", put("thinking", to={"type": "adaptive"}), ""),
    ("thinking in a form that the model knows", lambda body: None, "claude-opus-4-8"),
    ("thinking in a form that the model knows", put("thinking", to={"type": "disabled"}), "claude-fable-5"),
    ("no thinking with a forced tool", put("tool_choice", to={"type": "tool", "name": "look"}), ""),
    ("a turn with calls begins with its thoughts", drop("messages", 1, "content", 0), ""),
    ("sampling beside thinking", put("temperature", to=0.5), ""),
    ("sampling beside thinking", put("top_k", to=5), ""),
    (
        "sampling that the model knows",
        both(put("thinking", to={"type": "adaptive"}), put("top_p", to=0.99)),
        "claude-opus-4-7",
    ),
    ("sampling that the model knows", both(drop("thinking"), put("temperature", to=1), put("top_p", to=1)), ""),
    ("ranges", both(drop("thinking"), put("temperature", to=1.5)), ""),
    ("ranges", put("stop_sequences", to=[" "]), ""),
    ("schemas are closed and plain", _format(OPEN), ""),
    ("schemas are closed and plain", _format(BOUND), ""),
    ("parameters of a tool are an object", put("tools", 0, "input_schema", "type", to="string"), ""),
    (
        "cache marks",
        put("system", to=[{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5),
        "",
    ),
]

CHAT = [
    ("calls and results come in pairs", put("messages", 2, "tool_call_id", to="call_2"), ""),
    ("ids of calls are unique", lambda body: body["messages"].extend(body["messages"][1:]), ""),
    (
        "ids of calls are short",
        both(put("messages", 1, "tool_calls", 0, "id", to="c" * 41), put("messages", 2, "tool_call_id", to="c" * 41)),
        "",
    ),
    ("names match", put("tools", 0, "function", "name", to="calendar.list"), ""),
    ("the limit of tokens of reasoning models", put("max_tokens", to=5), ""),
    ("sampling that the model knows", put("temperature", to=0.5), ""),
    ("sampling that the model knows", put("stop", to=["END"]), ""),
    ("sampling that the model knows", put("reasoning_effort", to="low"), "gpt-4.1"),
    ("strict schemas", put("tools", 0, "function", "parameters", to=OPEN), ""),
    ("lists are not empty", put("tools", to=[]), ""),
    ("messages have content", lambda body: body["messages"].append({"role": "assistant"}), ""),
    ("fields that need another", put("stream_options", to={"include_usage": True}), ""),
    ("fields that need another", both(drop("tools"), put("tool_choice", to="auto")), ""),
    ("stop texts", put("stop", to=["a", "b", "c", "d", "e"]), "gpt-4.1"),
    (
        "JSON mode is named",
        both(put("messages", 0, "content", to="Weather?"), put("response_format", to={"type": "json_object"})),
        "",
    ),
    ("arguments are JSON", put("messages", 1, "tool_calls", 0, "function", "arguments", to='{"at"'), ""),
]

RESPONSES = [
    ("calls and results come in pairs", drop("input", 3), ""),
    ("ids say of what they are", put("input", 2, "id", to="item_1"), ""),
    ("an item follows its reasoning", lambda body: body["input"].append(body["input"].pop(1)), ""),
    ("names match", put("input", 2, "name", to="a b"), ""),
    ("the least limit of tokens", put("max_output_tokens", to=8), ""),
    ("sampling that the model knows", put("temperature", to=0.5), ""),
    ("sampling that the model knows", put("reasoning", to={"effort": "low"}), "gpt-4.1"),
    ("strict schemas", put("tools", 0, "parameters", to=OPEN), ""),
    ("something is asked", put("input", to=[]), ""),
]


def _declare(schema: Json) -> Change:
    return put("tools", 0, "functionDeclarations", 0, to={"name": "look", "parametersJsonSchema": schema})


GEMINI = [
    ("contents say something", put("contents", 0, "parts", to=[]), ""),
    ("contents say something", put("contents", 0, "role", to="assistant"), ""),
    ("a part has one datum", put("contents", 0, "parts", 0, "functionCall", to={"name": "look"}), ""),
    ("a single turn is the user's", put("contents", to=[{"role": "model", "parts": [{"text": "a"}]}]), ""),
    ("calls and responses come in pairs", drop("contents", 2, "parts", 0), ""),
    ("calls and responses come in pairs", put("contents", 2, "parts", 0, "functionResponse", "name", to="x"), ""),
    ("names of functions match", put("tools", 0, "functionDeclarations", 0, "name", to="1 look"), ""),
    ("calls carry their signature", drop("contents", 1, "parts", 0, "thoughtSignature"), ""),
    ("thinking in a form that the model knows", put("generationConfig", "thinkingConfig", "thinkingBudget", to=5), ""),
    ("thinking in a form that the model knows", lambda body: None, "gemini-2.5-flash"),
    (
        "thinking in a form that the model knows",
        put("generationConfig", "thinkingConfig", to={"thinkingBudget": 0}),
        "gemini-2.5-pro",
    ),
    ("no penalties after 2.0", put("generationConfig", "presencePenalty", to=0.5), ""),
    (
        "no form of the answer beside tools before 3",
        put("generationConfig", "responseMimeType", to="application/json"),
        "gemini-2.5-flash",
    ),
    ("one schema, of JSON", put("generationConfig", "responseJsonSchema", to=OPEN), ""),
    (
        "functions that may be called",
        put("toolConfig", to={"functionCallingConfig": {"mode": "AUTO", "allowedFunctionNames": ["look"]}}),
        "",
    ),
    ("schemas of the words that it knows", _declare({"type": "object", "properties": {"a": {"const": 1}}}), ""),
    ("schemas of the words that it knows", _declare({"type": "object", "$ref": "#/$defs/A"}), ""),
    ("schemas of the words that it knows", _declare({"type": "object", "properties": {"a": {"enum": [True]}}}), ""),
    ("schemas of the words that it knows", _declare({"properties": {}}), ""),
]

NOVA = "us.amazon.nova-2-lite-v1:0"
BEDROCK = [
    ("text is not blank", put("messages", 0, "content", 0, "text", to=" "), ""),
    ("a user begins, and roles take turns", put("messages", 0, "role", to="assistant"), ""),
    ("a user begins, and roles take turns", put("messages", to=[]), ""),
    (
        "a user begins, and roles take turns",
        lambda body: body["messages"].append({"role": "assistant", "content": [{"text": "It is"}]}),
        NOVA,
    ),
    ("calls and results come in pairs", put("messages", 2, "content", 0, "toolResult", "toolUseId", to="x"), ""),
    ("tools are configured", drop("toolConfig"), ""),
    (
        "thoughts for those that sign them",
        lambda body: body["messages"][1]["content"].insert(0, {"reasoningContent": {"reasoningText": {"text": "Hm."}}}),
        NOVA,
    ),
    (
        "a choice that the model knows",
        put("toolConfig", "toolChoice", to={"any": {}}),
        "meta.llama4-scout-17b-instruct-v1:0",
    ),
    (
        "cache points that the model knows",
        lambda body: body["system"].append({"cachePoint": {"type": "default"}}),
        "meta.llama4-scout-17b-instruct-v1:0",
    ),
    (
        "names of documents",
        lambda body: body["messages"][0]["content"].append(
            {"document": {"name": "a.pdf", "format": "pdf", "source": {"bytes": PIXEL}}}
        ),
        "",
    ),
    (
        "Claude's own rules",
        put("additionalModelRequestFields", to={"thinking": {"type": "adaptive"}}),
        "",
    ),
    ("Claude's own rules", put("inferenceConfig", "temperature", to=0.5), "us.anthropic.claude-opus-4-8"),
]

MISTRAL = [
    ("calls and results come in pairs", put("messages", 2, "tool_call_id", to="abcdefghj"), ""),
    ("ids of calls are unique", lambda body: body["messages"].extend(body["messages"][1:]), ""),
    ("ids have nine letters", put("messages", 1, "tool_calls", 0, "id", to="call_1"), ""),
    ("roles in order", lambda body: body["messages"].append({"role": "user", "content": "And?"}), ""),
    ("somebody is answered", lambda body: body["messages"].append({"role": "assistant", "content": "It is"}), ""),
    ("the assistant has said something", lambda body: body["messages"].insert(1, {"role": "assistant"}), ""),
    ("names of functions match", put("tools", 0, "function", "name", to="a.b"), ""),
    ("efforts that the model knows", put("reasoning_effort", to="low"), "mistral-small-latest"),
]

SCHEMA_WANTED = put("response_format", to={"type": "json_schema", "json_schema": {"name": "a", "schema": {}}})
JSON_WANTED = put("response_format", to={"type": "json_object"})
COMPATIBLE = [
    ("calls and results come in pairs", put("messages", 2, "tool_call_id", to="call_2"), ""),
    ("ids of calls are unique", lambda body: body["messages"].extend(body["messages"][1:]), ""),
]

DEEPSEEK = [
    *COMPATIBLE,
    ("no forced tool while it thinks", put("tool_choice", to="required"), ""),
    ("no forced tool while it thinks", put("tool_choice", to={"type": "function"}), "deepseek-reasoner"),
    (
        "no forced tool while it thinks",
        both(put("tool_choice", to="required"), put("thinking", to={"type": "enabled"})),
        "deepseek-chat",
    ),
    ("thoughts of calls come back", drop("messages", 1, "reasoning_content"), ""),
    ("thinking is switched off by its switch", put("reasoning_effort", to="none"), ""),
    ("roles that it knows", put("messages", 0, "role", to="developer"), ""),
    ("text or a JSON object", SCHEMA_WANTED, ""),
    ("JSON mode is named", JSON_WANTED, ""),
]

GROQ = [
    *COMPATIBLE,
    ("messages have the fields that it knows", put("messages", 1, "reasoning_content", to="I must look."), ""),
    ("thoughts go to models that reason", drop("reasoning_effort"), "llama-3.3-70b-versatile"),
    ("efforts that the model knows", put("reasoning_effort", to="none"), ""),
    ("content of the kinds that it knows", put("messages", 1, "content", to=[{"type": "thinking"}]), ""),
    ("tools or a form of the answer", put("response_format", to={"type": "json_object"}), ""),
    ("schemas for models that take them", SCHEMA_WANTED, "llama-3.3-70b-versatile"),
    ("JSON mode is named", JSON_WANTED, ""),
]

OLLAMA = [
    ("images are base64", put("messages", 0, "images", 0, to="https://example.com/a.png"), ""),
    ("options by their types", put("options", "num_ctx", to="8192"), ""),
    ("tools by their types", put("tools", 0, "type", to="web_search"), ""),
    ("arguments are objects", put("messages", 1, "tool_calls", 0, "function", "arguments", to="{}"), ""),
    ("think is a switch or an effort", put("think", to="minimal"), ""),
    ("roles and texts", put("messages", 0, "role", to="developer"), ""),
    ("tools or a form of the answer", put("format", to="json"), ""),
]

BROKEN = [
    Broken(vendor, *row)
    for vendor, rows in {
        "anthropic": ANTHROPIC,
        "openai_chat": CHAT,
        "openai_responses": RESPONSES,
        "gemini": GEMINI,
        "bedrock": BEDROCK,
        "mistral": MISTRAL,
        "deepseek": DEEPSEEK,
        "groq": GROQ,
        "ollama": OLLAMA,
    }.items()
    for row in rows
]

MISTYPED = {
    "anthropic": (
        put(
            "messages",
            0,
            "content",
            0,
            to={"type": "image", "source": {"type": "base64", "media_type": "image/jpg", "data": PIXEL}},
        ),
        "media_type is 'image/jpg'",
    ),
    "openai_chat": (put("max_tokens_to_sample", to=5), "max_tokens_to_sample is not permitted"),
    "openai_responses": (put("input", 1, "summary", to="a"), "input[1].summary is str, no list"),
    "gemini": (put("contents", 0, "parts", 0, "texts", to="a"), "contents.0.parts.0.texts: Extra inputs"),
    "bedrock": (put("messages", 1, "content", 0, "toolUse", "type", to="tool_use"), "none of ['server_tool_use']"),
    "mistral": (put("stream_options", to={}), "stream_options is not permitted"),
    "ollama": (put("response_format", to={}), "response_format is not known"),
}


def ask(vendor: str, change: Change = lambda body: None, model: str = "") -> list[str]:
    make, usual, path = GOOD[vendor]
    body = json.loads(json.dumps(make()))
    if "model" in body:
        body["model"] = model or usual
    change(body)
    return check(PROVIDERS.get(vendor, vendor), path.format(model=model or usual), json.dumps(body).encode())


@pytest.mark.parametrize("vendor", GOOD)
def test_a_good_request_is_taken(vendor: str) -> None:
    assert ask(vendor) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.vendor}-{broken.rule}")
def test_a_broken_rule_is_refused_with_its_link(broken: Broken) -> None:
    refused = ask(broken.vendor, broken.change, broken.model)
    (link,) = (rule.link for rule in RULES[broken.vendor] if rule.name == broken.rule)
    assert any(one.startswith(f"{broken.rule}: ") and one.endswith(f"({link})") for one in refused), refused


@pytest.mark.parametrize("vendor", RULES)
def test_every_rule_is_shown_to_refuse(vendor: str) -> None:
    assert {rule.name for rule in RULES[vendor]} == {broken.rule for broken in BROKEN if broken.vendor == vendor}


@pytest.mark.parametrize("vendor", MISTYPED)
def test_what_the_types_do_not_have_is_refused(vendor: str) -> None:
    change, said = MISTYPED[vendor]
    assert said in "; ".join(ask(vendor, change))


def test_mistrals_order_is_demanded_wherever_its_models_are_served() -> None:
    call = {"id": "abcdefghi", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    turns = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "abcdefghi", "content": "ok"},
        {"role": "user", "content": "and now?"},
    ]
    for model, refused in (("mistralai/devstral-2512", True), ("qwen/qwen3-32b", False)):
        body = json.dumps({"model": model, "messages": turns}).encode()
        assert bool(check("openrouter", "/v1/chat/completions", body)) is refused
