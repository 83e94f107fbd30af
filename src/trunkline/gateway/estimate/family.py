"""Families of models, and by what the tokens of each are counted.

Where a family's vocabulary is public, text is counted by it. Anthropic, Amazon, Cohere and xAI publish none: their text
is counted by OpenAI's ``o200k_base`` and scaled. The scales, and what formats of turns and calls add, are fitted to
calls of which the vendors told the true counts; ``tests/fixtures/counts`` holds such calls and the test beside it the
error that remains.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

import msgspec

Pictures = Literal["openai", "anthropic", "gemini"]


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """What the tokens of some models are counted by."""

    vocabulary: str = "o200k_base"
    scale: float = 1.0
    """Tokens of the family for one of the vocabulary."""
    per_request: int = 3
    per_message: int = 4
    per_call: int = 8
    """What the format of a call of a tool adds to its name and arguments."""
    per_result: int = 4
    tools: int = 0
    """What the first tool adds by itself: words of the vendor on how tools are used."""
    forced_tools: int = 0
    """The same where the model must call one."""
    tool_scale: float = 1.0
    """Tokens for one of a tool's JSON."""
    schema: int = 0
    """What a schema for the answer adds by itself."""
    schema_scale: float = 0.6
    pictures: Pictures = "openai"
    picture_made: int = 1_290
    """Tokens of a picture in an answer (https://ai.google.dev/gemini-api/docs/pricing)."""


OPENAI: Final = Family(tool_scale=0.8)
_CLAUDE: Final = Family(
    scale=1.13,
    per_request=4,
    per_message=3,
    per_call=40,
    per_result=14,
    # https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing
    tools=346,
    forced_tools=313,
    schema=122,
    schema_scale=1.13,
    pictures="anthropic",
)
_CLAUDE_SEARCHING: Final = msgspec.structs.replace(_CLAUDE, tools=496)
_CLAUDE_FINE: Final = msgspec.structs.replace(_CLAUDE, scale=1.4, tools=330, tool_scale=1.0)
_GEMINI: Final = Family(
    vocabulary="gemma3",
    per_request=1,
    per_message=0,
    per_call=0,
    per_result=4,
    tool_scale=0.9,
    schema_scale=0.0,
    pictures="gemini",
)
OTHER: Final = Family(per_message=4, tools=90, schema_scale=0.0)

_FAMILIES: Final[tuple[tuple[re.Pattern[str], Family], ...]] = tuple(
    (re.compile(pattern), family)
    for pattern, family in (
        (r"gpt-oss", msgspec.structs.replace(OPENAI, per_request=65)),
        (
            r"gpt-(3\.5|4(?![o.\d]))|text-embedding|davinci|babbage",
            msgspec.structs.replace(OPENAI, vocabulary="cl100k_base"),
        ),
        (r"gpt-|chatgpt|codex|(^|[/.])o[1-9]($|-)|computer-use", OPENAI),
        (r"claude-(opus-4[-.][7-9]|opus-[5-9]|sonnet-[5-9]|haiku-[5-9]|fable|mythos)", _CLAUDE_FINE),
        (r"claude-(sonnet-4[-.][5-9]|opus-4[-.][56]|haiku-4[-.][5-9])", _CLAUDE_SEARCHING),
        (r"claude", _CLAUDE),
        (r"gemini-(1|2\.0)", msgspec.structs.replace(_GEMINI, tool_scale=0.27)),
        (r"gemini|gemma|learnlm", _GEMINI),
        (r"llama-?[34]", msgspec.structs.replace(OTHER, vocabulary="llama3", per_request=30)),
        (r"llama-?2|vicuna|tinyllama", msgspec.structs.replace(OTHER, vocabulary="llama2")),
        (r"deepseek", msgspec.structs.replace(OTHER, vocabulary="deepseek_v3", per_message=2)),
        (r"qwen|qwq|qvq", msgspec.structs.replace(OTHER, vocabulary="qwen3")),
        (r"mixtral|mistral-7b", msgspec.structs.replace(OTHER, vocabulary="mistral_v1", per_message=2)),
        (
            r"mi(ni|ni-)?stral|magistral|codestral|devstral|pixtral|voxtral|mistral",
            msgspec.structs.replace(OTHER, vocabulary="mistral_v3", per_request=1, per_message=2, tools=16),
        ),
        (r"glm", msgspec.structs.replace(OTHER, vocabulary="glm4")),
        (r"kimi|moonshot", msgspec.structs.replace(OTHER, vocabulary="kimi_k2")),
        (r"phi-?[34]", msgspec.structs.replace(OTHER, vocabulary="phi4")),
        (r"olmo", msgspec.structs.replace(OTHER, vocabulary="olmo2")),
        (r"nova", msgspec.structs.replace(OTHER, per_request=0, per_message=0, tools=350)),
    )
)

_OF_PROVIDERS: Final = {"anthropic": _CLAUDE, "gemini": _GEMINI, "openai": OPENAI, "azure": OPENAI}


@lru_cache(maxsize=1024)
def find_family(*names: str) -> Family:
    """The family of the first of ``names`` that tells one; they are names of models, and at last of a provider."""
    for name in names:
        said = name.lower().replace("_", "-")
        for pattern, family in _FAMILIES:
            if pattern.search(said):
                return family
    for name in names:
        for provider, family in _OF_PROVIDERS.items():
            if name.startswith(provider):
                return family
    return OTHER
