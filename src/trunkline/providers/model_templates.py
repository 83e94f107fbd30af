"""Settings to start from, by model: those that its vendor recommends, or that leave it room for its thoughts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue

Settings = Mapping[str, JsonValue]


class ModelTemplate(msgspec.Struct, frozen=True):
    """A model under the name that people call it by, with what is set for it."""

    provider: str
    model: str
    name: str
    description: str
    settings: Settings


# Thoughts count as output: https://platform.openai.com/docs/guides/reasoning#allocating-space-for-reasoning
_GPT: Final[Settings] = {"maxTokens": 25_000}
_SOME_EFFORT: Final[Settings] = {"reasoningEffort": "medium", "maxTokens": 25_000}
_CHAT: Final[Settings] = {"temperature": 0.7, "maxTokens": 4096}
# https://platform.claude.com/docs/en/build-with-claude/effort
_CLAUDE: Final[Settings] = {"effort": "high", "maxTokens": 16_000}
_QUICK_CLAUDE: Final[Settings] = {"effort": "medium", "maxTokens": 16_000}
_PLAIN_CLAUDE: Final[Settings] = {"maxTokens": 8192}
# "We strongly recommend keeping the temperature at its default": https://ai.google.dev/gemini-api/docs/gemini-3
_GEMINI: Final[Settings] = {"temperature": 1.0, "maxTokens": 16_000}
# Their generation_config.json: https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct
_LLAMA: Final[Settings] = {"temperature": 0.6, "topP": 0.9, "maxTokens": 4096}
# https://huggingface.co/Qwen/Qwen3-32B#best-practices, while it thinks
_QWEN: Final[Settings] = {"temperature": 0.6, "topP": 0.95, "topK": 20, "maxTokens": 16_000}
# https://api-docs.deepseek.com/quick_start/parameter_settings
_DEEPSEEK: Final[Settings] = {"temperature": 1.0, "maxTokens": 8192}
_DEEPSEEK_R1: Final[Settings] = {"temperature": 0.6, "topP": 0.95, "maxTokens": 16_000}
# https://docs.mistral.ai/capabilities/completion/sampling
_MISTRAL: Final[Settings] = {"temperature": 0.3, "maxTokens": 8192}
_LOCAL: Final[Settings] = {"numCtx": 16_384}
"""Ollama cuts what is longer than its context without telling: https://docs.ollama.com/context-length."""

_LARGE: Final = "The vendor's most able: hard questions, long work with tools."
_ALL_ROUND: Final = "Able and affordable: most work, with tools and pictures."
_SMALL: Final = "Quick and cheap: classification, short answers, large numbers."
_OPEN: Final = "Open weights, hosted."
_HERE: Final = "On your own machine."

