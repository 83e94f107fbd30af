"""Answers of providers and servers that failed, and what each of them means."""

from __future__ import annotations

from trunkline.core.errors import Fault, UpstreamKind
from trunkline.dialects import anthropic_messages, bedrock_converse, gemini, ollama, openai_chat
from trunkline.dialects.dialect import Dialect

OPENAI, ANTHROPIC, GEMINI, OLLAMA, BEDROCK = (
    openai_chat.DIALECT,
    anthropic_messages.DIALECT,
    gemini.DIALECT,
    ollama.DIALECT,
    bedrock_converse.DIALECT,
)

_llama = '{{"error":{{"code":{},"message":"{}","type":"{}"}}}}'.format
_plain = '{{"error":"{}"}}'.format
_vllm = '{{"object":"error","message":"{}","type":"{}","param":null,"code":{}}}'.format

ANSWERS: tuple[tuple[Dialect, int, str, str | None, UpstreamKind, Fault | None], ...] = (
    # Ollama
    (
        OLLAMA,
        500,
        _plain("model requires more system memory (8.4 GiB) than is available (3.2 GiB)"),
        "out_of_memory",
        "server",
        "target",
    ),
    (
        OLLAMA,
        500,
        _plain("llama runner process has terminated: cudaMalloc failed: out of memory"),
        "out_of_memory",
        "server",
        "target",
    ),
    (OLLAMA, 500, _plain("llama runner process has terminated: CUDA error"), "device_failed", "server", "target"),
    (OLLAMA, 500, _plain("unable to load model: /models/blobs/sha256-1"), "model_broken", "server", "target"),
    (
        OLLAMA,
        501,
        _plain("This server does not support embeddings. Start it with `--embeddings`"),
        "no_embeddings",
        "bad_request",
        "target",
    ),
    (OLLAMA, 400, _plain('\\"llama3.2\\" does not support tools'), "no_tools", "bad_request", "target"),
    (OLLAMA, 400, _plain('\\"nomic-embed-text\\" does not support chat'), "no_chat", "bad_request", "target"),
    (OLLAMA, 400, _plain('\\"llama3.2\\" does not support thinking'), "no_thinking", "bad_request", "target"),
    (OLLAMA, 500, _plain("this model is missing data required for image input"), "no_vision", "bad_request", "target"),
    (
        OLLAMA,
        503,
        _plain("server busy, please try again.  maximum pending requests exceeded"),
        "busy",
        "overloaded",
        "moment",
    ),
    (OLLAMA, 404, _plain("model 'llama9' not found"), None, "not_found", None),
    (OLLAMA, 500, _plain("write /var/lib/ollama: no space left on device"), "disk_full", "server", "target"),
    # llama.cpp
    (
        OPENAI,
        501,
        _llama(501, "This server does not support embeddings. Start it with `--embeddings`", "not_supported_error"),
        "no_embeddings",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        501,
        _llama(501, "This server does not support reranking. Start it with `--reranking`", "not_supported_error"),
        "no_ranking",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        501,
        _llama(501, "This server does not support completions. Start it without `--embeddings`", "not_supported_error"),
        "no_chat",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        500,
        _llama(
            500,
            "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
            "server_error",
        ),
        "no_vision",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        500,
        _llama(
            500,
            "audio input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
            "server_error",
        ),
        "no_sound",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        500,
        _llama(500, "tools param requires --jinja flag", "server_error"),
        "no_tools",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        500,
        _llama(500, "Context size has been exceeded.", "server_error"),
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        OPENAI,
        400,
        _llama(400, "the request exceeds the available context size, try increasing it", "exceed_context_size_error"),
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        OPENAI,
        500,
        _llama(500, "input is too large to process. increase the physical batch size", "server_error"),
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        OPENAI,
        500,
        _llama(500, "Failed to load image or audio file", "server_error"),
        "bad_media",
        "bad_request",
        "request",
    ),
    (
        OPENAI,
        500,
        _llama(500, "Failed to initialize samplers: failed to parse grammar", "server_error"),
        "bad_schema",
        "bad_request",
        "request",
    ),
    (
        OPENAI,
        500,
        _llama(500, "Conversation roles must alternate user/assistant/user/assistant/...", "server_error"),
        "no_such_turn",
        "bad_request",
        "target",
    ),
    (OPENAI, 503, _llama(503, "Loading model", "unavailable_error"), "loading", "overloaded", "moment"),
    # vLLM
    (
        OPENAI,
        400,
        _vllm(
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
            "BadRequestError",
            400,
        ),
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        OPENAI,
        500,
        _vllm("EngineCore encountered an issue. See stack trace above for the root cause.", "InternalServerError", 500),
        "engine_dead",
        "server",
        "target",
    ),
    (
        OPENAI,
        400,
        _vllm("The model does not support Embeddings API", "BadRequestError", 400),
        "no_embeddings",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        400,
        _vllm("Qwen3-8B is not a multimodal model", "BadRequestError", 400),
        "no_vision",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        400,
        _vllm(
            '\\"auto\\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
            "BadRequestError",
            400,
        ),
        "no_tools",
        "bad_request",
        "target",
    ),
    # LM Studio
    (
        OPENAI,
        400,
        (
            '{"error":{"message":"No models loaded. Please load a model in the developer page or use the `lms'
            ' load` command."}}'
        ),
        "not_loaded",
        "not_found",
        "target",
    ),
    (
        OPENAI,
        404,
        (
            '{"error":"Failed to load model \\"qwen3\\". Error: Model loading aborted due to insufficient system'
            ' resources."}'
        ),
        "out_of_memory",
        "server",
        "target",
    ),
    (
        OPENAI,
        400,
        '{"error":"Model does not support images. Please use a model that does."}',
        "no_vision",
        "bad_request",
        "target",
    ),
    (
        OPENAI,
        400,
        (
            '{"error":"Cannot truncate prompt with n_keep (4103) >= n_ctx (4096). The number of tokens to keep'
            ' from the initial prompt is greater than the context length."}'
        ),
        "context_exceeded",
        "too_large",
        "request",
    ),
    # Text Generation Inference
    (
        OPENAI,
        424,
        (
            '{"error":"Request failed during generation: Server error: CUDA out of memory. Tried to allocate'
            ' 2.00 GiB","error_type":"generation"}'
        ),
        "out_of_memory",
        "server",
        "target",
    ),
    (
        OPENAI,
        422,
        (
            '{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",'
            '"error_type":"validation"}'
        ),
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        OPENAI,
        503,
        '{"error":"Model meta-llama/Llama-3 is currently loading","estimated_time":20.0}',
        "loading",
        "overloaded",
        "moment",
    ),
    # OpenAI
    (
        OPENAI,
        503,
        ('{"error":{"message":"The engine is currently overloaded, please try again later","type":"server_error"}}'),
        "busy",
        "overloaded",
        "moment",
    ),
    (
        OPENAI,
        500,
        '{"error":{"message":"The server had an error while processing your request.","type":"server_error"}}',
        None,
        "server",
        None,
    ),
    (
        OPENAI,
        403,
        (
            '{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not'
            ' supported"}}'
        ),
        "wrong_place",
        "permission",
        "target",
    ),
    (
        OPENAI,
        404,
        '{"error":{"code":404,"message":"No endpoints found that support image input"}}',
        "no_vision",
        "bad_request",
        "target",
    ),
    # Anthropic
    (
        ANTHROPIC,
        529,
        '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        "busy",
        "overloaded",
        "moment",
    ),
    (
        ANTHROPIC,
        400,
        (
            '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000'
            ' tokens > 200000 maximum"}}'
        ),
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        ANTHROPIC,
        400,
        '{"type":"error","error":{"type":"invalid_request_error","message":"Could not process image"}}',
        "bad_media",
        "bad_request",
        "request",
    ),
    # Gemini
    (
        GEMINI,
        503,
        ('{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}'),
        "busy",
        "overloaded",
        "moment",
    ),
    (
        GEMINI,
        400,
        (
            '{"error":{"code":400,"message":"User location is not supported for the API use.","status":'
            '"FAILED_PRECONDITION"}}'
        ),
        "wrong_place",
        "permission",
        "target",
    ),
    (
        GEMINI,
        400,
        (
            '{"error":{"code":400,"message":"The input token count (1100000) exceeds the maximum number of tokens'
            ' allowed (1048576).","status":"INVALID_ARGUMENT"}}'
        ),
        "context_exceeded",
        "too_large",
        "request",
    ),
    # Bedrock
    (
        BEDROCK,
        429,
        '{"__type":"ModelNotReadyException","message":"The model is not ready."}',
        "loading",
        "overloaded",
        "moment",
    ),
    (
        BEDROCK,
        400,
        (
            '{"__type":"ValidationException","message":"Invocation of model ID anthropic.claude with on-demand'
            ' throughput isn\\u2019t supported. Retry your request with the ID or ARN of an inference profile."}'
        ),
        "not_offered",
        "not_found",
        "target",
    ),
    (
        BEDROCK,
        400,
        '{"__type":"ValidationException","message":"Input is too long for requested model."}',
        "context_exceeded",
        "too_large",
        "request",
    ),
    (
        BEDROCK,
        400,
        (
            '{"__type":"ValidationException","message":"This model doesn\'t support the image content block that'
            ' you provided."}'
        ),
        "no_vision",
        "bad_request",
        "target",
    ),
)
