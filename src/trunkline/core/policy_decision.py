"""What a rule finds in a call. Pure: the same call and rule give the same finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from trunkline.core.policy import KEPT, Content, Finding, Matcher, PolicyInput
from trunkline.core.policy_rule import (
    AllowedModels,
    AllowedProviders,
    Ceilings,
    PaidModels,
    Patterns,
    PersonalData,
    Rule,
)
from trunkline.core.price import NANOS_PER_USD

_UNREADABLE = Finding(None, "What was sent could not be looked through whole")


def reads_content(rule: Rule) -> bool:
    """Whether the rule looks into the body, if only for the models that it names, and not only at who serves it."""
    return not isinstance(rule, AllowedProviders)


def decide(rule: Rule, subject: PolicyInput, matchers: Sequence[Matcher] = ()) -> Finding:
    """What ``rule`` finds. ``matchers`` are those of its patterns, in their order."""
    match rule:
        case AllowedModels():
            return _decide_model(rule, subject)
        case AllowedProviders():
            listed = subject.provider in {provider.lower() for provider in rule.providers}
            if listed == (rule.mode == "allow"):
                return KEPT
            return Finding(True, f"The provider {subject.provider} is not allowed.")
        case PaidModels():
            return _decide_paid(rule, subject)
        case Ceilings():
            return _first(_measure(rule, subject))
        case Patterns():
            return _decide_patterns(subject.content, matchers)
        case PersonalData():
            if not subject.content.readable:
                return _UNREADABLE
            from trunkline.core.personal_data import find_kinds  # noqa: PLC0415 - its libraries are large

            kinds = find_kinds(subject.content.texts, rule.kinds, rule.countries)
            return Finding(True, f"Personal data was found: {', '.join(kinds)}.") if kinds else KEPT


def _decide_model(rule: AllowedModels, subject: PolicyInput) -> Finding:
    for model in (subject.model, *subject.content.models):
        names = (model.lower(), f"{subject.provider}/{model.lower()}")
        listed = any(fnmatchcase(name, glob.lower()) for glob in rule.models for name in names)
        if listed != (rule.mode == "allow"):
            return Finding(True, f"The model {subject.provider}/{model} is not allowed.")
    return KEPT


def _decide_paid(rule: PaidModels, subject: PolicyInput) -> Finding:
    if rule.mode == "allow" or subject.paid is False:
        return KEPT
    if subject.paid is None:
        return Finding(None, "Whether the model costs money is not known")
    return Finding(True, f"The model {subject.provider}/{subject.model} costs money.")


def _decide_patterns(content: Content, matchers: Sequence[Matcher]) -> Finding:
    if not content.readable:
        return _UNREADABLE
    for number, matches in enumerate(matchers, 1):
        if any(map(matches, content.texts)):
            return Finding(True, f"Pattern {number} of the policy was found in what was sent.")
    return KEPT


def _measure(rule: Ceilings, subject: PolicyInput) -> Iterator[Finding]:
    content = subject.content
    if rule.max_input_tokens is not None:
        if content.input_tokens > rule.max_input_tokens:
            yield _over(f"about {content.input_tokens:,} input tokens", f"{rule.max_input_tokens:,}")
        elif not content.whole:
            yield Finding(None, "The input could not be measured")
    if rule.max_output_tokens is not None:
        if content.output_limit is None:
            # All that the model can write may come, so the ceiling does not hold.
            yield _over("output tokens without a limit", f"{rule.max_output_tokens:,}")
        elif content.output_limit * content.answers > rule.max_output_tokens:
            yield _over(f"{content.output_limit * content.answers:,} output tokens", f"{rule.max_output_tokens:,}")
    if rule.max_images is not None and content.images > rule.max_images:
        yield _over(f"{content.images:,} pictures", f"{rule.max_images:,}")
    if rule.max_cost_usd is not None:
        if subject.cost_nanos is None:
            yield Finding(None, "The price of the model is not known")
        elif subject.cost_nanos > rule.max_cost_usd * NANOS_PER_USD:
            yield _over(f"about {subject.cost_nanos / NANOS_PER_USD:.6f} USD", f"{rule.max_cost_usd:g}")


def _over(asked: str, allowed: str) -> Finding:
    return Finding(True, f"The call asks for {asked}; at most {allowed} are allowed.")


def _first(findings: Iterable[Finding]) -> Finding:
    """The first ceiling that is broken, else the first that could not be decided."""
    undecided = KEPT
    for finding in findings:
        if finding.broken:
            return finding
        if undecided is KEPT:
            undecided = finding
    return undecided