MODEL_TEMPLATES: Final = (
    ModelTemplate("openai", "gpt-6.1-sol", "GPT-6.1 Sol", _LARGE, _GPT),
    ModelTemplate("openai", "gpt-5.5", "GPT-5.5", _LARGE, _GPT),
    ModelTemplate("openai", "gpt-5.4", "GPT-5.4", _ALL_ROUND, _GPT),
    ModelTemplate("openai", "gpt-5.4-mini", "GPT-5.4 mini", _SMALL, _GPT),
    ModelTemplate("openai", "gpt-5.4-nano", "GPT-5.4 nano", _SMALL, _GPT),
    ModelTemplate("openai", "gpt-5.2", "GPT-5.2", _ALL_ROUND, _GPT),
    ModelTemplate("openai", "gpt-5.1", "GPT-5.1", _ALL_ROUND, _GPT),
    ModelTemplate("openai", "gpt-5", "GPT-5", _ALL_ROUND, _GPT),
    ModelTemplate("openai", "gpt-5-mini", "GPT-5 mini", _SMALL, _GPT),
    ModelTemplate("openai", "gpt-4.1", "GPT-4.1", "Answers without thinking first, in a context of a million.", _CHAT),
    ModelTemplate("openai", "gpt-4o-mini", "GPT-4o mini", _SMALL, _CHAT),
    ModelTemplate("anthropic", "claude-opus-5-5", "Claude Opus 5.5", _LARGE, _CLAUDE),
    ModelTemplate("anthropic", "claude-opus-5", "Claude Opus 5", _LARGE, _CLAUDE),
    ModelTemplate("anthropic", "claude-opus-4-8", "Claude Opus 4.8", _LARGE, _CLAUDE),
    ModelTemplate("anthropic", "claude-opus-4-7", "Claude Opus 4.7", _LARGE, _CLAUDE),
    ModelTemplate("anthropic", "claude-opus-4-6", "Claude Opus 4.6", _LARGE, _CLAUDE),
    ModelTemplate("anthropic", "claude-opus-4-5", "Claude Opus 4.5", _LARGE, _PLAIN_CLAUDE),
    ModelTemplate("anthropic", "claude-sonnet-5-5", "Claude Sonnet 5.5", _ALL_ROUND, _QUICK_CLAUDE),
    ModelTemplate("anthropic", "claude-sonnet-5", "Claude Sonnet 5", _ALL_ROUND, _QUICK_CLAUDE),
    ModelTemplate("anthropic", "claude-sonnet-4-6", "Claude Sonnet 4.6", _ALL_ROUND, _QUICK_CLAUDE),
    ModelTemplate("anthropic", "claude-sonnet-4-5", "Claude Sonnet 4.5", _ALL_ROUND, _PLAIN_CLAUDE),
    ModelTemplate("anthropic", "claude-haiku-5-5", "Claude Haiku 5.5", _SMALL, _PLAIN_CLAUDE),
    ModelTemplate("anthropic", "claude-haiku-4-5", "Claude Haiku 4.5", _SMALL, _PLAIN_CLAUDE),
    ModelTemplate("gemini", "gemini-3.1-pro-preview", "Gemini 3.1 Pro", _LARGE, _GEMINI),
    ModelTemplate("gemini", "gemini-3.8-flash", "Gemini 3.8 Flash", _ALL_ROUND, _GEMINI),
    ModelTemplate("gemini", "gemini-3.5-flash", "Gemini 3.5 Flash", _ALL_ROUND, _GEMINI),
    ModelTemplate("gemini", "gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", _SMALL, _GEMINI),
    ModelTemplate("gemini", "gemini-3-flash-preview", "Gemini 3 Flash", _ALL_ROUND, _GEMINI),
    ModelTemplate("gemini", "gemini-2.5-pro", "Gemini 2.5 Pro", _LARGE, _GEMINI),
    ModelTemplate("gemini", "gemini-2.5-flash", "Gemini 2.5 Flash", _ALL_ROUND, _GEMINI),
    ModelTemplate("mistral", "mistral-large-2512", "Mistral Large 3", _LARGE, _MISTRAL),
    ModelTemplate("mistral", "mistral-medium-3-5", "Mistral Medium 3.5", _ALL_ROUND, _MISTRAL),
    ModelTemplate("mistral", "mistral-small-latest", "Mistral Small", _SMALL, _MISTRAL),
    ModelTemplate("mistral", "devstral-2512", "Devstral 2", "Writes and changes code.", _MISTRAL),
    ModelTemplate("deepseek", "deepseek-v4-pro", "DeepSeek V4 Pro", _LARGE, _DEEPSEEK),
    ModelTemplate("deepseek", "deepseek-v4-flash", "DeepSeek V4 Flash", _ALL_ROUND, _DEEPSEEK),
    ModelTemplate("xai", "grok-4.7", "Grok 4.7", _LARGE, {"maxTokens": 16_000}),
    ModelTemplate("groq", "llama-3.3-70b-versatile", "Llama 3.3 70B", _OPEN, _LLAMA),
    ModelTemplate("groq", "llama-3.1-8b-instant", "Llama 3.1 8B", _OPEN, _LLAMA),
    ModelTemplate("groq", "openai/gpt-oss-120b", "gpt-oss 120B", _OPEN, _SOME_EFFORT),
    ModelTemplate("groq", "qwen/qwen3-32b", "Qwen3 32B", _OPEN, {**_LLAMA, "topP": 0.95, "maxTokens": 16_000}),
    ModelTemplate("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "Llama 3.3 70B", _OPEN, _LLAMA),
    ModelTemplate("openrouter", "anthropic/claude-sonnet-5.5", "Claude Sonnet 5.5", _ALL_ROUND, _SOME_EFFORT),
    ModelTemplate("openrouter", "openai/gpt-5.5", "GPT-5.5", _LARGE, _SOME_EFFORT),
    ModelTemplate("openrouter", "google/gemini-3.5-flash", "Gemini 3.5 Flash", _ALL_ROUND, _GEMINI),
    ModelTemplate("openrouter", "meta-llama/llama-4-maverick", "Llama 4 Maverick", _OPEN, _LLAMA),
    ModelTemplate("openrouter", "meta-llama/llama-3.3-70b-instruct", "Llama 3.3 70B", _OPEN, _LLAMA),
    ModelTemplate("openrouter", "qwen/qwen3.7-max", "Qwen3.7 Max", _LARGE, _QWEN),
    ModelTemplate("openrouter", "qwen/qwen3-coder", "Qwen3 Coder", "Writes and changes code.", _QWEN),
    ModelTemplate("openrouter", "deepseek/deepseek-v4-pro", "DeepSeek V4 Pro", _LARGE, _DEEPSEEK),
    ModelTemplate("openrouter", "mistralai/mistral-large-2512", "Mistral Large 3", _LARGE, _MISTRAL),
    ModelTemplate("openrouter", "moonshotai/kimi-k3", "Kimi K3", _LARGE, {"maxTokens": 16_000}),
    ModelTemplate("ollama", "llama3.3", "Llama 3.3 70B", _HERE, {**_LLAMA, **_LOCAL}),
    ModelTemplate("ollama", "llama3.2", "Llama 3.2 3B", _HERE, {**_LLAMA, **_LOCAL}),
    ModelTemplate("ollama", "qwen3", "Qwen3 8B", _HERE, {**_QWEN, **_LOCAL}),
    ModelTemplate("ollama", "deepseek-r1", "DeepSeek R1", _HERE, {**_DEEPSEEK_R1, **_LOCAL}),
    ModelTemplate("ollama", "mistral", "Mistral 7B", _HERE, {**_MISTRAL, **_LOCAL}),
    ModelTemplate("ollama", "gemma3", "Gemma 3", _HERE, {"temperature": 1.0, "topP": 0.95, "topK": 64, **_LOCAL}),
)
"""In each provider's, the newest and most able first."""
