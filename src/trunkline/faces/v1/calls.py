"""What programs can call, for the pages that describe it. The paths themselves are read in ``asked``."""

from __future__ import annotations

from typing import Final

CALLS: Final[tuple[tuple[str, str, str], ...]] = (
    ("POST", "/v1/chat/completions", "Chat, in OpenAI's format, whole or streamed."),
    ("POST", "/v1/responses", "Chat, in the format of OpenAI's responses, whole or streamed."),
    ("POST", "/v1/completions", "A text that goes on, in OpenAI's older format, whole or streamed."),
    ("POST", "/v1/embeddings", "Embeddings, in OpenAI's format."),
    ("POST", "/v1/images/generations", "Pictures from words, in OpenAI's format."),
    ("POST", "/v1/images/edits", "Pictures from pictures and words, in OpenAI's format."),
    ("POST", "/v1/audio/speech", "Speech from text, in OpenAI's format."),
    ("POST", "/v1/audio/transcriptions", "Text from speech, in OpenAI's format."),
    ("POST", "/v1/moderations", "Whether a text is harmful, in OpenAI's format."),
    ("POST", "/v1/rerank", "Texts in the order of how well they fit a query, in Cohere's format."),
    ("POST", "/v1/messages", "Chat, in Anthropic's format, whole or streamed."),
    ("POST", "/v1/messages/count_tokens", "How many tokens a request has, in Anthropic's format."),
    ("POST", "/v1beta/models/{model}:generateContent", "Chat, in Gemini's format."),
    ("POST", "/v1beta/models/{model}:streamGenerateContent", "Chat, in Gemini's format, streamed."),
    ("POST", "/v1beta/models/{model}:countTokens", "How many tokens a request has, in Gemini's format."),
    ("POST", "/v1beta/models/{model}:embedContent", "An embedding, in Gemini's format."),
    ("POST", "/v1beta/models/{model}:batchEmbedContents", "Embeddings of several texts, in Gemini's format."),
    ("GET", "/v1/models", "The names that the caller may use as `model`, in the format of the client that asks."),
    ("GET", "/v1/models/{name}", "One of the names that the caller may use as `model`."),
    ("GET", "/v1beta/models", "The names that the caller may use as `model`, in Gemini's format."),
    ("GET", "/v1beta/models/{name}", "One of the names that the caller may use as `model`, in Gemini's format."),
)
"""Method, path and what it does, the most used first."""
