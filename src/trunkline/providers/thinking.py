"""Fits how much a call shall think to what its model takes.

What cannot stand together with the rest of the call gives way: vendors refuse the whole call for it. The names of what
gave way are told.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Effort, ReasoningOptions, ToolChoice
from trunkline.dialects.openai_chat.request import effort_for
from trunkline.providers.quirks import Quirk
from trunkline.providers.thinking_rules import ORDER, ThinkingRules, nearest
from trunkline.providers.tool_round import lacks_texts, lacks_thoughts

BUDGETS: Final[dict[Effort, int]] = {
    "none": 0,
    "minimal": 1024,
    "low": 2048,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 20_480,
    "max": 24_576,
}
"""Tokens of thinking that stand for an effort at models which know budgets. Gemini 2.5 Flash takes no more."""


def fit_thinking(request: ChatRequest, quirk: Quirk) -> tuple[ChatRequest, list[str]]:
    """``request`` with the thinking that its model takes beside the rest of it, and the names of what gave way."""
    before = request.reasoning
    lost: list[str] = []
    after = None if before is None else _fit(before, quirk, lost)
    changes: dict[str, object] = {}
    choice, rules = request.tool_choice, quirk.rules
    forced = choice is not None and choice.mode == "required"
    if choice is not None and forced and rules.no_forced_tool:
        # What is narrowed to the tools that were named can still call nothing else.
        changes["tool_choice"] = ToolChoice("auto", choice.names)
        lost.append("tool_choice")
        forced = False
    if choice is not None and forced and rules.no_named_tool and len(choice.names) == 1:
        # One of one is the one that was named.
        changes["tools"] = tuple(tool for tool in request.tools if tool.name in choice.names)
        changes["tool_choice"] = ToolChoice("required")
    if _is_refused(request, after, rules, forced=forced):
        after = _without(after or ReasoningOptions(), rules)
        lost.append("reasoning")
    if after != before:
        changes["reasoning"] = after
    return (msgspec.structs.replace(request, **changes) if changes else request), lost


def _is_refused(
    request: ChatRequest, reasoning: ReasoningOptions | None, rules: ThinkingRules, *, forced: bool
) -> bool:
    """Whether the model refuses to think about the rest of ``request``."""
    on = reasoning is not None and thinks(reasoning)
    if on and forced and rules.not_with_forced_tool:
        return True
    if rules.needs_texts:
        # It thinks unasked, unless it is told not to.
        silent = reasoning is None or not (reasoning.enabled is False or reasoning.effort == "none")
        return (on or (rules.always and silent)) and (forced or lacks_texts(request))
    budget = 0 if reasoning is None else reasoning.budget_tokens or 0
    return budget > 0 and rules.needs_thoughts and lacks_thoughts(request, rules.sealed)


def thinks(reasoning: ReasoningOptions) -> bool:
    """Whether thinking is switched on."""
    return bool(reasoning.enabled) or bool(reasoning.budget_tokens)


def _fit(reasoning: ReasoningOptions, quirk: Quirk, lost: list[str]) -> ReasoningOptions | None:
    rules = quirk.rules
    if not rules.asked:
        lost.extend(["reasoning"] if reasoning.effort is not None or thinks(reasoning) else [])
        return None
    if quirk.thinking == "none":
        lost.extend(["reasoning"] if reasoning.effort not in (None, "none") or thinks(reasoning) else [])
        return None
    if reasoning.enabled is False or reasoning.effort == "none" or reasoning.budget_tokens == 0:
        return _stop(reasoning, rules, lost)
    if quirk.thinking == "effort" and reasoning.effort is None:
        # What was not said cannot be lost: the level is not told beside the budget.
        worded = _in_words(reasoning, lost)
        return worded if worded.effort is None else _level(worded, worded.effort, rules, [])
    if reasoning.effort is not None:
        reasoning = _level(reasoning, reasoning.effort, rules, lost)
    return _show(_budget(reasoning, quirk, lost), quirk)


def _show(reasoning: ReasoningOptions, quirk: Quirk) -> ReasoningOptions:
    """Thinking that is there unasked, asked for where it is to be seen: Claude shows none by default.

    https://platform.claude.com/docs/en/build-with-claude/thinking (``display``)
    """
    wanted = reasoning.include or (reasoning.include is None and reasoning.summary is not None)
    silent = reasoning.enabled is None and reasoning.budget_tokens is None and not reasoning.effort_of_answer
    if wanted and silent and quirk.rules.always and quirk.thinking == "adaptive":
        return msgspec.structs.replace(reasoning, enabled=True)
    return reasoning


def _stop(reasoning: ReasoningOptions, rules: ThinkingRules, lost: list[str]) -> ReasoningOptions:
    """No thinking, or the least."""
    if rules.stops:
        effort = reasoning.effort
        if effort is not None and rules.off_limit is not None and ORDER.index(effort) > ORDER.index(rules.off_limit):
            effort = rules.off_limit
            lost.append("reasoning.effort")
        if effort == reasoning.effort and rules.off is None:
            return reasoning
        kept = None if effort == "none" else effort
        return ReasoningOptions(enabled=False, effort=kept, include=reasoning.include, off=rules.off)
    lost.append(
        "reasoning.effort"
        if reasoning.effort == "none"
        else "reasoning.enabled"
        if reasoning.enabled is False
        else "reasoning.budget_tokens"
    )
    least = msgspec.structs.replace(reasoning, enabled=None, effort=None, budget_tokens=None)
    if rules.budget is not None:
        return msgspec.structs.replace(least, budget_tokens=rules.budget[0])
    return msgspec.structs.replace(least, effort=rules.levels[0] if rules.levels else "low")


def _level(reasoning: ReasoningOptions, effort: Effort, rules: ThinkingRules, lost: list[str]) -> ReasoningOptions:
    """An effort as a level that the model has, and thinking switched on where the effort alone would not do that."""
    level = nearest(effort, rules.levels)
    # The least of what there is stands for "minimal", which few vendors have a word for.
    if effort not in (level, "minimal"):
        lost.append("reasoning.effort")
    if level is None:
        # There is no word for it, so it is left to the model.
        reasoning = msgspec.structs.replace(reasoning, effort=None, enabled=None)
    elif level != effort:
        reasoning = msgspec.structs.replace(reasoning, effort=level)
    silent = reasoning.enabled is None and reasoning.budget_tokens is None
    if rules.switched and silent and not reasoning.effort_of_answer:
        reasoning = msgspec.structs.replace(reasoning, enabled=True)
    return reasoning


def _in_words(reasoning: ReasoningOptions, lost: list[str]) -> ReasoningOptions:
    """A budget, or thinking that is only switched on, as the effort that it comes nearest to."""
    budget = reasoning.budget_tokens
    if budget is not None and budget > 0:
        lost.append("reasoning.budget_tokens")
        return msgspec.structs.replace(reasoning, effort=effort_for(budget), enabled=None, budget_tokens=None)
    return msgspec.structs.replace(reasoning, effort="medium", enabled=None) if reasoning.enabled else reasoning


def _budget(reasoning: ReasoningOptions, quirk: Quirk, lost: list[str]) -> ReasoningOptions:
    """A budget where the model knows nothing else, and none where it knows none."""
    effort, budget = reasoning.effort, reasoning.budget_tokens
    if quirk.thinking == "adaptive" and budget is not None:
        lost.append("reasoning.budget_tokens")
        shown = reasoning.include is not None or reasoning.summary is not None
        on = True if quirk.rules.stops or shown else None
        return msgspec.structs.replace(reasoning, budget_tokens=None, enabled=on)
    if quirk.thinking == "dynamic" and effort is not None and budget is None:
        wanted = _within(BUDGETS[effort], quirk.rules)
        return msgspec.structs.replace(reasoning, effort=None, enabled=None, budget_tokens=wanted)
    # A budget below 0 leaves it to the model (Gemini), which here is no budget.
    if quirk.thinking == "budget" and (budget is None or budget < 0):
        if effort is None and not reasoning.enabled and budget is None:
            return reasoning
        return msgspec.structs.replace(
            reasoning, effort=None, enabled=None, budget_tokens=BUDGETS[effort or "medium"], effort_of_answer=False
        )
    if budget is not None and budget > 0 and (fitting := _within(budget, quirk.rules)) != budget:
        lost.append("reasoning.budget_tokens")
        return msgspec.structs.replace(reasoning, budget_tokens=fitting)
    return reasoning


def _within(budget: int, rules: ThinkingRules) -> int:
    least, most = rules.budget or (budget, budget)
    return min(max(budget, least), most)


def _without(reasoning: ReasoningOptions, rules: ThinkingRules) -> ReasoningOptions | None:
    """The same without thinking, which the rest of the call does not allow. The effort of the answer stays."""
    if rules.always:
        return _stop(msgspec.structs.replace(reasoning, enabled=False, budget_tokens=None), rules, [])
    if reasoning.effort is None or not rules.levels:
        return None
    return ReasoningOptions(effort=reasoning.effort, effort_of_answer=True)
