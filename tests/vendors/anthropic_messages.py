"""Anthropic's messages: https://platform.claude.com/docs/en/api/messages"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anthropic.types.beta.message_create_params import MessageCreateParamsBase

from tests.vendors import claude
from tests.vendors.rule import Json, Rule, Sent, break_rules
from tests.vendors.shape import misfits

_API = "https://platform.claude.com/docs/en/api/messages"
_RESULTS = "https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls"
_BLANK_REPORT = "https://github.com/anthropics/claude-code/issues/23440"
_ID_REPORT = "https://github.com/maximhq/bifrost/issues/5097"
_TWICE_REPORT = "https://github.com/anthropics/claude-code/issues/20901"
_NAME_REPORT = "https://github.com/microsoft/wassette/issues/56"
_NAMES_REPORT = "https://github.com/eclipse-theia/theia/issues/16122"
_CACHE = "https://platform.claude.com/docs/en/build-with-claude/prompt-caching"
_PREFILL = "https://platform.claude.com/docs/en/build-with-claude/prompt-engineering/prefill-claudes-response"

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_ID = re.compile(r"[a-zA-Z0-9_-]+")


def blocks(content: str | list[Json] | None) -> list[Json]:
    """Content as blocks, however it is written."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


def _all_blocks(sent: Sent) -> Iterator[tuple[str, Json]]:
    for place, message in enumerate(sent.body["messages"]):
        for at, block in enumerate(blocks(message["content"])):
            yield f"messages.{place}.content.{at}", block
            if block["type"] == "tool_result":
                yield from ((f"messages.{place}.content.{at}.content", inner) for inner in blocks(block.get("content")))


def _blank_text(sent: Sent) -> Iterator[str]:
    for where, block in _all_blocks(sent):
        if block["type"] == "text" and not block["text"].strip():
            yield f"{where}: text content blocks must contain non-whitespace text"
    for place, block in enumerate(blocks(sent.body.get("system"))):
        if not block["text"].strip():
            yield f"system.{place}: text content blocks must contain non-whitespace text"


def _empty_message(sent: Sent) -> Iterator[str]:
    messages = sent.body["messages"]
    if not messages:
        yield "messages: at least one message is required"
    for place, message in enumerate(messages):
        last = place == len(messages) - 1 and message["role"] == "assistant"
        if not message["content"] and not last:
            yield f"messages.{place}: all messages must have non-empty content"


def _first_role(sent: Sent) -> Iterator[str]:
    messages = sent.body["messages"]
    if messages and messages[0]["role"] != "user":
        yield f'first message must use the "user" role, not {messages[0]["role"]!r}'


def _trailing_space(sent: Sent) -> Iterator[str]:
    last = (sent.body["messages"] or [{"role": "", "content": []}])[-1]
    texts = list(blocks(last["content"]))[-1:]
    if last["role"] == "assistant" and texts and texts[0].get("text", "").rstrip() != texts[0].get("text", ""):
        yield "final assistant content cannot end with trailing whitespace"


def _prefill(sent: Sent) -> Iterator[str]:
    messages = sent.body["messages"]
    if messages and messages[-1]["role"] == "assistant" and not claude.takes_prefill(sent.model):
        yield f"{sent.model} takes no prefill: the conversation must end with a user message"


def _call_ids(sent: Sent) -> Iterator[str]:
    ids = [block["id"] for _, block in _all_blocks(sent) if block["type"] == "tool_use"]
    ids += [block["tool_use_id"] for _, block in _all_blocks(sent) if block["type"] == "tool_result"]
    yield from (f"the id {one!r} does not match ^[a-zA-Z0-9_-]+$" for one in ids if not _ID.fullmatch(one))


def _unique_ids(sent: Sent) -> Iterator[str]:
    for kind, name in (("tool_use", "id"), ("tool_result", "tool_use_id")):
        ids = [block[name] for _, block in _all_blocks(sent) if block["type"] == kind]
        yield from (f"`{kind}` ids must be unique: {one!r}" for one in sorted({x for x in ids if ids.count(x) > 1}))


