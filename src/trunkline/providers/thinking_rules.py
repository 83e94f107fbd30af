"""What each model takes of thinking, as data: its levels, whether it can stop, and what it refuses beside it.

The vendors' tables:

- Claude: https://platform.claude.com/docs/en/build-with-claude/effort (levels),
  https://platform.claude.com/docs/en/build-with-claude/thinking (which models can stop, and how) and
  https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5 (forced tools)
- OpenAI: https://developers.openai.com/api/docs/guides/reasoning, and each model's page
- Gemini: https://ai.google.dev/gemini-api/docs/thinking (levels, and the ranges of budgets)
- xAI: https://docs.x.ai/developers/model-capabilities/text/reasoning
- Groq: https://console.groq.com/docs/reasoning
- Mistral: https://docs.mistral.ai/inference/conversations/reasoning; other models answer an effort with 400 ("not
  enabled for this model"), as those before Small 4 and Medium 3.5 do:
  https://github.com/withceleste/celeste-python/pull/311
- DeepSeek: https://api-docs.deepseek.com/guides/thinking_mode (all words are taken; it thinks unless that is switched
  off, and then: "Thinking mode does not support this tool_choice", and "The `reasoning_content` in the thinking mode
  must be passed back to the API")
- OpenRouter: https://openrouter.ai/docs/guides/best-practices/reasoning-tokens maps levels itself, but answers "none"
  with 400 where the model cannot stop
"""

from __future__ import annotations

import re
from typing import Final, cast, get_args

import msgspec

from trunkline.core.chat import Effort

ORDER: Final = cast("tuple[Effort, ...]", get_args(Effort))
"""All levels, rising."""


class ThinkingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What one model takes. The defaults are what is assumed of a model that is not in the table: everything."""

    asked: bool = True
    """Whether it may be asked to think at all. Where not, the request is an error, though it may think unasked."""
    levels: tuple[Effort, ...] = ()
    """The levels that it takes, rising, ``none`` among them only where it takes that word. Empty: unknown, all."""
    stops: bool = True
    """Whether it can be told not to think. Where not, it is told to think as little as it can."""
    off: str | None = None
    """The ``thinking.type`` that stops it, where that is not ``disabled``."""
    off_limit: Effort | None = None
    """The highest effort that it takes while it is told not to think."""
    budget: tuple[int, int] | None = None
    """The least and the most tokens of a thinking budget; 0 besides, where it stops."""
    switched: bool = False
    """Whether an effort alone leaves it without thoughts: thinking must be switched on as well."""
    always: bool = False
    """Whether it thinks without being asked to."""
    no_forced_tool: bool = False
    """Whether it refuses to be made to call a tool, however much it thinks."""
    no_named_tool: bool = False
    """Whether it can be made to call some tool, but not one by its name."""
    not_with_forced_tool: bool = False
    """Whether it refuses to be made to call a tool while it thinks."""
    needs_thoughts: bool = False
    """Whether, while it thinks by a budget, it refuses a round of tool calls that lacks its own thoughts."""
    sealed: str = "anthropic-claude-v1"
    """The form of sealed thoughts that it takes back there, by its name in
    :attr:`trunkline.core.chat.Reasoning.format`."""
    needs_texts: bool = False
    """Whether, while it thinks, it refuses a history in which a call of a tool lacks the text of its thoughts."""


ANY: Final = ThinkingRules()


def nearest(effort: Effort, levels: tuple[Effort, ...]) -> Effort | None:
    """The level of ``levels`` that is meant: the highest that is not above ``effort``, else the lowest.

    Who wants some thinking never gets ``none``; None where there is no other level, which leaves it to the model.
    """
    if not levels or effort in levels:
        return effort
    wanted = ORDER.index(effort)
    some: list[Effort] = [level for level in levels if level != "none"]
    below: list[Effort] = [level for level in some if ORDER.index(level) <= wanted]
    if not some:
        return None
    return below[-1] if below else some[0]


def levels(words: str) -> tuple[Effort, ...]:
    """Levels that are named in one text, in rising order."""
    said = words.split()
    rising: list[Effort] = [level for level in ORDER if level in said]
    return tuple(rising)


def _words(said: str) -> ThinkingRules:
    """Of a model that is told a level and nothing else, so that it stops only where there is a level for that."""
    taken = levels(said)
    return ThinkingRules(levels=taken, stops="none" in taken)


_LOW_TO_HIGH: Final = levels("low medium high")
_TO_MAX: Final = levels("low medium high xhigh max")

_FROM_1024: Final = (1024, 1_000_000)
"""https://platform.claude.com/docs/en/build-with-claude/extended-thinking: the least; the most is below the limit of
tokens, whatever that is."""

_CLAUDE: Final = (
    # These refuse "disabled", budgets and forced tools.
    (
        r"claude-(fable|mythos|opus-(5[-.][5-9]|[6-9])(?!\d))",
        ThinkingRules(levels=_TO_MAX, stops=False, always=True, no_forced_tool=True),
    ),
    (
        r"claude-sonnet-(5[-.][5-9]|[6-9])(?!\d)",
        ThinkingRules(levels=_TO_MAX, off="between_tools", off_limit="high", always=True, no_forced_tool=True),
    ),
    (
        r"claude-[a-z]+-[5-9](?!\d)",
        ThinkingRules(levels=_TO_MAX, off_limit="high", always=True, not_with_forced_tool=True),
    ),
    (
        r"claude-[a-z]+-4[-.]([7-9]|\d\d)(?!\d)",
        ThinkingRules(levels=_TO_MAX, switched=True, not_with_forced_tool=True),
    ),
    (
        r"claude-[a-z]+-4[-.]6(?!\d)",
        ThinkingRules(
            levels=levels("low medium high max"),
            budget=_FROM_1024,
            switched=True,
            not_with_forced_tool=True,
            needs_thoughts=True,
        ),
    ),
    (r"claude", ThinkingRules(budget=_FROM_1024, not_with_forced_tool=True, needs_thoughts=True)),
)

_OPENAI: Final = (
    (r"o\d(-mini)?-deep-research", _words("medium")),
    (r"o\d", _words("low medium high")),
    (r"gpt-5-pro", _words("high")),
    (r"gpt-5-codex|codex-mini", _words("low medium high")),
    (r"gpt-5(?!\.)", _words("minimal low medium high")),
    (r"gpt-5\.1-codex-max", _words("low medium high xhigh")),
    (r"gpt-5\.1-codex", _words("low medium high")),
    (r"gpt-5\.1", _words("none low medium high")),
    (r"gpt-5\.[2-5](-\d{4}-\d\d-\d\d)?-pro", _words("medium high xhigh")),
    (r"gpt-5\.[2-5]-codex", _words("low medium high xhigh")),
    (r"gpt-5\.[2-5]", _words("none low medium high xhigh")),
    (r"gpt-5\.[6-9]", _words("none low medium high xhigh max")),
)

# "any" and "tool" are for the models of these makers alone, "tool" not for Mistral's; an ARN does not tell whose its
# model is: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
_BEDROCK: Final = (
    (r".*mistral\.", ThinkingRules(no_named_tool=True)),
    (r"(?!arn:|.*(claude|nova|mistral))", ThinkingRules(no_forced_tool=True)),
)

_GEMINI: Final = (
    (r"gemini-2\.5-pro", ThinkingRules(stops=False, budget=(128, 32_768), always=True)),
    (r"gemini-2\.5-flash-lite", ThinkingRules(budget=(512, 24_576))),
    (r"gemini-2\.5-flash", ThinkingRules(budget=(1, 24_576), always=True)),
    (r"gemini-3-pro", ThinkingRules(levels=levels("low high"), stops=False, always=True)),
    (r"gemini-3(\.\d+)?-pro", ThinkingRules(levels=_LOW_TO_HIGH, stops=False, always=True)),
    (
        r"gemini-(3(\.\d+)?-flash|flash-(lite-)?latest)",
        ThinkingRules(levels=levels("minimal low medium high"), stops=False, always=True),
    ),
    (r"gemini-([3-9]|pro-latest)", ThinkingRules(levels=_LOW_TO_HIGH, stops=False, always=True)),
)

_XAI: Final = (
    (r"grok-3-mini", _words("low high")),
    (r"grok-4\.20-multi-agent", _words("low medium high xhigh")),
    (r"grok-(4\.[3-9](?!\d)|[5-9]|latest)", _words("none low medium high")),
    (r"grok", ThinkingRules(asked=False)),
)

_GROQ: Final = (
    (r"openai/gpt-oss", _words("low medium high")),
    (r"qwen", _words("none")),
    (r"llama|meta-llama|gemma|allam|groq/|compound|moonshotai", ThinkingRules(asked=False)),
)

_MISTRAL: Final = (
    (r"mistral-large-4", _words("none low medium high")),
    (r"mistral-(small|medium)(?!-2[0-5]\d\d)", _words("none high")),
    (r"", ThinkingRules(asked=False)),
)

_DEEPSEEK: Final = (
    (r"deepseek-chat", ThinkingRules(switched=True, not_with_forced_tool=True, needs_texts=True)),
    (r"", ThinkingRules(always=True, not_with_forced_tool=True, needs_texts=True)),
)

# The server maps its levels itself, but cannot stop what does not stop.
_OPENROUTER: Final = tuple(
    (models, _words(taken))
    for models, taken in (
        (r"~?anthropic/claude-(fable|mythos|opus-(5\.[5-9]|latest))", "low medium high xhigh max"),
        (r"~?google/gemini-(2\.5-pro|3(\.\d+)?-pro|pro-latest)", "low medium high xhigh max"),
        (r"openai/(o\d|gpt-5-pro|gpt-5\.\d-pro)", "low medium high xhigh max"),
        (r"openai/gpt-(5(?!\.)|oss)", "minimal low medium high xhigh max"),
    )
)

_ROWS: Final = tuple(
    (provider, re.compile(before + pattern, re.IGNORECASE), rules)
    for provider, before, rows in (
        ("openai", r"(ft:)?", _OPENAI),
        ("azure-openai", "", _OPENAI),
        ("anthropic", "", _CLAUDE),
        ("bedrock", ".*", _CLAUDE),
        ("bedrock", "", _BEDROCK),
        ("gemini", r"(models/)?", _GEMINI),
        ("vertex", r"(.*/)?", _GEMINI),
        ("xai", "", _XAI),
        ("groq", "", _GROQ),
        ("mistral", "", _MISTRAL),
        ("deepseek", "", _DEEPSEEK),
        ("openrouter", "", _OPENROUTER),
    )
    for pattern, rules in rows
)


def find_rules(provider: str, model: str) -> ThinkingRules:
    """The first row that fits. Models are matched from their beginning; what is unknown takes everything."""
    found = next((rules for owner, pattern, rules in _ROWS if owner == provider and pattern.match(model)), ANY)
    return msgspec.structs.replace(found, sealed="bedrock-converse-v1") if provider == "bedrock" else found
