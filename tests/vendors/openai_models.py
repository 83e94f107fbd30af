"""What OpenAI's models differ in, and what both of its APIs demand of tools and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

REASONING = "https://platform.openai.com/docs/guides/reasoning"
STRICT = "https://platform.openai.com/docs/guides/structured-outputs#supported-schemas"
FUNCTIONS = "https://platform.openai.com/docs/guides/function-calling"

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias")


def reasons(model: str) -> bool:
    """https://platform.openai.com/docs/guides/reasoning"""
    return bool(re.match(r"(ft:)?(o\d(-|$)|gpt-[5-9](?!.*chat)|codex-)", model))


def break_name(name: Any) -> Iterator[str]:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"the name {name!r} does not match ^[a-zA-Z0-9_-]{{1,64}}$"


def break_strict(schema: Any, where: str = "schema") -> Iterator[str]:
    """What of a strict schema is refused."""
    if not isinstance(schema, dict):
        return
    if "properties" in schema or schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield f"{where}: 'additionalProperties' is required to be supplied and to be false"
        if missing := schema.get("properties", {}).keys() - set(schema.get("required", ())):
            yield f"{where}: 'required' must include every key in properties, missing {sorted(missing)}"
    for name in ("properties", "$defs", "definitions"):
        for key, inner in schema.get(name, {}).items():
            yield from break_strict(inner, f"{where}.{key}")
    for place, inner in enumerate(schema.get("anyOf", ())):
        yield from break_strict(inner, f"{where}.anyOf[{place}]")
    for name in ("oneOf", "allOf", "not", "if"):
        if name in schema:
            yield f"{where}.{name} is not permitted"
    yield from break_strict(schema.get("items"), f"{where}.items")


def break_sampling(model: str, body: dict[str, Any], *names: str) -> Iterator[str]:
    """Sampling parameters that a reasoning model does not take."""
    effort = body.get("reasoning_effort") or (body.get("reasoning") or {}).get("effort")
    if reasons(model) and not (effort == "none" and not model.startswith("o")):
        for name in names or SAMPLING:
            if body.get(name) is not None and not (name in ("temperature", "top_p") and body[name] == 1):
                yield f"Unsupported parameter: '{name}' is not supported with {model}"
