"""What programs can call, for the pages that describe it. The paths themselves are read in ``asked``."""

from __future__ import annotations

from typing import Any, Final

_MESSAGES: Final = [{"role": "user", "content": "Say hello."}]
_CHAT: Final[dict[str, Any]] = {"model": "default", "messages": _MESSAGES, "stream": False}
_GEMINI: Final[dict[str, Any]] = {"contents": [{"role": "user", "parts": [{"text": "Say hello."}]}]}
_FORM: Final[dict[str, Any]] = {}
"""These come as ``multipart/form-data``, which has files in it."""

CALLS: Final[tuple[tuple[str, str, str, dict[str, Any] | None], ...]] = (
    ("POST", "/v1/chat/completions", "Chat, in OpenAI's format, whole or streamed.", _CHAT),
    (
        "POST",
        "/v1/responses",
        "Chat, in the format of OpenAI's responses, whole or streamed.",
        {"model": "default", "input": "Say hello."},
    ),
    (
        "POST",
        "/v1/responses/input_tokens",
        "How many tokens a request has, in the format of OpenAI's responses.",
        {"model": "default", "input": "Say hello."},
    ),
    (
        "POST",
        "/v1/responses/compact",
        "A shorter form of a long conversation, by OpenAI.",
        {"model": "default", "input": "Say hello."},
    ),
    ("GET", "/v1/responses/{id}", "A stored response, which may still be made in the background.", None),
    ("DELETE", "/v1/responses/{id}", "Forget a stored response.", None),
    ("POST", "/v1/responses/{id}/cancel", "Stop a response that is made in the background.", None),
    ("GET", "/v1/responses/{id}/input_items", "What a stored response was made from, page by page.", None),
    (
        "POST",
        "/v1/completions",
        "A text that goes on, in OpenAI's older format, whole or streamed.",
        {"model": "default", "prompt": "Once upon a time", "max_tokens": 64},
    ),
    (
        "POST",
        "/v1/embeddings",
        "Embeddings, in OpenAI's format.",
        {"model": "default", "input": ["one text", "another"]},
    ),
    (
        "POST",
        "/v1/images/generations",
        "Pictures from words, in OpenAI's format.",
        {"model": "default", "prompt": "A lighthouse at dusk", "size": "1024x1024"},
    ),
    ("POST", "/v1/images/edits", "Pictures from pictures and words, in OpenAI's format.", _FORM),
    (
        "POST",
        "/v1/audio/speech",
        "Speech from text, in OpenAI's format.",
        {"model": "default", "input": "Hello.", "voice": "alloy"},
    ),
    ("POST", "/v1/audio/transcriptions", "Text from speech, in OpenAI's format.", _FORM),
    (
        "POST",
        "/v1/moderations",
        "Whether a text is harmful, in OpenAI's format.",
        {"model": "default", "input": "A text."},
    ),
    (
        "POST",
        "/v1/rerank",
        "Texts in the order of how well they fit a query, in Cohere's format.",
        {"model": "default", "query": "lighthouses", "documents": ["the sea", "a tower with a lamp"]},
    ),
    (
        "POST",
        "/v1/messages",
        "Chat, in Anthropic's format, whole or streamed.",
        {"model": "default", "max_tokens": 256, "messages": _MESSAGES},
    ),
    (
        "POST",
        "/v1/messages/count_tokens",
        "How many tokens a request has, in Anthropic's format.",
        {"model": "default", "messages": _MESSAGES},
    ),
    ("POST", "/v1beta/models/{model}:generateContent", "Chat, in Gemini's format.", _GEMINI),
    ("POST", "/v1beta/models/{model}:streamGenerateContent", "Chat, in Gemini's format, streamed.", _GEMINI),
    ("POST", "/v1beta/models/{model}:countTokens", "How many tokens a request has, in Gemini's format.", _GEMINI),
    (
        "POST",
        "/v1beta/models/{model}:embedContent",
        "An embedding, in Gemini's format.",
        {"content": {"parts": [{"text": "one text"}]}},
    ),
    (
        "POST",
        "/v1beta/models/{model}:batchEmbedContents",
        "Embeddings of several texts, in Gemini's format.",
        {"requests": [{"model": "models/default", "content": {"parts": [{"text": "one text"}]}}]},
    ),
    ("GET", "/v1/models", "The names that the caller may use as `model`, in the format of the client that asks.", None),
    ("GET", "/v1/models/{name}", "One of the names that the caller may use as `model`.", None),
    ("GET", "/v1beta/models", "The names that the caller may use as `model`, in Gemini's format.", None),
    ("GET", "/v1beta/models/{name}", "One of the names that the caller may use as `model`, in Gemini's format.", None),
)
"""Method, path, what it does, and a body that works (None: it has none; empty: a form), the most used first."""
