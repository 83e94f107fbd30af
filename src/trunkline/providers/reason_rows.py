"""The words by which servers tell causes, with where they stand in their sources or documentation."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

ReasonName = Literal[
    "out_of_memory",
    "device_failed",
    "disk_full",
    "engine_dead",
    "model_broken",
    "too_old",
    "no_embeddings",
    "no_chat",
    "no_ranking",
    "no_vision",
    "no_sound",
    "no_tools",
    "no_thinking",
    "no_such_turn",
    "not_loaded",
    "not_offered",
    "wrong_place",
    "context_exceeded",
    "bad_media",
    "bad_schema",
    "loading",
    "busy",
]

OLLAMA: Final = "https://github.com/ollama/ollama/blob/main/"
LLAMA: Final = "https://github.com/ggml-org/llama.cpp/blob/master/"
VLLM: Final = "https://github.com/vllm-project/vllm/blob/main/vllm/"
TGI: Final = "https://github.com/huggingface/text-generation-inference/blob/main/"
BEDROCK: Final = "https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html"


class Row(msgspec.Struct, frozen=True):
    """A cause, by the words that tell it or the ``code`` of the error; ``source`` is where these are written down."""

    name: ReasonName
    words: re.Pattern[str] | None
    source: str
    code: str | None = None


def _row(name: ReasonName, words: str, source: str) -> Row:
    return Row(name, re.compile(words, re.IGNORECASE), source)


ROWS: Final[tuple[Row, ...]] = (
    # Before what is wrong with a request: "out of memory" may stand beside "while processing the image".
    _row("out_of_memory", r"requires more (system )?memory", f"{OLLAMA}llm/server.go"),
    _row(
        "out_of_memory",
        r"\bout of memory\b|OutOfMemory|cudaMalloc failed|unable to allocate|failed to allocate|cannot allocate memory"
        r"|ErrorOutOfDeviceMemory|insufficient memory|greater than the maximum allowed buffer|too large to be loaded"
        r"|terminated: signal: killed",
        f"{LLAMA}ggml/src/ggml-cuda/ggml-cuda.cu",
    ),
    _row(
        "out_of_memory",
        r"memory layout cannot be allocated|No available memory for the cache",
        f"{VLLM}v1/worker/utils.py",
    ),
    _row(
        "out_of_memory",
        r"(loading|load).{0,40}(aborted|failed).{0,40}insufficient system resources",
        "https://lmstudio.ai/docs/app/advanced/per-model",
    ),
    _row("disk_full", r"no space left on device", "https://www.man7.org/linux/man-pages/man3/errno.3.html"),
    _row(
        "engine_dead",
        r"EngineDeadError|EngineCore encountered an issue|Background loop has errored",
        f"{VLLM}v1/engine/exceptions.py",
    ),
    _row(
        "device_failed",
        r"CUDA error|CUBLAS_STATUS|HIP error|ROCm error|Vulkan.{0,20}device lost|no kernel image is available",
        f"{LLAMA}ggml/src/ggml-cuda/ggml-cuda.cu",
    ),
    _row("too_old", r"requires a newer version of Ollama", f"{OLLAMA}server/images.go"),
    _row(
        "model_broken",
        r"unknown (model )?architecture|unsupported (model )?architecture|error loading model|failed to load model"
        r"|unable to load model"
        r"|could not load model|waiting for llama runner to start"
        r"|invalid (gguf|file) magic|incompatible with your version of Ollama",
        f"{LLAMA}src/llama-model-loader.cpp",
    ),
    # What a server is not started or built for.
    _row(
        "no_embeddings",
        r"does not support embeddings?\b|embeddings? (is|are) not supported|does not support (the )?embeddings? api"
        r"|model is not embedding|not an embedding model",
        f"{LLAMA}tools/server/server-context.cpp",
    ),
    _row("no_ranking", r"does not support (re-?ranking|score)", f"{LLAMA}tools/server/server-context.cpp"),
    _row(
        "no_chat",
        r"does not support (chat|completions?|generate|generation)\b|does not support (the )?(chat )?completions? api"
        r"|without `?--embeddings?|is not a chat model|model_type.{0,20}embedding",
        f"{OLLAMA}server/routes.go",
    ),
    _row(
        "no_vision",
        r"image input is not supported|missing data required for image input"
        r"|(does not|doesn't|not) support (image|vision|picture|the image content)|does not support images?\b"
        r"|is not a multimodal model|No endpoints found that support image input|only 'text' content type is supported"
        r"|image_url is only supported by certain models|doesn't support the image content block",
        f"{LLAMA}tools/server/server-common.cpp",
    ),
    _row(
        "no_sound",
        r"audio input is not supported|(does not|doesn't) support audio|No endpoints found that support (input )?audio",
        f"{LLAMA}tools/server/server-common.cpp",
    ),
    _row(
        "no_tools",
        r"does not support (tools|tool use|tool calling|function)|(tools param|tool_choice) requires --jinja"
        r"|requires --jinja|\"auto\" tool choice requires --enable-auto-tool-choice"
        r"|No endpoints found that support tool|doesn't support (tool use|tools)",
        f"{OLLAMA}server/routes.go",
    ),
    _row("no_thinking", r"does not support (thinking|reasoning)", f"{OLLAMA}server/routes.go"),
    _row(
        "no_such_turn",
        r"roles must alternate|system role (is )?not supported|only user and assistant roles are supported"
        r"|error rendering (the )?(prompt|template)|jinja exception",
        f"{LLAMA}common/chat.cpp",
    ),
    _row(
        "not_loaded",
        r"no models? (is )?loaded|model is not loaded|model (was )?unloaded",
        "https://lmstudio.ai/docs/cli/load",
    ),
    _row(
        "not_offered",
        r"on-demand throughput isn.t supported|provided model identifier is invalid|has reached (the )?end of its life"
        r"|not supported by any provider you have enabled",
        BEDROCK,
    ),
    _row(
        "wrong_place",
        r"user location is not supported|unsupported_country_region_territory"
        r"|country, region, or territory not supported",
        "https://ai.google.dev/gemini-api/docs/troubleshooting",
    ),
    # What the request itself does wrong.
    _row(
        "context_exceeded",
        r"exceeds? (the )?(available |maximum |model's )?(context|token limit)|maximum context length"
        r"|context (size|length|window) (has been )?exceeded|input is too (long|large)|prompt is too long"
        r"|greater than the context length|n_keep >= n_ctx|exceeds the maximum (number of tokens|allowed length)"
        r"|longer than the maximum model length|maximum prompt length|too many (input )?tokens|less than \d+ tokens"
        r"|`?inputs`? tokens \+ `?max_new_tokens`?|input context is too long|increase the physical batch size",
        f"{LLAMA}tools/server/README.md",
    ),
    _row(
        "bad_media",
        r"failed to (load|decode|process) (the )?(image|audio|media)|image: unknown format|cannot identify image file"
        r"|invalid image|(could not|unable to) (process|decode) (input )?image",
        f"{LLAMA}tools/server/server-common.cpp",
    ),
    _row(
        "bad_schema",
        r"failed to (parse|initialize|compile) (the )?(grammar|samplers)|invalid JSON schema in format"
        r"|grammar error|unsupported (json )?schema",
        f"{LLAMA}common/json-schema-to-grammar.cpp",
    ),
    # What passes.
    _row(
        "loading",
        r"loading model|model is (currently |still )?loading|is currently loading",
        f"{LLAMA}tools/server/README.md",
    ),
    _row(
        "busy",
        r"server busy, please try again|model is overloaded|engine is currently overloaded|maximum pending requests",
        f"{OLLAMA}server/sched.go",
    ),
    Row("busy", None, "https://docs.anthropic.com/en/api/errors", code="overloaded_error"),
    Row("busy", None, f"{TGI}docs/openapi.json", code="overloaded"),
    Row("loading", None, BEDROCK, code="ModelNotReadyException"),
    Row("context_exceeded", None, f"{LLAMA}tools/server/README.md", code="exceed_context_size_error"),
)
