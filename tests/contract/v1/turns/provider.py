"""The providers of the matrix, with models of this year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.contract.v1.turns.makers import anthropic, bedrock, gemini, ollama, openai_chat, openai_responses
from tests.contract.v1.turns.makers.maker import Maker


@dataclass(frozen=True)
class Provider:
    """``name`` is that of its configuration; ``base`` the path of its base URL. ``responses`` answers clients of
    OpenAI's responses where it has that API. ``house`` is whose signatures it takes back: ``any`` for a
    server of whom nothing is known."""

    name: str
    id: str
    model: str
    maker: Maker
    house: str = ""
    base: str = ""
    responses: Maker | None = None
    key: bool = True
    thinks: bool = True
    budget: bool = True
    """Whether a client of its own wire asks it to think by a budget; newer models judge that themselves."""

    def maker_for(self, path: str) -> Maker:
        """Who answers a request to ``path``."""
        return self.responses if self.responses is not None and path.endswith("/responses") else self.maker


_OPENAI: Final = openai_chat.make(openai_chat.OPENAI)
_RESPONSES: Final = openai_responses.MAKER

PROVIDERS: Final = {
    provider.name: provider
    for provider in (
        Provider("openai", "openai", "gpt-5.2", _OPENAI, "openai", "/v1", _RESPONSES),
        Provider("openai-4.1", "openai", "gpt-4.1", _OPENAI, "openai", "/v1", _RESPONSES, thinks=False),
        Provider("azure", "azure-openai", "gpt-5-mini", _OPENAI, "openai", "/openai/v1", _RESPONSES),
        Provider("claude-4.5", "anthropic", "claude-sonnet-4-5-20250929", anthropic.MAKER, "anthropic"),
        Provider("claude-4.6", "anthropic", "claude-sonnet-4-6", anthropic.MAKER, "anthropic", budget=False),
        Provider("claude-4.8", "anthropic", "claude-opus-4-8", anthropic.MAKER, "anthropic", budget=False),
        Provider("claude-5", "anthropic", "claude-fable-5", anthropic.MAKER, "anthropic", budget=False),
        Provider("bedrock-4.5", "bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", bedrock.CLAUDE, "anthropic"),
        Provider("bedrock-4.7", "bedrock", "us.anthropic.claude-opus-4-7", bedrock.CLAUDE, "anthropic", budget=False),
        Provider("nova", "bedrock", "us.amazon.nova-pro-v1:0", bedrock.OTHERS, thinks=False),
        Provider("llama", "bedrock", "us.meta.llama3-3-70b-instruct-v1:0", bedrock.OTHERS, thinks=False),
        Provider("gemini-2.5", "gemini", "gemini-2.5-flash", gemini.SECOND, "google"),
        Provider("gemini-3", "gemini", "gemini-3-pro-preview", gemini.THIRD, "google", budget=False),
        Provider("vertex-3", "vertex", "gemini-3-flash-preview", gemini.THIRD, "google", budget=False),
        Provider("ollama", "ollama", "qwen3", ollama.MAKER, key=False),
        Provider("mistral", "mistral", "mistral-medium-latest", openai_chat.make(openai_chat.MISTRAL), base="/v1"),
        Provider("groq", "groq", "openai/gpt-oss-120b", openai_chat.make(openai_chat.GROQ), base="/openai/v1"),
        Provider("deepseek", "deepseek", "deepseek-chat", openai_chat.make(openai_chat.DEEPSEEK)),
        Provider(
            "openrouter-claude", "openrouter", "anthropic/claude-sonnet-4.5",
            openai_chat.make(openai_chat.ROUTED_CLAUDE), "openrouter", "/api/v1",
        ),
        Provider(
            "openrouter-gemini", "openrouter", "google/gemini-3-pro-preview",
            openai_chat.make(openai_chat.ROUTED_GEMINI), "openrouter", "/api/v1",
        ),
        Provider("custom", "custom", "Qwen/Qwen3-8B", openai_chat.make(openai_chat.VLLM), "any", "/v1"),
    )
}  # fmt: skip
