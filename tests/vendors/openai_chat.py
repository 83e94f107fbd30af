"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat/create"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from tests.vendors import openai_models as models
from tests.vendors.rule import Json, Rule, Sent, break_rules
from tests.vendors.shape import misfits

_API = "https://platform.openai.com/docs/api-reference/chat/create"
_IDS = "https://community.openai.com/t/error-string-too-long-expected-a-string-with-maximum-length-40/1112334"


def calls(sent: Sent) -> Iterator[Json]:
    """Every call in the history."""
    for message in sent.body["messages"]:
        yield from message.get("tool_calls") or ()


def unpaired(sent: Sent) -> Iterator[str]:
    """Each call is answered by a tool message directly after it, and each of those answers a call."""
    open_ids: set[str] = set()
    known: set[str] = set()
    for place, message in enumerate(sent.body["messages"]):
        if message["role"] == "tool":
            if message["tool_call_id"] not in known:
                yield f"messages[{place}]: 'tool' must be a response to a preceding message with 'tool_calls'"
            open_ids.discard(message["tool_call_id"])
            continue
        if open_ids:
            yield f"messages[{place}]: these calls had no response messages: {sorted(open_ids)}"
        known = open_ids = set()
        if message.get("tool_calls"):
            known = {call["id"] for call in message["tool_calls"]}
            open_ids = set(known)
    if open_ids:
        yield f"these calls had no response messages: {sorted(open_ids)}"


def repeated_ids(sent: Sent) -> Iterator[str]:
    ids = [call["id"] for call in calls(sent)]
    yield from (f"the call id {one!r} is used twice" for one in sorted({one for one in ids if ids.count(one) > 1}))


def _long_ids(sent: Sent) -> Iterator[str]:
    yield from (f"the call id {call['id']!r} is longer than 40" for call in calls(sent) if len(call["id"]) > 40)


def names(sent: Sent) -> Iterator[str]:
    """Names that do not match."""
    for tool in sent.body.get("tools") or ():
        yield from models.break_name((tool.get("function") or tool.get("custom") or {}).get("name"))
    for call in calls(sent):
        yield from models.break_name((call.get("function") or call.get("custom") or {}).get("name"))
    wanted = (sent.body.get("response_format") or {}).get("json_schema")
    if wanted:
        yield from models.break_name(wanted.get("name"))


def _limit(sent: Sent) -> Iterator[str]:
    if models.reasons(sent.model) and "max_tokens" in sent.body:
        yield "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."


def _sampling(sent: Sent) -> Iterator[str]:
    yield from models.break_sampling(sent.model, sent.body, *models.SAMPLING, "stop")
    if not models.reasons(sent.model) and sent.body.get("reasoning_effort"):
        yield f"Unrecognized request argument supplied: reasoning_effort, by {sent.model}"


def _strict(sent: Sent) -> Iterator[str]:
    wanted = (sent.body.get("response_format") or {}).get("json_schema") or {}
    if wanted.get("strict"):
        yield from models.break_strict(wanted.get("schema"))
    for tool in sent.body.get("tools") or ():
        function = tool.get("function") or {}
        if function.get("strict"):
            yield from models.break_strict(function.get("parameters"), function["name"])


def empty_lists(sent: Sent) -> Iterator[str]:
    """Lists that must hold something."""
    if not sent.body["messages"]:
        yield "[] is too short - 'messages'"
    if sent.body.get("tools") == []:
        yield "[] is too short - 'tools'"
    for place, message in enumerate(sent.body["messages"]):
        if message.get("tool_calls") == []:
            yield f"[] is too short - 'messages.{place}.tool_calls'"
        if message.get("content") == []:
            yield f"messages[{place}].content: expected an array with minimum length 1"


def _no_content(sent: Sent) -> Iterator[str]:
    for place, message in enumerate(sent.body["messages"]):
        said = [message.get(name) for name in ("content", "tool_calls", "function_call", "refusal", "audio")]
        if all(one is None for one in said):
            yield f"Invalid value for 'content' of messages[{place}]: expected a string, got null"


def _only_with(sent: Sent) -> Iterator[str]:
    body = sent.body
    for name in ("tool_choice", "parallel_tool_calls"):
        if name in body and not body.get("tools"):
            yield f"'{name}' is only allowed when 'tools' are specified"
    if body.get("stream_options") is not None and not body.get("stream"):
        yield "The 'stream_options' parameter is only allowed when 'stream' is enabled"
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        yield "'top_logprobs' needs 'logprobs'"


def _stops(sent: Sent) -> Iterator[str]:
    if isinstance(sent.body.get("stop"), list) and not 1 <= len(sent.body["stop"]) <= 4:
        yield "stop: between 1 and 4 texts"


def json_named(sent: Sent) -> Iterator[str]:
    """A wish for JSON that no message names."""
    said = json.dumps(sent.body["messages"]).lower()
    if (sent.body.get("response_format") or {}).get("type") == "json_object" and "json" not in said:
        yield "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'"


def _arguments(sent: Sent) -> Iterator[str]:
    for call in calls(sent):
        try:
            json.loads((call.get("function") or {"arguments": "{}"})["arguments"])
        except ValueError:
            yield f"the arguments of {call['id']} are no JSON"


COMPATIBLE = (
    Rule("calls and results come in pairs", models.FUNCTIONS, unpaired),
    Rule("ids of calls are unique", models.FUNCTIONS, repeated_ids),
)
"""What every server of this wire demands."""

RULES = (
    *COMPATIBLE,
    Rule("ids of calls are short", _IDS, _long_ids),
    Rule("names match", _API, names),
    Rule("the limit of tokens of reasoning models", models.REASONING, _limit),
    Rule("sampling that the model knows", models.REASONING, _sampling),
    Rule("strict schemas", models.STRICT, _strict),
    Rule("lists are not empty", _API, empty_lists),
    Rule("messages have content", _API, _no_content),
    Rule("fields that need another", _API, _only_with),
    Rule("stop texts", _API, _stops),
    Rule("JSON mode is named", "https://platform.openai.com/docs/guides/structured-outputs#json-mode", json_named),
    Rule("arguments are JSON", models.FUNCTIONS, _arguments),
)


# Not among the types, but sent by OpenAI's own SDKs: what its streaming helper has put together keeps the index of a
# call, and the former function message became a tool message with its name.
_TOLERATED = re.compile(r"messages\[\d+\]\.(tool_calls\[\d+\]\.index|name) is not permitted$")


def check(sent: Sent) -> list[str]:
    """What OpenAI would refuse."""
    body = {name: value for name, value in sent.body.items() if name not in ("stream", "model")}
    wrong = misfits({**body, "model": sent.model}, CompletionCreateParamsBase)
    return [one for one in wrong if not _TOLERATED.search(one)] or break_rules(RULES, sent)


def check_compatible(sent: Sent) -> list[str]:
    """What any server of this wire would refuse."""
    return break_rules(COMPATIBLE, sent)
