"""How much to think, and in which form to answer: ``thinking`` and ``output_config``.

https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking,
https://platform.claude.com/docs/en/build-with-claude/effort and
https://platform.claude.com/docs/en/build-with-claude/structured-outputs.

====================================  ==========================================================
neutral                               wire
====================================  ==========================================================
``enabled`` False, or effort "none"   ``thinking`` disabled
``budget_tokens``                     ``thinking`` enabled, with that budget (0: disabled, below 0: adaptive)
``enabled`` True, no budget           ``thinking`` adaptive
``effort`` "minimal", "low"           ``output_config.effort`` "low"
``effort`` "medium", "high", …        ``output_config.effort`` of the same name
``include``                           ``thinking.display`` summarized or omitted
====================================  ==========================================================

Effort alone sends no ``thinking``: whether a model then thinks is its own default. Models that know budgets only, or
adaptive thinking only, are a matter of the provider's table.
"""

from __future__ import annotations

from typing import Final, cast, get_args

from trunkline.core.chat import Effort, JsonObject, ReasoningOptions, ResponseFormat
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages.field import integer, mapping, required, text
from trunkline.dialects.field_reader import join, optional

MINIMUM_BUDGET: Final = 1024
"""The vendor takes no smaller budget."""

EFFORTS: Final = tuple(effort for effort in get_args(Effort) if effort not in {"none", "minimal"})


def read_thinking(source: JsonObject | None, config: JsonObject) -> tuple[ReasoningOptions | None, JsonObject | None]:
    """Reasoning from ``thinking`` and ``output_config``; and ``thinking`` back when it is of a kind unknown here."""
    effort = optional(config, "effort", "output_config", _effort)
    if source is None:
        return (None if effort is None else ReasoningOptions(effort=effort, effort_of_answer=True)), None
    kind = required(source, "type", "thinking", text)
    if kind == "disabled":
        return ReasoningOptions(enabled=False, effort=effort), None
    if kind not in {"enabled", "adaptive"}:
        return (None if effort is None else ReasoningOptions(effort=effort, effort_of_answer=True)), source
    display = optional(source, "display", "thinking", text)
    return ReasoningOptions(
        enabled=True,
        effort=effort,
        budget_tokens=required(source, "budget_tokens", "thinking", integer) if kind == "enabled" else None,
        include=None if display is None else display != "omitted",
    ), None


def write_thinking(reasoning: ReasoningOptions, limit: int | None, dropped: set[str]) -> JsonObject | None:
    """The ``thinking`` object; None when nothing is said. ``limit`` is the caller's own ``max_tokens``, if any.

    A budget must leave room below the limit, and counts toward it: so one above it is cut, and one below the vendor's
    minimum is raised; ``dropped`` tells of both.
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
        if reasoning.include is not None:
            dropped.add("reasoning.include")
        if reasoning.summary is not None:
            dropped.add("reasoning.summary")
    return thinking


def write_effort(effort: Effort | None) -> str | None:
    """The ``output_config.effort``."""
    if effort is None or effort == "none":
        return None
    return "low" if effort == "minimal" else effort


def read_format(source: JsonObject, path: str) -> ResponseFormat:
    """The ``output_config.format``, or the ``output_format`` that earlier clients send."""
    kind = required(source, "type", path, text)
    if kind != "json_schema":
        raise InvalidInput.of(join(path, "type"), "Input should be 'json_schema'")
    return ResponseFormat("json_schema", schema=required(source, "schema", path, mapping))


def write_format(wanted: ResponseFormat | None, dropped: set[str]) -> JsonObject | None:
    """The ``output_config.format``; None for plain text.

    JSON without a schema has no word on this wire and is dropped: who asks for it must ask for JSON in the prompt
    too, and the prompt is sent as it is.
    """
    if wanted is None or wanted.kind == "text":
        return None
    if wanted.kind == "json" or wanted.schema is None:
        dropped.add("response_format")
        return None
    if wanted.name is not None:
        dropped.add("response_format.name")
    if wanted.description is not None:
        dropped.add("response_format.description")
    return {"type": "json_schema", "schema": wanted.schema}


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


def _effort(value: object, path: str) -> Effort:
    if value not in EFFORTS:
        raise InvalidInput.of(path, f"Input should be one of {', '.join(EFFORTS)}")
    return cast("Effort", value)
