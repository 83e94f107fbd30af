"""The form of an answer beside tools in a request that passes, where its provider refuses the two together."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, ResponseFormat, Tool
from trunkline.dialects.passthrough import Adapt
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON

FORM: Final = "response_format"
"""The field that asks for a form of the answer."""

_NONE: Final = b'"none"'


class _Schema(msgspec.Struct, frozen=True):
    schema: JsonObject | None = None


class _Format(msgspec.Struct, frozen=True):
    type: str = ""
    json_schema: _Schema | None = None


_format: Final = msgspec.json.Decoder(_Format)


def fit_format(fields: dict[str, msgspec.Raw], model: str, adapt: Adapt) -> str | None:
    """Takes the form out of ``fields`` where ``adapt`` does; the words in its place, which are none otherwise."""
    if FORM not in fields or not bytes(fields.get("tools", ABSENT)).startswith(b"[{"):
        return None
    if bytes(fields.get("tool_choice", ABSENT)) == _NONE:
        return None
    try:
        asked = _format.decode(fields[FORM])
    except BROKEN_JSON:
        return None
    if asked.type not in ("json_object", "json_schema"):
        return None
    schema = None if asked.json_schema is None else asked.json_schema.schema
    wanted = ResponseFormat("json" if schema is None else "json_schema", schema=schema)
    fitted, _ = adapt(ChatRequest(model=model, messages=(), tools=(Tool("f"),), response_format=wanted))
    if fitted.response_format is not None or not fitted.messages:
        return None
    del fields[FORM]
    return fitted.messages[0].text


def name_json(fields: dict[str, msgspec.Raw], model: str, adapt: Adapt) -> str | None:
    """What must be said besides where a JSON object is asked for and no message names JSON; None for nothing."""
    if b"json" in bytes(fields.get("messages", ABSENT)).lower():
        return None
    try:
        asked = _format.decode(fields[FORM])
    except BROKEN_JSON:
        return None
    if asked.type != "json_object":
        return None
    fitted, _ = adapt(ChatRequest(model=model, messages=(), response_format=ResponseFormat("json")))
    return fitted.messages[0].text if fitted.messages else None
