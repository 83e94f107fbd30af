"""What programs can call, for the pages that describe it. The paths themselves are read in ``route_match``."""

from __future__ import annotations

from typing import Any, Final

_MESSAGES: Final = [{"role": "user", "content": "Say hello."}]
_CHAT: Final[dict[str, Any]] = {"model": "default", "messages": _MESSAGES, "stream": False}
_GEMINI: Final[dict[str, Any]] = {"contents": [{"role": "user", "parts": [{"text": "Say hello."}]}]}
_TEXT: Final[dict[str, Any]] = {"content": {"parts": [{"text": "one text"}]}}
_FORM: Final[dict[str, Any]] = {}
"""These come as ``multipart/form-data``, which has files in it."""

CALLS: Final[tuple[tuple[str, str, str, dict[str, Any] | None], ...]] = (
    ("POST", "/v1/chat/completions", "Create a chat completion (OpenAI Chat Completions), streamed or not.", _CHAT),
    (
        "POST",
        "/v1/responses",
        "Create a response (OpenAI Responses), streamed, not streamed, or in the background.",
        {"model": "default", "input": "Say hello."},
    ),
    (
        "POST",
        "/v1/responses/input_tokens",
        "Count the input tokens of a request (OpenAI Responses).",
        {"model": "default", "input": "Say hello."},
    ),
    (
        "POST",
        "/v1/responses/compact",
        "Compact a long conversation (OpenAI Responses; OpenAI and Azure OpenAI only).",
        {"model": "default", "input": "Say hello."},
    ),
    ("GET", "/v1/responses/{id}", "Get a stored response, also one that is still running in the background.", None),
    ("DELETE", "/v1/responses/{id}", "Delete a stored response.", None),
    ("POST", "/v1/responses/{id}/cancel", "Cancel a response that runs in the background.", None),
    ("GET", "/v1/responses/{id}/input_items", "List the input items of a stored response.", None),
    (
        "POST",
        "/v1/completions",
        "Complete a prompt (OpenAI's legacy Completions), streamed or not.",
        {"model": "default", "prompt": "Once upon a time", "max_tokens": 64},
    ),
    (
        "POST",
        "/v1/embeddings",
        "Create embeddings (OpenAI).",
        {"model": "default", "input": ["one text", "another"]},
    ),
    (
        "POST",
        "/v1/images/generations",
        "Generate images from a prompt (OpenAI).",
        {"model": "default", "prompt": "A lighthouse at dusk", "size": "1024x1024"},
    ),
    ("POST", "/v1/images/edits", "Edit images (OpenAI).", _FORM),
    (
        "POST",
        "/v1/audio/speech",
        "Generate speech from text (OpenAI).",
        {"model": "default", "input": "Hello.", "voice": "alloy"},
    ),
    ("POST", "/v1/audio/transcriptions", "Transcribe audio (OpenAI).", _FORM),
    (
        "POST",
        "/v1/moderations",
        "Classify text as potentially harmful (OpenAI Moderations).",
        {"model": "default", "input": "A text."},
    ),
    (
        "POST",
        "/v1/rerank",
        "Rank documents by relevance to a query (Cohere Rerank).",
        {"model": "default", "query": "lighthouses", "documents": ["the sea", "a tower with a lamp"]},
    ),
    (
        "POST",
        "/v1/messages",
        "Create a message (Anthropic Messages), streamed or not.",
        {"model": "default", "max_tokens": 256, "messages": _MESSAGES},
    ),
    (
        "POST",
        "/v1/messages/count_tokens",
        "Count the tokens of a request (Anthropic Messages).",
        {"model": "default", "messages": _MESSAGES},
    ),
    ("POST", "/v1beta/models/{model}:generateContent", "Generate content (Gemini).", _GEMINI),
    ("POST", "/v1beta/models/{model}:streamGenerateContent", "Generate content as a stream (Gemini).", _GEMINI),
    ("POST", "/v1beta/models/{model}:countTokens", "Count the tokens of a request (Gemini).", _GEMINI),
    (
        "POST",
        "/v1beta/models/{model}:embedContent",
        "Create an embedding (Gemini).",
        _TEXT,
    ),
    (
        "POST",
        "/v1beta/models/{model}:batchEmbedContents",
        "Create embeddings of several texts (Gemini).",
        {"requests": [{"model": "models/default", "content": {"parts": [{"text": "one text"}]}}]},
    ),
    ("POST", "/ollama/api/chat", "Answer a chat (Ollama), streamed unless `stream` is false.", _CHAT),
    (
        "POST",
        "/ollama/api/generate",
        "Answer a prompt (Ollama), streamed unless `stream` is false.",
        {"model": "default", "prompt": "Say hello.", "stream": False},
    ),
    (
        "POST",
        "/ollama/api/embed",
        "Create embeddings (Ollama).",
        {"model": "default", "input": ["one text", "another"]},
    ),
    (
        "POST",
        "/ollama/api/embeddings",
        "Create one embedding (Ollama's older call).",
        {"model": "default", "prompt": "one text"},
    ),
    ("POST", "/ollama/api/show", "Show what a model can do (Ollama).", {"model": "default"}),
    (
        "POST",
        "/v1/files",
        "Upload requests of a batch, one a line (purpose `batch`), or what a model is to read (OpenAI, Anthropic).",
        _FORM,
    ),
    ("GET", "/v1/files", "List one's own files.", None),
    ("GET", "/v1/files/{id}", "Get a file.", None),
    ("GET", "/v1/files/{id}/content", "Download a file, such as the results of a batch.", None),
    ("DELETE", "/v1/files/{id}", "Delete a file.", None),
    (
        "POST",
        "/v1/batches",
        "Create a batch of requests that are answered within a day (OpenAI Batches).",
        {"input_file_id": "file-019a5f0e7c1b7d9a", "endpoint": "/v1/chat/completions", "completion_window": "24h"},
    ),
    ("GET", "/v1/batches", "List one's own batches.", None),
    ("GET", "/v1/batches/{id}", "Get a batch.", None),
    ("POST", "/v1/batches/{id}/cancel", "Cancel a batch.", None),
    (
        "POST",
        "/v1/messages/batches",
        "Create a batch of messages (Anthropic Message Batches).",
        {
            "requests": [
                {"custom_id": "one", "params": {"model": "default", "max_tokens": 256, "messages": _MESSAGES}},
            ]
        },
    ),
    ("GET", "/v1/messages/batches", "List one's own message batches.", None),
    ("GET", "/v1/messages/batches/{id}", "Get a message batch.", None),
    ("GET", "/v1/messages/batches/{id}/results", "Download the results of a message batch that has ended.", None),
    ("POST", "/v1/messages/batches/{id}/cancel", "Cancel a message batch.", None),
    ("DELETE", "/v1/messages/batches/{id}", "Delete a message batch that has ended.", None),
    (
        "POST",
        "/v1beta/models/{model}:batchGenerateContent",
        "Create a batch of requests to generate content (Gemini).",
        {"batch": {"displayName": "night", "inputConfig": {"requests": {"requests": [{"request": _GEMINI}]}}}},
    ),
    (
        "POST",
        "/v1beta/models/{model}:asyncBatchEmbedContent",
        "Create a batch of embeddings (Gemini).",
        {"batch": {"displayName": "night", "inputConfig": {"requests": {"requests": [{"request": _TEXT}]}}}},
    ),
    ("GET", "/v1beta/batches", "List one's own batches (Gemini).", None),
    ("GET", "/v1beta/batches/{id}", "Get a batch, with its responses when it has ended (Gemini).", None),
    ("POST", "/v1beta/batches/{id}:cancel", "Cancel a batch (Gemini).", None),
    ("DELETE", "/v1beta/batches/{id}", "Delete a batch that has ended (Gemini).", None),
    (
        "POST",
        "/upload/v1beta/files",
        "Begin to upload the requests of a batch (Gemini); `X-Goog-Upload-URL` of the response takes the file.",
        {"file": {"displayName": "requests.jsonl"}},
    ),
    ("GET", "/v1beta/files", "List one's own files (Gemini).", None),
    ("GET", "/v1beta/files/{id}", "Get a file (Gemini).", None),
    ("GET", "/v1beta/files/{id}:download", "Download a file, such as the responses of a batch (Gemini).", None),
    ("DELETE", "/v1beta/files/{id}", "Delete a file (Gemini).", None),
    ("GET", "/v1/models", "List the models that the caller can use, in the format of the SDK that asks.", None),
    ("GET", "/v1/models/{name}", "Get one of the models that the caller can use.", None),
    ("GET", "/v1beta/models", "List the models that the caller can use (Gemini).", None),
    ("GET", "/v1beta/models/{name}", "Get one of the models that the caller can use (Gemini).", None),
    ("GET", "/ollama/api/tags", "List the models that the caller can use (Ollama).", None),
    ("GET", "/ollama/api/ps", "List the models in memory (Ollama): none, as providers keep that to themselves.", None),
    ("GET", "/ollama/api/version", "Get the version of Ollama's API that is served.", None),
)
"""Method, path, what it does, and a body that works (None: it has none; empty: a form), the most used first."""