def _merged(messages: list[Json]) -> list[tuple[str, list[Json]]]:
    """Turns: messages of one role in a row are one."""
    turns: list[tuple[str, list[Json]]] = []
    for message in messages:
        if turns and turns[-1][0] == message["role"]:
            turns[-1][1].extend(blocks(message["content"]))
        else:
            turns.append((message["role"], list(blocks(message["content"]))))
    return turns


def _pairs(sent: Sent) -> Iterator[str]:
    turns = [turn for turn in _merged(sent.body["messages"]) if turn[0] != "system"]
    for place, (role, content) in enumerate(turns):
        if role == "user":
            called = {b["id"] for b in turns[place - 1][1] if b["type"] == "tool_use"} if place else set()
            given = {b["tool_use_id"] for b in content if b["type"] == "tool_result"}
            if given - called:
                yield f"`tool_result` without its `tool_use` in the message before: {sorted(given - called)}"
            if called - given:
                yield f"`tool_use` ids without `tool_result` blocks immediately after: {sorted(called - given)}"
            kinds = [block["type"] == "tool_result" for block in content]
            if kinds != sorted(kinds, reverse=True) and given:
                yield "tool_result blocks come first in a message"
        elif place == len(turns) - 1 and any(block["type"] == "tool_use" for block in content):
            yield "`tool_use` at the end without `tool_result`"


def _names(sent: Sent) -> Iterator[str]:
    names = [tool["name"] for tool in sent.body.get("tools") or () if tool.get("name")]
    names += [block["name"] for _, block in _all_blocks(sent) if block["type"] == "tool_use"]
    yield from (f"the tool name {name!r} does not match" for name in names if not _NAME.fullmatch(name))


def _unique_names(sent: Sent) -> Iterator[str]:
    names = [tool["name"] for tool in sent.body.get("tools") or () if tool.get("name")]
    if len(names) != len(set(names)):
        yield f"tools: Tool names must be unique: {names}"


def _choice_needs_tools(sent: Sent) -> Iterator[str]:
    if sent.body.get("tool_choice") and not sent.body.get("tools"):
        yield "tool_choice may only be specified while providing tools"


def thinks(sent: Sent) -> bool:
    """Whether the request switches thinking on."""
    return (sent.body.get("thinking") or {}).get("type") in ("enabled", "adaptive")


def _thinking(sent: Sent) -> Iterator[str]:
    yield from claude.break_thinking(sent.model, sent.body.get("thinking"), sent.body["max_tokens"])


def _thinking_forced(sent: Sent) -> Iterator[str]:
    if thinks(sent) and (sent.body.get("tool_choice") or {}).get("type") in ("any", "tool"):
        yield "Thinking may not be enabled when tool_choice forces tool use"


def _thinking_first(sent: Sent) -> Iterator[str]:
    """In manual mode the turn that is being continued begins with its thoughts."""
    turns = _merged(sent.body["messages"])
    if (sent.body.get("thinking") or {}).get("type") != "enabled" or len(turns) < 2:
        return
    (_, before), (_, after) = turns[-2:]
    if any(block["type"] == "tool_result" for block in after) and "thinking" not in before[0]["type"]:
        yield f"Expected `thinking` or `redacted_thinking`, but found `{before[0]['type']}`"


def _thinking_sampling(sent: Sent) -> Iterator[str]:
    body = sent.body
    if not thinks(sent):
        return
    if body.get("temperature", 1) != 1:
        yield "`temperature` may only be set to 1 when thinking is enabled"
    if "top_k" in body:
        yield "`top_k` must be unset when thinking is enabled"
    if body.get("top_p", 1) < 0.95:
        yield "`top_p` must be at least 0.95 when thinking is enabled"


