"""Responses of the calls, for the pages that describe them: what the demo model and the vendors' documents show."""

from __future__ import annotations

from typing import Any, Final

from trunkline.faces.v1.ollama_answers import VERSION

_COMPLETION: Final[dict[str, Any]] = {
    "id": "chatcmpl-019a5f0e7c1b7d9a",
    "object": "chat.completion",
    "created": 1769860800,
    "model": "default",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello!"}, "finish_reason": "stop", "logprobs": None}
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
}
_RESPONSE: Final[dict[str, Any]] = {
    "id": "resp_019a5f0e7c1b7d9a",
    "object": "response",
    "created_at": 1769860800,
    "status": "completed",
    "model": "default",
    "output": [
        {
            "id": "msg_019a5f0e7c1b7d9a",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Hello!", "annotations": []}],
        }
    ],
    "usage": {"input_tokens": 9, "output_tokens": 2, "total_tokens": 11},
}
_MESSAGE: Final[dict[str, Any]] = {
    "id": "msg_019a5f0e7c1b7d9a",
    "type": "message",
    "role": "assistant",
    "model": "default",
    "content": [{"type": "text", "text": "Hello!"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 2},
}
_CONTENT: Final[dict[str, Any]] = {
    "candidates": [
        {"index": 0, "content": {"role": "model", "parts": [{"text": "Hello!"}]}, "finishReason": "STOP"},
    ],
    "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2, "totalTokenCount": 11},
    "modelVersion": "default",
}

RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "POST /v1/chat/completions": _COMPLETION,
    "POST /v1/responses": _RESPONSE,
    "GET /v1/responses/{id}": _RESPONSE,
    "POST /v1/responses/input_tokens": {"object": "response.input_tokens", "input_tokens": 9},
    "DELETE /v1/responses/{id}": {"id": "resp_019a5f0e7c1b7d9a", "object": "response", "deleted": True},
    "POST /v1/completions": {
        "id": "cmpl-019a5f0e7c1b7d9a",
        "object": "text_completion",
        "created": 1769860800,
        "model": "default",
        "choices": [{"index": 0, "text": " there was a lighthouse.", "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 4, "completion_tokens": 5, "total_tokens": 9},
    },
    "POST /v1/embeddings": {
        "object": "list",
        "model": "default",
        "data": [
            {"object": "embedding", "index": 0, "embedding": [0.0023, -0.0093]},
            {"object": "embedding", "index": 1, "embedding": [0.0011, -0.0042]},
        ],
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
    },
    "POST /v1/images/generations": {"created": 1769860800, "data": [{"b64_json": "iVBORw0KGgo="}]},
    "POST /v1/audio/transcriptions": {"text": "Good morning."},
    "POST /v1/moderations": {
        "id": "modr-019a5f0e7c1b7d9a",
        "model": "default",
        "results": [{"flagged": False, "categories": {"violence": False}, "category_scores": {"violence": 0.0001}}],
    },
    "POST /v1/rerank": {
        "results": [{"index": 1, "relevance_score": 0.92}, {"index": 0, "relevance_score": 0.31}],
    },
    "POST /v1/messages": _MESSAGE,
    "POST /v1/messages/count_tokens": {"input_tokens": 9},
    "POST /v1beta/models/{model}:generateContent": _CONTENT,
    "POST /v1beta/models/{model}:countTokens": {"totalTokens": 9},
    "POST /v1beta/models/{model}:embedContent": {"embedding": {"values": [0.0023, -0.0093]}},
    "POST /v1beta/models/{model}:batchEmbedContents": {"embeddings": [{"values": [0.0023, -0.0093]}]},
    "POST /v1/batches": {
        "id": "batch_019a5f0e7c1b7d9a",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "model": "default",
        "input_file_id": "file-019a5f0e7c1b7d9a",
        "completion_window": "24h",
        "status": "in_progress",
        "created_at": 1769860800,
        "expires_at": 1769947200,
        "request_counts": {"total": 2, "completed": 0, "failed": 0},
    },
    "POST /v1/messages/batches": {
        "id": "msgbatch_019a5f0e7c1b7d9a",
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": {"processing": 1, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
        "created_at": "2026-01-31T12:00:00Z",
        "expires_at": "2026-02-01T12:00:00Z",
        "results_url": None,
    },
    "POST /v1beta/models/{model}:batchGenerateContent": {
        "name": "batches/019a5f0e7c1b7d9a",
        "metadata": {"displayName": "night", "state": "BATCH_STATE_RUNNING", "createTime": "2026-01-31T12:00:00Z"},
        "done": False,
    },
    "POST /v1beta/models/{model}:asyncBatchEmbedContent": {
        "name": "batches/019a5f0e7c1b7d9b",
        "metadata": {"displayName": "night", "state": "BATCH_STATE_RUNNING", "createTime": "2026-01-31T12:00:00Z"},
        "done": False,
    },
    "POST /upload/v1beta/files": {},
    "GET /v1/models": {
        "object": "list",
        "data": [{"id": "default", "object": "model", "created": 1769860800, "owned_by": "trunkline"}],
    },
    "POST /ollama/api/chat": {
        "model": "demo-chat",
        "created_at": "2026-01-31T12:00:00Z",
        "message": {"role": "assistant", "content": "Hello!"},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 9,
        "eval_count": 3,
        "total_duration": 412000000,
    },
    "POST /ollama/api/generate": {
        "model": "demo-chat",
        "created_at": "2026-01-31T12:00:00Z",
        "response": "Hello!",
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 9,
        "eval_count": 3,
        "total_duration": 412000000,
    },
    "POST /ollama/api/embed": {"model": "m", "embeddings": [[0.0023, -0.0093]], "prompt_eval_count": 2},
    "POST /ollama/api/embeddings": {"embedding": [0.0023, -0.0093]},
    "POST /ollama/api/show": {
        "details": {"family": "demo"},
        "model_info": {"general.architecture": "trunkline", "general.basename": "demo-chat"},
        "capabilities": ["completion", "tools"],
    },
    "GET /ollama/api/tags": {"models": [{"name": "default", "model": "default", "details": {"family": "demo"}}]},
    "GET /ollama/api/ps": {"models": []},
    "GET /ollama/api/version": {"version": VERSION},
    "GET /v1beta/models": {"models": [{"name": "models/default", "displayName": "default"}]},
}
"""By method and path. Calls whose response is not JSON, or a stream, are not here."""
