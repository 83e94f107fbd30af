"""The providers with a wire format, an auth scheme or abilities of their own, and the two that are not companies."""

from __future__ import annotations

from typing import Final

from trunkline.providers import cloud_parameter_sets as cloud_sets
from trunkline.providers import parameter_sets as sets
from trunkline.providers.provider import OPENAI_PATHS, Paths, Provider

ANTHROPIC_VERSION: Final = "2023-06-01"
"""The current version of the Messages API: https://platform.claude.com/docs/en/api/versioning"""

ROWS: Final = (
    Provider(
        id="openai",
        display_name="OpenAI",
        base_url="https://api.openai.com/v1",
        env=("OPENAI_API_KEY",),
        docs_url="https://platform.openai.com/docs/api-reference/chat",
        key_url="https://platform.openai.com/api-keys",
        paths=Paths(
            chat="/chat/completions",
            embeddings="/embeddings",
            images="/images/generations",
            edits="/images/edits",
            speech="/audio/speech",
            transcriptions="/audio/transcriptions",
            moderations="/moderations",
            completions="/completions",
            responses="/responses",
            models="/models",
        ),
        aliases=("open-ai", "chatgpt"),
        key_prefixes=("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"),
        capabilities=frozenset(
            {"chat", "embeddings", "images", "speech", "transcriptions", "moderations", "list_models"}
        ),
        parameters=sets.OPENAI,
        prices="openai",
        example_models=("gpt-4o-mini", "gpt-4.1", "gpt-5-mini", "text-embedding-3-small"),
    ),
    Provider(
        id="anthropic",
        display_name="Anthropic",
        dialect="anthropic_messages",
        base_url="https://api.anthropic.com",
        auth="x-api-key",
        env=("ANTHROPIC_API_KEY",),
        docs_url="https://platform.claude.com/docs/en/api/messages",
        key_url="https://platform.claude.com/settings/keys",
        paths=Paths(chat="/v1/messages", models="/v1/models", count="/v1/messages/count_tokens"),
        surplus=("/v1",),
        headers=(("anthropic-version", ANTHROPIC_VERSION),),
        aliases=("claude",),
        key_prefixes=("sk-ant-",),
        parameters=sets.ANTHROPIC,
        prices="anthropic",
        example_models=("claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"),
    ),
    Provider(
        id="gemini",
        display_name="Google Gemini",
        dialect="gemini",
        base_url="https://generativelanguage.googleapis.com",
        auth="x-goog-api-key",
        env=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        docs_url="https://ai.google.dev/api/generate-content",
        key_url="https://aistudio.google.com/apikey",
        paths=Paths(
            chat="/v1beta/models/{model}:generateContent",
            chat_stream="/v1beta/models/{model}:streamGenerateContent?alt=sse",
            embeddings="/v1beta/models/{model}:batchEmbedContents",
            models="/v1beta/models",
            count="/v1beta/models/{model}:countTokens",
        ),
        surplus=("/v1beta/openai", "/v1beta", "/v1"),
        aliases=("google", "google-gemini", "google-ai", "google-ai-studio"),
        key_prefixes=("AIza",),
        # Pictures are made in a chat.
        capabilities=frozenset({"chat", "embeddings", "images", "list_models"}),
        parameters=sets.GEMINI,
        prices="google",
        example_models=("gemini-2.5-flash", "gemini-2.5-pro", "gemini-embedding-001"),
    ),
    Provider(
        id="vertex",
        display_name="Google Vertex AI",
        dialect="gemini",
        # https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
        base_url="https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}",
        auth="google-cloud",
        env=("GOOGLE_VERTEX_API_KEY",),
        docs_url="https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference",
        key_url="https://console.cloud.google.com/iam-admin/serviceaccounts",
        paths=Paths(
            chat="/publishers/google/models/{model}:generateContent",
            chat_stream="/publishers/google/models/{model}:streamGenerateContent?alt=sse",
        ),
        aliases=("vertex-ai", "google-vertex", "gcp"),
        capabilities=frozenset({"chat", "images"}),
        parameters=cloud_sets.VERTEX,
        prices="google",
        example_models=("gemini-2.5-flash", "gemini-2.5-pro"),
    ),
    Provider(
        id="bedrock",
        display_name="Amazon Bedrock",
        dialect="bedrock_converse",
        base_url="https://bedrock-runtime.{region}.amazonaws.com",
        auth="aws",
        env=("AWS_BEARER_TOKEN_BEDROCK",),
        docs_url="https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html",
        key_url="https://console.aws.amazon.com/bedrock/home#/api-keys",
        # Models are listed by another host, to which the credential is not bound.
        paths=Paths(chat="/model/{model}/converse", chat_stream="/model/{model}/converse-stream"),
        aliases=("aws", "aws-bedrock", "amazon"),
        key_prefixes=("ABSK", "bedrock-api-key-"),
        capabilities=frozenset({"chat"}),
        parameters=cloud_sets.BEDROCK,
        prices="aws",
        example_models=("us.amazon.nova-lite-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"),
    ),
    Provider(
        id="ollama",
        display_name="Ollama",
        dialect="ollama",
        base_url="http://127.0.0.1:11434",
        auth="none",
        docs_url="https://docs.ollama.com/api",
        requires_api_key=False,
        requires_base_url=True,
        # The last is of its OpenAI-compatible side: https://docs.ollama.com/api/openai-compatibility
        paths=Paths(chat="/api/chat", embeddings="/api/embed", models="/api/tags", completions="/v1/completions"),
        surplus=("/v1", "/api"),
        capabilities=frozenset({"chat", "embeddings", "list_models", "pull_model"}),
        parameters=sets.OLLAMA,
        example_models=("llama3.2", "qwen3", "gemma3", "nomic-embed-text"),
        start_hint="ollama serve",
    ),
    Provider(
        id="openrouter",
        display_name="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        env=("OPENROUTER_API_KEY",),
        docs_url="https://openrouter.ai/docs/api-reference/overview",
        key_url="https://openrouter.ai/settings/keys",
        paths=Paths(
            chat="/chat/completions",
            embeddings="/embeddings",
            # https://openrouter.ai/docs/api-reference/completion
            completions="/completions",
            models="/models",
            key="/key",
        ),
        # Both are always sent: OpenRouter attributes calls by them (https://openrouter.ai/docs/app-attribution).
        headers=(("HTTP-Referer", "http://localhost"), ("X-Title", "Trunkline")),
        aliases=("open-router",),
        key_prefixes=("sk-or-",),
        capabilities=frozenset({"chat", "embeddings", "images", "list_models", "check_key"}),
        parameters=sets.OPENROUTER,
        prices="openrouter",
        open_list=True,
        example_models=("openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5", "google/gemini-2.5-flash"),
    ),
    Provider(
        id="custom",
        display_name="OpenAI-compatible server",
        docs_url="https://platform.openai.com/docs/api-reference/chat",
        requires_api_key=False,
        requires_base_url=True,
        # All that any such server may have; one that has not answers so itself.
        paths=Paths(
            chat="/chat/completions",
            embeddings="/embeddings",
            images="/images/generations",
            edits="/images/edits",
            speech="/audio/speech",
            transcriptions="/audio/transcriptions",
            moderations="/moderations",
            rerank="/rerank",
            completions="/completions",
            models="/models",
        ),
        aliases=("other", "openai-compatible", "http"),
        capabilities=frozenset(
            {"chat", "embeddings", "images", "speech", "transcriptions", "moderations", "rerank", "list_models"}
        ),
        parameters=sets.CUSTOM,
    ),
    Provider(
        id="demo",
        display_name="Demo",
        base_url="http://demo.invalid/v1",
        auth="none",
        requires_api_key=False,
        paths=OPENAI_PATHS,
        capabilities=frozenset({"chat", "embeddings", "list_models"}),
        parameters=sets.COMPATIBLE,
        example_models=("demo-chat", "demo-embeddings"),
        in_process=True,
    ),
)