def _sampling(sent: Sent) -> Iterator[str]:
    said = [name for name in ("temperature", "top_p", "top_k") if sent.body.get(name) is not None]
    if said and not claude.knows_sampling(sent.model):
        yield f"{sent.model} takes no {', '.join(said)}"
    if {"temperature", "top_p"} <= set(said) and claude.takes_one_sampler(sent.model):
        yield "`temperature` and `top_p` cannot both be specified for this model"


def _ranges(sent: Sent) -> Iterator[str]:
    for name, most in (("temperature", 1), ("top_p", 1)):
        if not 0 <= (sent.body.get(name) or 0) <= most:
            yield f"{name}: {sent.body[name]} is out of range"
    if sent.body["max_tokens"] < 1:
        yield "max_tokens: must be at least 1"
    if any(not text.strip() for text in sent.body.get("stop_sequences") or ()):
        yield "stop_sequences: each stop sequence must contain non-whitespace"


def _schema(sent: Sent) -> Iterator[str]:
    wanted = (sent.body.get("output_config") or {}).get("format") or sent.body.get("output_format")
    if wanted:
        yield from claude.break_schema(wanted["schema"])
    for tool in sent.body.get("tools") or ():
        if tool.get("strict"):
            yield from claude.break_schema(tool["input_schema"], f"tools.{tool['name']}")


def _tool_schema(sent: Sent) -> Iterator[str]:
    for tool in sent.body.get("tools") or ():
        if "input_schema" in tool and tool["input_schema"].get("type") != "object":
            yield f"tools.{tool['name']}.input_schema.type: Input should be 'object'"


def _cache(sent: Sent) -> Iterator[str]:
    marked = [block for block in blocks(sent.body.get("system")) if block.get("cache_control")]
    marked += [block for _, block in _all_blocks(sent) if block.get("cache_control")]
    marked += [tool for tool in sent.body.get("tools") or () if tool.get("cache_control")]
    if len(marked) > 4:
        yield f"A maximum of 4 blocks with cache_control may be provided, found {len(marked)}"
    if any("thinking" in block.get("type", "") for block in marked):
        yield "cache_control cannot be set for thinking blocks"


RULES = (
    Rule("text holds more than white space", _BLANK_REPORT, _blank_text),
    Rule("messages have content", _API, _empty_message),
    Rule("a user begins", _API, _first_role),
    Rule("no white space ends a prefill", _PREFILL, _trailing_space),
    Rule("no prefill from 4.6 on", claude.MIGRATION, _prefill),
    Rule("ids of calls match", _ID_REPORT, _call_ids),
    Rule("ids of calls are unique", _TWICE_REPORT, _unique_ids),
    Rule("calls and results come in pairs", _RESULTS, _pairs),
    Rule("names of tools match", _NAME_REPORT, _names),
    Rule("names of tools are unique", _NAMES_REPORT, _unique_names),
    Rule("a tool is chosen among tools", _API, _choice_needs_tools),
    Rule("thinking in a form that the model knows", claude.MIGRATION, _thinking),
    Rule("no thinking with a forced tool", claude.THINKING, _thinking_forced),
    Rule("a turn with calls begins with its thoughts", claude.THINKING, _thinking_first),
    Rule("sampling beside thinking", claude.THINKING, _thinking_sampling),
    Rule("sampling that the model knows", claude.MIGRATION, _sampling),
    Rule("ranges", _API, _ranges),
    Rule("schemas are closed and plain", claude.SCHEMAS, _schema),
    Rule("parameters of a tool are an object", _API, _tool_schema),
    Rule("cache marks", _CACHE, _cache),
)

# Besides the SDK's types: sampling is for models before Opus 4.7 and left them with that.
_BESIDE = {"stream", "model", "output_format", "temperature", "top_p", "top_k"}


def check(sent: Sent) -> list[str]:
    """What Anthropic would refuse."""
    body = {name: value for name, value in sent.body.items() if name not in _BESIDE}
    wrong = misfits({**body, "model": sent.model}, MessageCreateParamsBase)
    return wrong or break_rules(RULES, sent)
