"""Gemini's generateContent: https://ai.google.dev/api/generate-content"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pydantic
from google.genai import types

from tests.vendors.rule import Json, Rule, Sent, break_rules

_API = "https://ai.google.dev/api/generate-content"
_CALLS = "https://ai.google.dev/gemini-api/docs/function-calling"
_THINKING = "https://ai.google.dev/gemini-api/docs/thinking"
_SIGNATURES = "https://ai.google.dev/gemini-api/docs/thought-signatures"
_DECLARATION = "https://ai.google.dev/api/caching#FunctionDeclaration"

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")
_DATA = ("text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult")


@cache
def _model() -> type[pydantic.BaseModel]:
    """The request as the SDK's models have it."""
    fields: dict[str, Any] = {
        "contents": (list[types.Content], ...),
        "systemInstruction": (types.Content | None, None),
        "tools": (list[types.Tool] | None, None),
        "toolConfig": (types.ToolConfig | None, None),
        "safetySettings": (list[types.SafetySetting] | None, None),
        "generationConfig": (types.GenerationConfig | None, None),
        "cachedContent": (str | None, None),
        "labels": (dict[str, str] | None, None),
        "serviceTier": (str | None, None),
        "store": (bool | None, None),
    }
    return pydantic.create_model("Request", __config__=pydantic.ConfigDict(extra="forbid"), **fields)


def _misfits(body: Json) -> list[str]:
    # The wire has these two here, the SDK in its own configuration of a call.
    config = dict(body.get("generationConfig") or {})
    schema = config.pop("responseJsonSchema", None)
    image = config.pop("imageConfig", None)
    plain = {**body, "generationConfig": config}
    try:
        _model().model_validate_json(json.dumps(plain))
        types.ImageConfig.model_validate(image or {})
    except pydantic.ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return [] if schema is None or isinstance(schema, dict) else ["responseJsonSchema is no object"]


def _major(model: str) -> float:
    found = re.search(r"gemini-(\d+(?:\.\d+)?)", model)
    return float(found[1]) if found else 3.0 if "latest" in model else 0.0


def _parts(sent: Sent) -> Iterator[tuple[str, Json]]:
    for place, content in enumerate(sent.body["contents"]):
        for at, part in enumerate(content.get("parts") or ()):
            yield f"contents[{place}].parts[{at}]", part


def _contents(sent: Sent) -> Iterator[str]:
    if not sent.body["contents"]:
        yield "contents is not specified"
    for place, content in enumerate(sent.body["contents"]):
        if content.get("role") not in (None, "user", "model", "function"):
            yield f"Please use a valid role: user, model; contents[{place}] has {content.get('role')!r}"
        if not content.get("parts"):
            yield f"contents[{place}].parts must not be empty"
    if "systemInstruction" in sent.body and not sent.body["systemInstruction"].get("parts"):
        yield "systemInstruction.parts must not be empty"


def _data(sent: Sent) -> Iterator[str]:
    for where, part in _parts(sent):
        if sum(name in part for name in _DATA) != 1 and "thoughtSignature" not in part:
            yield f"{where}.data: required oneof field 'data' must have one initialized field"


def _single(sent: Sent) -> Iterator[str]:
    contents = sent.body["contents"]
    if len(contents) == 1 and contents[0].get("role") == "model":
        yield "Please ensure that single turn requests end with a user role"


def _turns(sent: Sent) -> list[tuple[str, list[Json]]]:
    turns: list[tuple[str, list[Json]]] = []
    for content in sent.body["contents"]:
        role = "model" if content.get("role") == "model" else "user"
        if turns and turns[-1][0] == role:
            turns[-1][1].extend(content.get("parts") or ())
        else:
            turns.append((role, list(content.get("parts") or ())))
    return turns


def _count(parts: list[Json], name: str) -> int:
    return sum(name in part for part in parts)


def _pairs(sent: Sent) -> Iterator[str]:
    turns = _turns(sent)
    for place, (role, parts) in enumerate(turns):
        before = turns[place - 1][1] if place else []
        if role == "model" and _count(parts, "functionCall") and not place:
            yield "a function call turn comes immediately after a user turn or after a function response turn"
        if role == "user":
            called, answered = _count(before, "functionCall"), _count(parts, "functionResponse")
            if called != answered:
                yield f"{answered} function response parts for {called} function call parts"
            names = [part["functionCall"]["name"] for part in before if "functionCall" in part]
            named = [part["functionResponse"]["name"] for part in parts if "functionResponse" in part]
            if sorted(names) != sorted(named):
                yield f"function_response.name {named} is not of the calls {names}"


def _names(sent: Sent) -> Iterator[str]:
    names = [part["functionCall"]["name"] for _, part in _parts(sent) if "functionCall" in part]
    names += [one["name"] for one in _declared(sent)]
    yield from (f"Invalid function name {name!r}" for name in names if not _NAME.fullmatch(name))


def _declared(sent: Sent) -> list[Json]:
    return [one for tool in sent.body.get("tools") or () for one in tool.get("functionDeclarations") or ()]


def _signatures(sent: Sent) -> Iterator[str]:
    """Each step of the current turn: what follows the last content that a person wrote."""
    if _major(sent.model) < 3:
        return
    turns = _turns(sent)
    said = [place for place, (role, parts) in enumerate(turns) if role == "user" and any("text" in p for p in parts)]
    for role, parts in turns[(said or [0])[-1] :]:
        calls = [part for part in parts if "functionCall" in part]
        if role == "model" and calls and "thoughtSignature" not in calls[0]:
            yield f"Function call {calls[0]['functionCall']['name']} is missing a thought_signature"


