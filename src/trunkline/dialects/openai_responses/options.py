"""How to think and in which form to answer: ``reasoning`` and ``text``.

https://platform.openai.com/docs/api-reference/responses/create
"""

from __future__ import annotations

from typing import Final, cast, get_args

from trunkline.core.chat import Effort, JsonValue, ReasoningOptions, ResponseFormat
from trunkline.dialects.fields import Fields

ENCRYPTED: Final = "reasoning.encrypted_content"
"""What ``include`` says to get sealed thoughts, which a caller needs to carry them on to the next turn by itself."""

_EFFORTS: Final = frozenset(get_args(Effort))


def read_reasoning(fields: Fields) -> tuple[ReasoningOptions | None, dict[str, JsonValue]]:
    """The options, and the rest of the object. ``generate_summary`` is an older name of ``summary``."""
    wire = fields.object("reasoning")
    if wire is None:
        return None, {}
    effort = wire.text("effort")
    if effort is not None and effort not in _EFFORTS:
        raise wire.wrong("effort", "must be none, minimal, low, medium, high, xhigh or max")
    options = ReasoningOptions(
        effort=cast("Effort | None", effort), summary=wire.text("summary") or wire.text("generate_summary")
    )
    rest = {name: value for name, value in wire.values.items() if name not in {"effort", "summary", "generate_summary"}}
    return (None if options == ReasoningOptions() else options), rest


def write_reasoning(wanted: ReasoningOptions, dropped: set[str]) -> dict[str, JsonValue]:
    """The object, which may be empty. A budget is told as the effort that comes nearest to it."""
    effort = "none" if wanted.enabled is False else wanted.effort
    if wanted.budget_tokens is not None:
        dropped.add("reasoning.budget_tokens")
        effort = effort or _effort_for(wanted.budget_tokens)
    if wanted.enabled and effort is None:
        effort = "medium"
    summary = wanted.summary
    if wanted.include is not None:
        if summary is None and wanted.include and effort != "none":
            summary = "auto"
        elif summary is not None and not wanted.include:
            summary = None
    wire: dict[str, JsonValue] = {}
    if effort is not None:
        wire["effort"] = effort
    if summary is not None:
        wire["summary"] = summary
    return wire


def thinks(wanted: ReasoningOptions | None) -> bool:
    """Whether thoughts are asked for: then they are asked for sealed too, as every other wire gives them back."""
    return (
        wanted is not None
        and wanted.enabled is not False
        and wanted.effort != "none"
        and wanted != ReasoningOptions()
        and wanted.budget_tokens != 0
    )


def read_format(fields: Fields) -> tuple[ResponseFormat | None, dict[str, JsonValue]]:
    """The form of the answer, and the rest of ``text`` (``verbosity``)."""
    outer = fields.object("text")
    if outer is None:
        return None, {}
    rest = {name: value for name, value in outer.values.items() if name != "format"}
    wire = outer.object("format")
    if wire is None:
        return None, rest
    match wire.needed("type"):
        case "text":
            return ResponseFormat("text"), rest
        case "json_object":
            return ResponseFormat("json"), rest
        case "json_schema":
            schema = wire.object("schema")
            if schema is None:
                raise wire.wrong("schema", "is required, as a JSON Schema object")
            return (
                ResponseFormat(
                    "json_schema",
                    wire.needed("name"),
                    wire.text("description"),
                    schema.values,
                    wire.flag("strict"),
                ),
                rest,
            )
        case _:
            raise wire.wrong("type", "must be text, json_object or json_schema")


def write_format(wanted: ResponseFormat) -> JsonValue:
    """The ``text.format`` object. Name and schema are always there, as the wire demands."""
    if wanted.kind != "json_schema":
        return {"type": "json_object" if wanted.kind == "json" else "text"}
    wire: dict[str, JsonValue] = {
        "type": "json_schema",
        "name": wanted.name or "response",
        "schema": {} if wanted.schema is None else wanted.schema,
    }
    if wanted.description is not None:
        wire["description"] = wanted.description
    if wanted.strict is not None:
        wire["strict"] = wanted.strict
    return wire


def _effort_for(budget: int) -> Effort:
    """The effort that comes nearest to a budget of thinking tokens (ours; no vendor publishes the relation)."""
    if budget <= 0:
        return "none"
    return "low" if budget <= 2_048 else "medium" if budget <= 8_192 else "high"
