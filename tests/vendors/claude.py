"""What Claude models differ in, by their names as Anthropic, Bedrock and Vertex spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MIGRATION = "https://platform.claude.com/docs/en/about-claude/models/migration-guide"
FABLE = "https://platform.claude.com/docs/en/models/fable-5/migration-guide"
THINKING = "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
ADAPTIVE = "https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking"
SCHEMAS = "https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations"


def is_claude(model: str) -> bool:
    return "claude" in model


def version(model: str) -> tuple[int, int]:
    """``(4, 5)`` of ``us.anthropic.claude-sonnet-4-5-20250929-v1:0``."""
    if "mythos-preview" in model:
        return (5, 0)
    found = re.search(r"claude-(?:[a-z]+-)?(\d)(?:-(\d{1,2})(?!\d))?", model)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def always_thinks(model: str) -> bool:
    """https://platform.claude.com/docs/en/models/fable-5/migration-guide"""
    return "fable" in model or "mythos" in model


def knows_adaptive(model: str) -> bool:
    """https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking"""
    return version(model) >= (4, 6)


def knows_budgets(model: str) -> bool:
    """https://platform.claude.com/docs/en/about-claude/models/migration-guide"""
    return version(model) < (4, 7)


def knows_sampling(model: str) -> bool:
    """https://platform.claude.com/docs/en/about-claude/models/migration-guide"""
    return version(model) < (4, 7)


def takes_one_sampler(model: str) -> bool:
    """https://platform.claude.com/docs/en/about-claude/models/migration-guide"""
    return version(model) >= (4, 5) or "opus-4-1" in model


def takes_prefill(model: str) -> bool:
    """https://platform.claude.com/docs/en/about-claude/models/migration-guide"""
    return version(model) < (4, 6)


def break_thinking(model: str, thinking: Any, limit: int | None) -> Iterator[str]:
    """What is wrong with a ``thinking`` object, beside a limit of ``limit`` tokens."""
    match (thinking or {}).get("type"):
        case "enabled":
            budget = thinking.get("budget_tokens", 0)
            if not knows_budgets(model):
                yield f"{model} takes no thinking budget"
            if budget < 1024 or (limit is not None and budget >= limit):
                yield f"budget_tokens {budget} is not between 1024 and max_tokens {limit}"
        case "adaptive":
            if not knows_adaptive(model):
                yield f"{model} does not know adaptive thinking"
        case "disabled":
            if always_thinks(model):
                yield f"{model} cannot stop thinking"
        case _:
            pass


_UNKNOWN = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
    "uniqueItems", "minProperties", "maxProperties", "patternProperties", "not", "if", "oneOf", "propertyNames",
)  # fmt: skip


def break_schema(schema: Any, where: str = "schema") -> Iterator[str]:
    """What of an output schema, or a strict tool's, Claude refuses."""
    if not isinstance(schema, dict):
        return
    if ("properties" in schema or schema.get("type") == "object") and schema.get("additionalProperties") is not False:
        yield f"{where} is an open object"
    for name in _UNKNOWN:
        if name in schema:
            yield f"{where}.{name} is not supported"
    if schema.get("minItems", 0) not in (0, 1):
        yield f"{where}.minItems is not supported above 1"
    for name in ("properties", "$defs", "definitions"):
        for key, inner in schema.get(name, {}).items():
            yield from break_schema(inner, f"{where}.{name}.{key}")
    for name in ("anyOf", "allOf"):
        for place, inner in enumerate(schema.get(name, [])):
            yield from break_schema(inner, f"{where}.{name}[{place}]")
    yield from break_schema(schema.get("items"), f"{where}.items")
