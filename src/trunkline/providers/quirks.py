"""What providers and models do otherwise than their wire format says, as data: matched by provider and model.

Names are those of the OpenAI chat wire, as ``rename`` and ``drop`` are also used on bodies that pass through unread;
:mod:`trunkline.providers.adaptation` applies them to the neutral form.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

import msgspec

from trunkline.dialects.openai_chat.kept_answer import ANSWERS_ALONE
from trunkline.dialects.openai_chat.options import WireOptions
from trunkline.dialects.passthrough import EarlierThoughts, Form
from trunkline.providers.call_forms import CallForms, find_forms, is_mistral
from trunkline.providers.prefill import takes_prefill
from trunkline.providers.thinking_rules import ANY, ThinkingRules, find_rules

Thinking = Literal["any", "adaptive", "budget", "dynamic", "effort", "none"]
"""Which forms of extended thinking a model takes: all; its own judgement and an effort, but no budget; only a budget;
a budget or its own judgement, but no effort; an effort alone, of those in its rules; none at all."""


Schemas = Literal["any", "closed", "google", "objects", "words"]
"""Which JSON Schemas a model takes: all; closed ones without bounds, for answers and strict tools
(:mod:`trunkline.providers.closed_schema`); those of :mod:`trunkline.providers.google_schema`; for tools, those
whose properties are objects (:mod:`trunkline.providers.object_schema`); or none, so that they
are told in words (:mod:`trunkline.providers.spoken_format`)."""


class Quirk(msgspec.Struct, frozen=True, kw_only=True):
    """How a request must be changed for one model.

    ``rename`` gives fields another name, ``drop`` leaves them out where that is harmless, ``refuse`` names those that
    the model does not know and whose loss would change the answer.
    """

    rename: Mapping[str, str] = {}
    drop: frozenset[str] = frozenset()
    refuse: frozenset[str] = frozenset()
    drop_when_thinking: frozenset[str] = frozenset()
    """Left out only while extended thinking is on."""
    temperature_or_top_p: bool = False
    """Whether the model takes only one of the two; the temperature is kept."""
    cache_hints: bool = True
    """Whether hints to the prompt cache may be sent; where not, they are left out."""
    thinking: Thinking = "any"
    schemas: Schemas = "any"
    """What JSON Schemas it takes."""
    json_named: bool = False
    """Whether a wish for JSON is refused unless a message names JSON."""
    format_beside_tools: bool = True
    """Whether it takes a form of the answer together with tools."""
    forces_tools: bool = True
    """Whether it can be told that a tool must be called."""
    calls: CallForms = CallForms()
    """Which ids of calls and names of tools it takes."""
    stops: int | None = None
    """How many stop texts it takes; None where any number will do. The first stay."""
    prefill: bool = True
    """Whether it goes on from an answer that the caller began (:mod:`trunkline.providers.prefill`)."""
    documents: bool = True
    """Whether it takes documents; a request with one is refused where not."""
    cache_marks: int | None = None
    """How many hints to the prompt cache it takes. The last stay."""
    rules: ThinkingRules = ANY
    """How much it thinks, and what it refuses while it does."""
    wire: WireOptions = WireOptions()
    """How the OpenAI chat wire is written for it."""
    roles: Mapping[str, str] = msgspec.field(default_factory=lambda: {"developer": "system"})
    """Roles of messages that the server does not know, and what it calls them. OpenAI's ``developer`` is all that
    differs: DeepSeek and Mistral refuse it (`unknown variant `developer``), templates of open models leave it out, and
    for OpenAI itself both mean the same (https://platform.openai.com/docs/guides/text#message-roles-and-instruction-following)."""
    stream_usage: bool = True
    """Whether ``stream_options`` may be sent. Where not, usage comes without being asked for."""
    minimum_max_tokens: int = 1
    """The smallest token limit that the model accepts and answers with."""

    @property
    def form(self) -> Form:
        """How a call that passes is told to think."""
        return Form(
            earlier=self.wire.thoughts,
            switched=self.wire.reasoning_field == "thinking",
            bound=self.rules.no_forced_tool or self.rules.not_with_forced_tool,
            rounds=self.rules.needs_thoughts or self.rules.needs_texts,
            files=self.wire.files,
        )

    @property
    def max_tokens_field(self) -> Literal["max_tokens", "max_completion_tokens"]:
        """What the limit of output tokens is called on the OpenAI chat wire."""
        return self.wire.max_tokens_field


class _Row(msgspec.Struct, frozen=True):
    provider: str
    models: re.Pattern[str]
    quirk: Quirk


def _row(provider: str, models: str, quirk: Quirk) -> _Row:
    return _Row(provider, re.compile(models, re.IGNORECASE), quirk)


_SAMPLING: Final = frozenset(
    {"temperature", "top_p", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs", "logit_bias"}
)
_PENALTIES: Final = frozenset({"frequency_penalty", "presence_penalty"})
# Fields of the OpenAI wire that servers with strict validation answer with 400 or 422.
_OPENAI_ONLY: Final = frozenset(
    {
        "store",
        "service_tier",
        "metadata",
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "verbosity",
    }
)
# Fields of an answer's message that clients send back with it: :mod:`trunkline.dialects.openai_chat.kept_answer`.
_KEPT: Final = frozenset({"messages.extra_content"})
_KEPT_STRICTLY: Final = _KEPT | {f"messages.{name}" for name in ANSWERS_ALONE}
_OPEN_MODELS_ONLY: Final = frozenset({"top_k", "min_p", "repetition_penalty"})

_TO_MAX_COMPLETION: Final = {"max_tokens": "max_completion_tokens"}
_TO_MAX: Final = {"max_completion_tokens": "max_tokens"}

# https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility
_NOT_WITH_THINKING: Final = frozenset({"temperature", "top_k"})

_LONG_NAME: Final = WireOptions(max_tokens_field="max_completion_tokens", thoughts="none")
_OPENAIS: Final = WireOptions(max_tokens_field="max_completion_tokens", thoughts="none", files="bytes")
_NO_THOUGHTS: Final = WireOptions(thoughts="none")
_DEEPSEEK: Final = WireOptions(reasoning_field="thinking", thoughts="rounds", functions=False)
_OPENROUTER: Final = WireOptions(reasoning_field="reasoning", thoughts="details", cache_hints=True)

_OPEN_SERVER: Final = Quirk(rename=_TO_MAX, drop=_OPENAI_ONLY)

# Models that several providers serve, by the pattern of their names and their quirk.

_OPENAI: Final = (
    # Reasoning models take no sampling parameters: https://platform.openai.com/docs/guides/reasoning
    # From GPT-5.1 on some take them while the effort is "none"; leaving them out is never wrong.
    (
        r"(ft:)?(o\d(-|$)|gpt-([5-9]|1\d)(?!\d)(?!.*chat)|codex-)",
        Quirk(
            rename=_TO_MAX_COMPLETION,
            roles={},
            # "Unsupported parameter: 'stop' is not supported with this model":
            # https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
            drop=_SAMPLING | _OPEN_MODELS_ONLY | _KEPT | {"stop"},
            wire=_OPENAIS,
            minimum_max_tokens=16,
        ),
    ),
    # max_tokens is deprecated: https://platform.openai.com/docs/api-reference/chat/create
    (
        r"",
        Quirk(
            rename=_TO_MAX_COMPLETION, roles={}, drop=_OPEN_MODELS_ONLY | _KEPT | {"reasoning_effort"}, wire=_OPENAIS
        ),
    ),
)

_CLAUDE: Final = (
    # Opus 4.7 and the fifth generation take no sampling parameters and no thinking budget:
    # https://platform.claude.com/docs/en/about-claude/models/migration-guide
    (
        r"claude-(opus-4-([7-9]|\d\d)(?!\d)|[a-z]+-([5-9]|\d\d)(-|$)|mythos)",
        Quirk(drop=frozenset({"temperature", "top_p", "top_k"}), thinking="adaptive"),
    ),
    # https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking: from 4.6 on, budgets are deprecated.
    (
        r"claude-[a-z]+-4-6",
        Quirk(drop_when_thinking=_NOT_WITH_THINKING, temperature_or_top_p=True),
    ),
    # https://platform.claude.com/docs/en/about-claude/models/migration-guide: since Opus 4.1.
    (
        r"claude-[a-z]+-4-[15](?!\d)",
        Quirk(drop_when_thinking=_NOT_WITH_THINKING, thinking="budget", temperature_or_top_p=True),
    ),
    (r"claude-(instant|v?[12]|3-(opus|sonnet|haiku|5))", Quirk(thinking="none")),
    (r"", Quirk(drop_when_thinking=_NOT_WITH_THINKING, thinking="budget")),
)

_GEMINI: Final = (
    # Penalties are known to 2.0 alone ("Penalty is not enabled for this model"); levels of thinking to 3 and later, any
    # thinking to 2.5 and later: https://ai.google.dev/gemini-api/docs/thinking
    (r"gemini-2\.0", Quirk(thinking="none", format_beside_tools=False)),
    (r"gemini-1|gemma-[123]|learnlm", Quirk(drop=_PENALTIES, thinking="none", format_beside_tools=False)),
    (r"gemini-2\.5", Quirk(drop=_PENALTIES, thinking="dynamic", format_beside_tools=False)),
    (r"", Quirk(drop=_PENALTIES)),
)

# Converse names a model after its maker, behind a region or in an ARN. What a maker's other models take besides is
# said in additionalModelRequestFields. Cache points are an error but for the makers of
# https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
_OF_CONVERSE: Final = (
    *((f".*{models or 'claude'}", habits) for models, habits in _CLAUDE),
    (r".*amazon\.nova", Quirk(drop=frozenset({"top_k"}), thinking="none")),
    (r".*mistral\.", Quirk(thinking="none", cache_hints=False)),
    (r"", Quirk(drop=frozenset({"top_k"}), thinking="none", cache_hints=False)),
)


def _mistral(thoughts: EarlierThoughts) -> Quirk:
    return Quirk(
        rename={"max_completion_tokens": "max_tokens", "seed": "random_seed"},
        drop=_OPENAI_ONLY
        | _OPEN_MODELS_ONLY
        | _KEPT_STRICTLY
        | {"logit_bias", "logprobs", "top_logprobs", "user", "stream_options", "modalities"},
        refuse=frozenset({"modalities"}),
        wire=WireOptions(
            thoughts=thoughts, files="documents", refusals=False, silence=False, functions=False, strict_turns=True
        ),
        stream_usage=False,
    )


def _groq(wire: WireOptions) -> Quirk:
    return Quirk(
        rename=_TO_MAX_COMPLETION,
        drop=frozenset({"logprobs", "logit_bias", "top_logprobs", "store", "metadata", "verbosity"})
        | _OPEN_MODELS_ONLY
        | _KEPT_STRICTLY,
        refuse=frozenset({"n"}),
        # "json mode cannot be combined with tool/function calling": https://github.com/vercel/ai/pull/16540
        format_beside_tools=False,
        wire=wire,
    )


_ROWS: Final = (
    *(_row("openai", models, habits) for models, habits in _OPENAI),
    # A deployment's name is free, but mostly that of its model.
    *(_row("azure-openai", models, habits) for models, habits in _OPENAI),
    *(_row("anthropic", models, habits) for models, habits in _CLAUDE),
    *(_row("bedrock", models, habits) for models, habits in _OF_CONVERSE),
    *(_row("gemini", models, habits) for models, habits in _GEMINI),
    *(_row("vertex", models, habits) for models, habits in _GEMINI),
    # https://api-docs.deepseek.com/guides/thinking_mode: accepted without effect, logprobs are an error.
    _row(
        "deepseek",
        r"deepseek-reasoner",
        Quirk(
            rename=_TO_MAX,
            drop=_SAMPLING | _OPENAI_ONLY | _OPEN_MODELS_ONLY | _KEPT | {"seed", "parallel_tool_calls"},
            refuse=frozenset({"n"}),
            wire=_DEEPSEEK,
        ),
    ),
    _row(
        "deepseek",
        r"",
        Quirk(rename=_TO_MAX, drop=_OPENAI_ONLY | _OPEN_MODELS_ONLY | _KEPT | {"seed", "logit_bias"}, wire=_DEEPSEEK),
    ),
    # https://docs.perplexity.ai/docs/sonar/openai-compatibility; usage is in every chunk.
    _row(
        "perplexity",
        r"",
        Quirk(
            rename=_TO_MAX,
            drop=_OPENAI_ONLY
            | {"seed", "logit_bias", "logprobs", "top_logprobs", "min_p", "repetition_penalty"}
            | {"stream_options"},
            wire=_NO_THOUGHTS,
            stream_usage=False,
        ),
    ),
    # Unknown fields are answered with 422: https://docs.mistral.ai/api; usage is in the last chunk. The models that
    # reason take their thoughts back: https://docs.mistral.ai/capabilities/reasoning
    _row(
        "mistral",
        r"magistral|mistral-(small|medium|large)",
        _mistral("chunks"),
    ),
    _row("mistral", r"", _mistral("none")),
    # https://console.groq.com/docs/openai#currently-unsupported-openai-features; "reasoning is not supported with this
    # model" where it does not reason: https://console.groq.com/docs/reasoning
    _row(
        "groq",
        r"openai/gpt-oss|qwen",
        _groq(WireOptions(max_tokens_field="max_completion_tokens", thoughts="reasoning", refusals=False)),
    ),
    _row(
        "groq",
        r"",
        _groq(WireOptions(max_tokens_field="max_completion_tokens", thoughts="none", refusals=False)),
    ),
    # https://docs.cohere.com/docs/compatibility-api#unsupported-parameters
    _row(
        "cohere",
        r"",
        Quirk(
            rename=_TO_MAX,
            drop=_OPENAI_ONLY
            | _OPEN_MODELS_ONLY
            | {"logit_bias", "top_logprobs", "parallel_tool_calls", "user", "prediction", "stream_options"},
            refuse=frozenset({"n"}),
            wire=_NO_THOUGHTS,
            stream_usage=False,
        ),
    ),
    # https://docs.x.ai/docs/guides/reasoning: an error on models that reason.
    _row(
        "xai",
        r"grok-(3-mini|4|[5-9]|build|code)(?!.*non-reasoning)",
        Quirk(
            rename=_TO_MAX_COMPLETION,
            drop=_PENALTIES | _OPEN_MODELS_ONLY | {"logit_bias"},
            refuse=frozenset({"stop"}),
            wire=_LONG_NAME,
        ),
    ),
    _row(
        "xai",
        r"",
        Quirk(
            rename=_TO_MAX_COMPLETION,
            drop=_OPEN_MODELS_ONLY | {"logit_bias"},
            wire=_LONG_NAME,
        ),
    ),
    _row("huggingface", r"", Quirk(rename=_TO_MAX, drop=_OPENAI_ONLY, wire=_NO_THOUGHTS)),
    # It leaves out what a model does not know: https://openrouter.ai/docs/api-reference/parameters
    _row("openrouter", r"", Quirk(roles={}, wire=_OPENROUTER)),
    _row("together", r"", _OPEN_SERVER),
    _row("fireworks", r"", _OPEN_SERVER),
    _row("nvidia", r"", Quirk(rename=_TO_MAX, drop=_OPENAI_ONLY | {"logit_bias", "user"})),
    _row("ollama", r"", Quirk(forces_tools=False, format_beside_tools=False)),
    _row("vllm", r"", _OPEN_SERVER),
    _row("lm-studio", r"", _OPEN_SERVER),
    _row("llama-cpp", r"", _OPEN_SERVER),
)

_NONE: Final = Quirk()

_OF_SCHEMAS: Final[tuple[tuple[str, str, Schemas], ...]] = (
    ("anthropic", "", "closed"),
    ("bedrock", "", "closed"),
    ("gemini", "", "google"),
    ("vertex", "", "google"),
    ("ollama", "", "objects"),
    ("deepseek", "", "words"),
    ("groq", "(?!openai/gpt-oss|meta-llama/llama-4|moonshotai/)", "words"),
)
_SCHEMAS: Final = tuple((owner, re.compile(models, re.IGNORECASE), kind) for owner, models, kind in _OF_SCHEMAS)
"""By provider and the beginning of the model's name."""

_STOPS: Final[Mapping[str, int]] = {
    # https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
    "openai": 4,
    "azure-openai": 4,
    # https://console.groq.com/docs/api-reference#chat-create
    "groq": 4,
    # https://api-docs.deepseek.com/api/create-chat-completion
    "deepseek": 16,
    # https://ai.google.dev/api/generate-content#FIELDS.stop_sequences
    "gemini": 5,
    "vertex": 5,
}

_NO_DOCUMENTS: Final = (
    # "discriminator property 'type' has invalid value": https://console.groq.com/docs/vision has pictures alone.
    ("groq", re.compile("")),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
    ("bedrock", re.compile(r".*(nova-micro|jamba-instruct)", re.IGNORECASE)),
)
"""Whose models take none, by provider and the beginning of the model's name."""

_JSON_NAMED: Final = frozenset({"openai", "azure-openai", "deepseek", "groq"})

_CACHE_MARKED: Final = frozenset({"anthropic", "bedrock"})
"""Who counts hints to the cache, besides those who offer Claude."""

_WORDED: Final = frozenset({"openai", "azure-openai", "xai", "groq", "mistral"})
"""Whose models that think know efforts alone."""


@lru_cache(maxsize=4096)
def quirk(provider_id: str, model: str) -> Quirk:
    """The quirk of a model at a provider; an empty one where nothing is known.

    Rows are tried in order, and models are matched from their beginning.
    """
    found = next((row.quirk for row in _ROWS if row.provider == provider_id and row.models.match(model)), _NONE)
    rules = find_rules(provider_id, model)
    return msgspec.structs.replace(
        found,
        rules=rules,
        schemas=next((kind for owner, models, kind in _SCHEMAS if owner == provider_id and models.match(model)), "any"),
        json_named=provider_id in _JSON_NAMED,
        calls=find_forms(provider_id, model),
        wire=dataclasses.replace(found.wire, bridged_turns=True) if is_mistral(model) else found.wire,
        stops=_STOPS.get(provider_id),
        prefill=takes_prefill(provider_id, model),
        documents=not any(owner == provider_id and models.match(model) for owner, models in _NO_DOCUMENTS),
        cache_marks=4 if provider_id in _CACHE_MARKED or "claude" in model.lower() else None,
        thinking="effort" if provider_id in _WORDED and rules.levels and found.thinking == "any" else found.thinking,
    )
