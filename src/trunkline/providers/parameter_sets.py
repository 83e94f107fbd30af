"""The settings that providers take, put together from shared ones."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.providers.parameter import Parameter

SYSTEM_PROMPT_LIMIT: Final = 32_000
"""Characters."""

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

TEMPERATURE = Parameter(
    name="temperature",
    type="number",
    neutral="sampling.temperature",
    minimum=0,
    maximum=2,
    default=0.7,
    title="Temperature",
    description="How freely words are chosen: 0 keeps to the likeliest, higher values vary more.",
)
MAX_TOKENS = Parameter(
    name="maxTokens",
    type="integer",
    neutral="sampling.max_tokens",
    minimum=1,
    output_limit=True,
    default=2048,
    title="Maximum tokens",
    description="The longest answer, in tokens (about four characters of English each).",
)
TOP_P = Parameter(
    name="topP",
    type="number",
    neutral="sampling.top_p",
    minimum=0,
    maximum=1,
    default=1.0,
    title="Top P",
    description="Chooses among the likeliest words that together reach this probability. Set this or the temperature.",
)
TOP_K = Parameter(
    name="topK",
    type="integer",
    neutral="sampling.top_k",
    minimum=1,
    title="Top K",
    description="Chooses among this many of the likeliest words.",
    examples=(40,),
)
FREQUENCY_PENALTY = Parameter(
    name="frequencyPenalty",
    type="number",
    neutral="sampling.frequency_penalty",
    minimum=-2,
    maximum=2,
    default=0.0,
    title="Frequency penalty",
    description="Above 0, words become less likely each time they are used.",
)
PRESENCE_PENALTY = Parameter(
    name="presencePenalty",
    type="number",
    neutral="sampling.presence_penalty",
    minimum=-2,
    maximum=2,
    default=0.0,
    title="Presence penalty",
    description="Above 0, words that were used once become less likely, so that new subjects come up.",
)
REPEAT_PENALTY = Parameter(
    name="repeatPenalty",
    type="number",
    neutral="sampling.repetition_penalty",
    minimum=0,
    default=1.1,
    title="Repeat penalty",
    description="Above 1, repetition becomes less likely; 1 leaves it alone.",
)
SEED = Parameter(
    name="seed",
    type="integer",
    neutral="sampling.seed",
    title="Seed",
    description="The same seed and request give the same answer, as far as the provider can promise it.",
    examples=(42,),
)
STOP_SEQUENCES = Parameter(
    name="stopSequences",
    type="array",
    neutral="sampling.stop",
    max_items=4,
    items={"type": "string", "minLength": 1, "maxLength": 500},
    title="Stop sequences",
    description="The answer ends before any of these texts.",
    examples=(["END"],),
)
REASONING_EFFORT = Parameter(
    name="reasoningEffort",
    type="string",
    neutral="reasoning.effort",
    choices=EFFORTS,
    title="Reasoning effort",
    description="How much a reasoning model thinks before it answers. Models know some of these levels.",
)
SYSTEM_PROMPT = Parameter(
    name="systemPrompt",
    type="string",
    neutral="system",
    max_length=SYSTEM_PROMPT_LIMIT,
    title="System prompt",
    description="Instructions that go in front of every conversation.",
    examples=("Answer briefly.",),
)
ORGANIZATION = Parameter(
    name="organizationId",
    type="string",
    neutral="header.OpenAI-Organization",
    max_length=255,
    pattern="^[!-~]+$",
    title="Organization",
    description="The OpenAI organization that is charged, where a key belongs to several.",
    examples=("org-AbC123",),
)
HEADERS = Parameter(
    name="headers",
    type="object",
    neutral="headers",
    items={"type": "string", "maxLength": 4096},
    secret=True,
    title="Headers",
    description="Sent with every call. Values are stored encrypted and shown masked.",
    examples=({"X-Team": "search"},),
)
EXTRA_PARAMETERS = Parameter(
    name="parameters",
    type="object",
    neutral="merge",
    title="More parameters",
    description="Further fields of the request body, sent as they are written here.",
    examples=({"top_k": 40},),
)

COALESCE_EMBEDDINGS: Final = Parameter(
    name="coalesceEmbeddings",
    type="boolean",
    neutral="gateway.coalesce",
    title="Merge embeddings requests",
    description="Requests for embeddings that arrive within 5 ms, and differ in their inputs alone, go to the provider"
    " as one.",
    default=False,
)

OPENAI: Final = (
    TEMPERATURE,
    MAX_TOKENS,
    TOP_P,
    FREQUENCY_PENALTY,
    PRESENCE_PENALTY,
    ORGANIZATION,
    COALESCE_EMBEDDINGS,
    SYSTEM_PROMPT,
)

COMPATIBLE: Final = (
    TEMPERATURE,
    MAX_TOKENS,
    TOP_P,
    FREQUENCY_PENALTY,
    PRESENCE_PENALTY,
    SEED,
    STOP_SEQUENCES,
    REASONING_EFFORT,
    SYSTEM_PROMPT,
    EXTRA_PARAMETERS,
)
"""What hosted OpenAI-compatible providers take. Where one does not know a field, its quirks leave it out."""

OWN_SERVER: Final = (*COMPATIBLE[:-1], TOP_K, REPEAT_PENALTY, COALESCE_EMBEDDINGS, EXTRA_PARAMETERS)
"""What open inference servers take besides."""

CUSTOM: Final = (TEMPERATURE, MAX_TOKENS, TOP_P, HEADERS, EXTRA_PARAMETERS, COALESCE_EMBEDDINGS, SYSTEM_PROMPT)

OPENROUTER: Final = (
    *COMPATIBLE[:-1],
    TOP_K,
    Parameter(
        name="siteUrl",
        type="string",
        neutral="header.HTTP-Referer",
        max_length=500,
        pattern="^https?://[!-~]+$",
        title="Site address",
        description="Your site, as OpenRouter shows it in its rankings.",
        examples=("https://example.com",),
    ),
    Parameter(
        name="siteName",
        type="string",
        neutral="header.X-Title",
        max_length=255,
        pattern="^[ -~]+$",
        default="Trunkline",
        title="Site name",
        description="Your app's name, as OpenRouter shows it in its rankings.",
    ),
    EXTRA_PARAMETERS,
)

THINKING_BUDGET = Parameter(
    name="thinkingBudget",
    type="integer",
    neutral="reasoning.budget_tokens",
    minimum=1024,
    output_limit=True,
    title="Thinking budget",
    description="Tokens that the model may think for; they count as output, so it must be below the maximum tokens."
    " Newer models take an effort instead.",
    examples=(4096,),
)
CLAUDE_EFFORT = msgspec.structs.replace(
    REASONING_EFFORT,
    name="effort",
    choices=("low", "medium", "high", "xhigh", "max"),
    title="Effort",
    description="How much the model thinks and writes.",
)

ANTHROPIC: Final = (
    msgspec.structs.replace(TEMPERATURE, maximum=1, default=1.0),
    MAX_TOKENS,
    TOP_P,
    TOP_K,
    STOP_SEQUENCES,
    THINKING_BUDGET,
    CLAUDE_EFFORT,
    SYSTEM_PROMPT,
)

GEMINI: Final = (
    msgspec.structs.replace(TEMPERATURE, maximum=1),
    TOP_K,
    TOP_P,
    msgspec.structs.replace(MAX_TOKENS, name="maxOutputTokens", aliases=("maxTokens",), title="Maximum output tokens"),
    Parameter(
        name="safetySettings",
        type="array",
        neutral="extra.gemini.safetySettings",
        max_items=16,
        # https://ai.google.dev/api/generate-content#v1beta.SafetySetting
        items={
            "type": "object",
            "properties": {
                "category": {"type": "string", "pattern": "^HARM_CATEGORY_[A-Z_]+$"},
                "threshold": {
                    "type": "string",
                    "enum": [
                        "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
                        "BLOCK_LOW_AND_ABOVE",
                        "BLOCK_MEDIUM_AND_ABOVE",
                        "BLOCK_ONLY_HIGH",
                        "BLOCK_NONE",
                        "OFF",
                    ],
                },
            },
            "required": ["category", "threshold"],
            "additionalProperties": False,
        },
        title="Safety settings",
        description="From which likelihood on each kind of harm is blocked.",
        examples=([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH"}],),
    ),
    COALESCE_EMBEDDINGS,
    SYSTEM_PROMPT,
)

OLLAMA: Final = (
    TEMPERATURE,
    MAX_TOKENS,
    TOP_P,
    TOP_K,
    REPEAT_PENALTY,
    SEED,
    # https://docs.ollama.com/context-length
    Parameter(
        name="numCtx",
        type="integer",
        neutral="extra.ollama.num_ctx",
        minimum=1,
        maximum=10_000_000,
        title="Context length",
        description="Tokens that the model keeps in view. Ollama cuts longer prompts without telling.",
        examples=(32_768,),
    ),
    Parameter(
        name="keepAlive",
        type="string",
        neutral="extra.ollama.keep_alive",
        max_length=20,
        title="Keep alive",
        description="How long the model stays in memory after a call.",
        examples=("10m",),
    ),
    # https://docs.ollama.com/capabilities/thinking
    Parameter(
        name="think",
        type="string",
        neutral="extra.ollama.think",
        choices=(True, False, "low", "medium", "high"),
        title="Think",
        description="Whether the model thinks before it answers. gpt-oss takes a level instead of true or false.",
        examples=(True,),
    ),
    COALESCE_EMBEDDINGS,
    SYSTEM_PROMPT,
)
