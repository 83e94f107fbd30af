"""How much to think, and in which form to answer.

A budget and switching on or off are Anthropic's ``thinking``, one of the fields that go to the model as they are
(https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html); effort and the form are
the service's own ``outputConfig``
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html). Which model takes which is a
matter of the provider's table.
"""

from __future__ import annotations

from typing import Final, cast, get_args

import msgspec

from trunkline.core.chat import Effort, JsonObject, ReasoningOptions, ResponseFormat
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.bedrock_converse.field import integer, mapping, required, text
from trunkline.dialects.field_reader import join, optional
from trunkline.dialects.raw_json import BROKEN_JSON

MINIMUM_BUDGET: Final = 1024
"""The vendor takes no smaller budget."""

EFFORTS: Final = tuple(effort for effort in get_args(Effort) if effort not in {"none", "minimal"})

FORMAT: Final = "outputConfig.textFormat"


def read_reasoning(more: JsonObject, config: JsonObject) -> ReasoningOptions | None:
    """Takes what it understands out of both ``additionalModelRequestFields`` and ``outputConfig``."""
    effort: Effort | None = None
    if config.get("effort") in EFFORTS:
        effort = cast("Effort", config.pop("effort"))
    path = "additionalModelRequestFields.thinking"
    thinking = more.get("thinking")
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if not isinstance(thinking, dict) or kind not in ("enabled", "adaptive", "disabled"):
        return None if effort is None else ReasoningOptions(effort=effort, effort_of_answer=True)
    del more["thinking"]
    if kind == "disabled":
        return ReasoningOptions(enabled=False, effort=effort)
    display = optional(thinking, "display", path, text)
    return ReasoningOptions(
        enabled=True,
        effort=effort,
        budget_tokens=required(thinking, "budget_tokens", path, integer) if kind == "enabled" else None,
        include=None if display is None else display != "omitted",
    )


def write_thinking(reasoning: ReasoningOptions, limit: int | None, dropped: set[str]) -> JsonObject | None:
    """The ``thinking`` object; None when nothing is said. ``limit`` is the caller's own, if any.

    A budget must leave room below the limit, and counts toward it: one above it is cut, and one below the minimum is
    raised; ``dropped`` tells of both.
    """
    budget = reasoning.budget_tokens
    if reasoning.enabled is False or reasoning.effort == "none" or budget == 0:
        thinking: JsonObject | None = {"type": reasoning.off or "disabled"}
    elif budget is not None and budget > 0:
        thinking = {"type": "enabled", "budget_tokens": _budget(budget, limit, dropped)}
    elif reasoning.enabled or budget is not None:
        thinking = {"type": "adaptive"}
    else:
        thinking = None
    if thinking is not None and thinking["type"] in ("enabled", "adaptive"):
        if reasoning.include is not None:
            thinking["display"] = "summarized" if reasoning.include else "omitted"
        elif reasoning.summary is not None:
            thinking["display"] = "summarized"
    else:
        dropped.update(f"reasoning.{name}" for name in ("include", "summary") if getattr(reasoning, name) is not None)
    return thinking


def write_effort(effort: Effort | None) -> str | None:
    """The ``outputConfig.effort``."""
    if effort is None or effort == "none":
        return None
    return "low" if effort == "minimal" else effort


def read_format(config: JsonObject) -> ResponseFormat | None:
    """Takes ``textFormat`` out of ``outputConfig``."""
    source = optional(config, "textFormat", "outputConfig", mapping)
    config.pop("textFormat", None)
    if source is None:
        return None
    structure = required(source, "structure", FORMAT, mapping)
    wanted = required(structure, "jsonSchema", join(FORMAT, "structure"), mapping)
    path = f"{FORMAT}.structure.jsonSchema"
    try:
        schema = mapping(msgspec.json.decode(required(wanted, "schema", path, text)), join(path, "schema"))
    except BROKEN_JSON as error:
        raise InvalidInput.of(join(path, "schema"), "must be the text of a JSON Schema") from error
    return ResponseFormat(
        "json_schema",
        name=optional(wanted, "name", path, text),
        description=optional(wanted, "description", path, text),
        schema=schema,
    )


def write_format(wanted: ResponseFormat | None, dropped: set[str]) -> JsonObject | None:
    """The ``outputConfig.textFormat``; None for plain text.

    JSON without a schema has no word on this wire and is dropped: who asks for it must ask for JSON in the prompt too,
    and the prompt is sent as it is.
    """
    if wanted is None or wanted.kind == "text":
        return None
    if wanted.kind == "json" or wanted.schema is None:
        dropped.add("response_format")
        return None
    if wanted.strict is not None:
        dropped.add("response_format.strict")
    definition: JsonObject = {"schema": msgspec.json.encode(wanted.schema).decode()}
    if wanted.name is not None:
        definition["name"] = wanted.name
    if wanted.description is not None:
        definition["description"] = wanted.description
    return {"type": "json_schema", "structure": {"jsonSchema": definition}}


def _budget(budget: int, limit: int | None, dropped: set[str]) -> int:
    if budget < MINIMUM_BUDGET:
        dropped.add(f"reasoning.budget_tokens<{MINIMUM_BUDGET}")
        budget = MINIMUM_BUDGET
    if limit is not None and budget >= limit:
        if limit <= MINIMUM_BUDGET:
            raise Unsupported.of("max_tokens", f"Thinking needs more than {MINIMUM_BUDGET} tokens on this model.")
        dropped.add("reasoning.budget_tokens>max_tokens")
        budget = limit - 1
    return budget
