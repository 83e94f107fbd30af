"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses/create"""

from __future__ import annotations

from collections.abc import Iterator

from openai.types.responses.response_create_params import ResponseCreateParamsBase

from tests.vendors import openai_models as models
from tests.vendors.rule import Json, Rule, Sent, break_rules
from tests.vendors.shape import misfits

_API = "https://platform.openai.com/docs/api-reference/responses/create"
_PREFIXES = {"message": "msg", "reasoning": "rs", "function_call": "fc", "custom_tool_call": "ctc"}


def items(sent: Sent) -> list[Json]:
    """The items of the input; a text is none."""
    given = sent.body.get("input")
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


def _pairs(sent: Sent) -> Iterator[str]:
    if sent.body.get("previous_response_id") or sent.body.get("conversation"):
        return
    for kind in ("function_call", "custom_tool_call"):
        called = {item["call_id"] for item in items(sent) if item.get("type") == kind}
        answered = {item["call_id"] for item in items(sent) if item.get("type") == f"{kind}_output"}
        yield from (f"No tool output found for function call {one}." for one in sorted(called - answered))
        yield from (f"No tool call found for function call output with call_id {one}." for one in answered - called)


def _ids(sent: Sent) -> Iterator[str]:
    for place, item in enumerate(items(sent)):
        prefix = _PREFIXES.get(item.get("type", "message"))
        if prefix and item.get("id") and not item["id"].startswith(prefix):
            yield f"Invalid 'input[{place}].id': '{item['id']}'. Expected an ID that begins with '{prefix}'."
        if len(item.get("id") or "") > 64 or len(item.get("call_id") or "") > 64:
            yield f"input[{place}]: an id is longer than 64"
    ids = [item["id"] for item in items(sent) if item.get("id")]
    yield from (f"Duplicate item found with id {one}." for one in sorted({one for one in ids if ids.count(one) > 1}))


def _followed(sent: Sent) -> Iterator[str]:
    found = items(sent)
    for place, item in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else {}
        if item.get("type") == "reasoning" and (after.get("role") == "user" or not after):
            yield f"Item '{item.get('id')}' of type 'reasoning' was provided without its required following item."


def _names(sent: Sent) -> Iterator[str]:
    for tool in sent.body.get("tools") or ():
        if tool["type"] in ("function", "custom"):
            yield from models.break_name(tool.get("name"))
    for item in items(sent):
        if item.get("type") == "function_call":
            yield from models.break_name(item.get("name"))
    wanted = (sent.body.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_schema":
        yield from models.break_name(wanted.get("name"))


def _limit(sent: Sent) -> Iterator[str]:
    limit = sent.body.get("max_output_tokens")
    if limit is not None and limit < 16:
        yield f"'max_output_tokens': expected a value >= 16, got {limit}"


def _sampling(sent: Sent) -> Iterator[str]:
    yield from models.break_sampling(sent.model, sent.body, "temperature", "top_p", "top_logprobs")
    reasoning = sent.body.get("reasoning") or {}
    if any(value is not None for value in reasoning.values()) and not models.reasons(sent.model):
        yield f"Unsupported parameter: 'reasoning' is not supported with {sent.model}"


def _strict(sent: Sent) -> Iterator[str]:
    wanted = (sent.body.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_schema" and wanted.get("strict"):
        yield from models.break_strict(wanted.get("schema"))
    for tool in sent.body.get("tools") or ():
        if tool["type"] == "function" and tool.get("strict"):
            yield from models.break_strict(tool.get("parameters"), tool["name"])


def _empty(sent: Sent) -> Iterator[str]:
    stored = any(sent.body.get(name) for name in ("previous_response_id", "conversation", "prompt", "instructions"))
    if not sent.body.get("input") and not stored:
        yield "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided."


RULES = (
    Rule("calls and results come in pairs", models.FUNCTIONS, _pairs),
    Rule("ids say of what they are", _API, _ids),
    Rule("an item follows its reasoning", models.REASONING, _followed),
    Rule("names match", _API, _names),
    Rule("the least limit of tokens", _API, _limit),
    Rule("sampling that the model knows", models.REASONING, _sampling),
    Rule("strict schemas", models.STRICT, _strict),
    Rule("something is asked", _API, _empty),
)


def _as_typed(item: Json) -> Json:
    """What the API takes of an assistant's message beside its type: with ``output_text`` alone, without id, status and
    annotations. So OpenAI's own Codex sends it (https://github.com/openai/codex, ``protocol/src/models.rs``), and
    https://platform.openai.com/docs/guides/conversation-state#manually-manage-conversation-state."""
    if item.get("role") != "assistant" or not isinstance(item.get("content"), list):
        return item
    parts = [
        {"annotations": [], **part} if isinstance(part, dict) and part.get("type") == "output_text" else part
        for part in item["content"]
    ]
    return {"type": "message", "id": "msg_1", "status": "completed", **item, "content": parts}


def check(sent: Sent) -> list[str]:
    """What OpenAI would refuse."""
    body = {name: value for name, value in sent.body.items() if name != "stream"}
    if isinstance(body.get("input"), list):
        body["input"] = [_as_typed(item) for item in body["input"]]
    wrong = misfits(body, ResponseCreateParamsBase)
    # The type demands the detail of a picture; the documentation of the same field has a default.
    return [one for one in wrong if not one.endswith(".detail is missing")] or break_rules(RULES, sent)