def _thinking(sent: Sent) -> Iterator[str]:
    thinking = (sent.body.get("generationConfig") or {}).get("thinkingConfig") or {}
    level, budget = thinking.get("thinkingLevel"), thinking.get("thinkingBudget")
    version = _major(sent.model)
    if level is not None and budget is not None:
        yield "You can only set only one of thinking budget and thinking level."
    if level is not None and version < 3:
        yield f"Thinking level is not supported for {sent.model}."
    if thinking and version < 2.5:
        yield f"Thinking is not enabled for {sent.model}"
    if level is not None and "pro" in sent.model and level.lower() == "minimal":
        yield f"Thinking level MINIMAL is not supported for {sent.model}"
    if budget is not None and budget != -1:
        least, most = (128, 32768) if "pro" in sent.model else (512, 24576) if "lite" in sent.model else (1, 24576)
        stops = budget == 0 and "pro" not in sent.model
        if not stops and not least <= budget <= most:
            yield f"The thinking budget {budget} is invalid. Please choose a value between {least} and {most}."


def _penalties(sent: Sent) -> Iterator[str]:
    config = sent.body.get("generationConfig") or {}
    if _major(sent.model) > 2.0 and ("presencePenalty" in config or "frequencyPenalty" in config):
        yield f"Penalty is not enabled for {sent.model}"


def _output(sent: Sent) -> Iterator[str]:
    config = sent.body.get("generationConfig") or {}
    schemas = [name for name in ("responseSchema", "responseJsonSchema") if name in config]
    if len(schemas) == 2:
        yield "only one of responseSchema and responseJsonSchema"
    if schemas and config.get("responseMimeType") not in ("application/json", "text/x.enum"):
        yield "a response schema needs responseMimeType application/json"
    if len(config.get("stopSequences") or ()) > 5:
        yield "stopSequences: at most 5"


def _form_or_tools(sent: Sent) -> Iterator[str]:
    kind = (sent.body.get("generationConfig") or {}).get("responseMimeType")
    if kind == "application/json" and _declared(sent) and _major(sent.model) < 3:
        yield "Function calling with a response mime type: 'application/json' is unsupported"


def _tooling(sent: Sent) -> Iterator[str]:
    calling = (sent.body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    allowed = calling.get("allowedFunctionNames")
    if allowed and calling.get("mode") not in ("ANY", "VALIDATED"):
        yield "allowed_function_names should only be set when the function calling mode is ANY"
    if set(allowed or ()) - {one["name"] for one in _declared(sent)}:
        yield f"allowed_function_names {allowed} are not all declared"
    declared = [one["name"] for one in _declared(sent)]
    if len(set(declared)) < len(declared):
        yield f"Duplicate function declaration found: {declared}"
    for one in _declared(sent):
        if "parameters" in one and "parametersJsonSchema" in one:
            yield f"{one['name']}: only one of parameters and parametersJsonSchema"


# The first is not in the list, but Vercel's AI SDK sends it to Google with each tool and schema.
_WORDS = {
    "$schema", "$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items",
    "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties",
    "additionalProperties", "required", "propertyOrdering",
}  # fmt: skip


def _break_schema(schema: Any, where: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    if unknown := sorted(schema.keys() - _WORDS):
        yield f"{where}: {', '.join(unknown)} is not supported"
    if "$ref" in schema and any(not key.startswith("$") for key in schema):
        yield f"{where}: no other properties may be set beside $ref"
    if any(isinstance(one, bool) or not isinstance(one, str | int | float) for one in schema.get("enum", ())):
        yield f"{where}.enum: strings and numbers only"
    for name in ("properties", "$defs"):
        for key, inner in schema.get(name, {}).items():
            yield from _break_schema(inner, f"{where}.{name}.{key}")
    for name in ("anyOf", "oneOf", "prefixItems"):
        for place, inner in enumerate(schema.get(name, ())):
            yield from _break_schema(inner, f"{where}.{name}[{place}]")
    for name in ("items", "additionalProperties"):
        yield from _break_schema(schema.get(name), f"{where}.{name}")


def _schemas(sent: Sent) -> Iterator[str]:
    yield from _break_schema((sent.body.get("generationConfig") or {}).get("responseJsonSchema"), "responseJsonSchema")
    for one in _declared(sent):
        schema = one.get("parametersJsonSchema")
        yield from _break_schema(schema, one["name"])
        if schema is not None and schema.get("type") != "object":
            yield f"{one['name']}: parameters must be of type object"


RULES = (
    Rule("contents say something", _API, _contents),
    Rule("a part has one datum", "https://ai.google.dev/api/caching#Part", _data),
    Rule("a single turn is the user's", _API, _single),
    Rule("calls and responses come in pairs", _CALLS, _pairs),
    Rule("names of functions match", _DECLARATION, _names),
    Rule("calls carry their signature", _SIGNATURES, _signatures),
    Rule("thinking in a form that the model knows", _THINKING, _thinking),
    Rule("no penalties after 2.0", _API, _penalties),
    Rule("one schema, of JSON", "https://ai.google.dev/gemini-api/docs/structured-output", _output),
    Rule(
        "no form of the answer beside tools before 3",
        "https://github.com/googleapis/python-genai/issues/867",
        _form_or_tools,
    ),
    Rule("functions that may be called", _CALLS, _tooling),
    Rule("schemas of the words that it knows", f"{_API}#FIELDS.response_json_schema", _schemas),
)


def check(sent: Sent) -> list[str]:
    """What Google would refuse."""
    return _misfits(sent.body) or break_rules(RULES, sent)
