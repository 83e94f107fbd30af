"""Pictures from models that make them in a chat: OpenAI's images call as a chat request, and the answer back.

https://platform.openai.com/docs/api-reference/images/create; Gemini makes them when ``responseModalities`` ask for it
(https://ai.google.dev/gemini-api/docs/image-generation), OpenRouter when ``modalities`` do
(https://openrouter.ai/docs/features/multimodal/image-generation).
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse, Image, JsonValue, Message, Refusal, Text
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_chat import OpenAIChat

_RATIOS: Final = {
    name: int(name.partition(":")[0]) / int(name.partition(":")[2])
    for name in ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
}
"""The shapes that both Gemini and OpenRouter make."""

_TOLERANCE: Final = 0.02
"""How far a shape may be off: OpenAI's 1792x1024 is nearly 16:9."""

_DROPPABLE: Final = ("quality", "style", "moderation")
_REFUSED: Final = ("output_compression", "partial_images")


class Pictures(OpenAIChat):
    """The dialect of a client that asks for pictures, of whom nothing is ever streamed.

    ``theirs`` is the dialect that the provider is spoken to in: each has a word of its own for a picture's shape.
    """

    name = "openai_images"

    def __init__(self, theirs: str) -> None:
        super().__init__()
        self._theirs = theirs

    def read_request(self, body: bytes) -> ChatRequest:
        """The images call as a chat. Raises InvalidInput, and Unsupported for what a chat cannot be asked for."""
        fields = Fields.of_body(body)
        prompt = fields.needed("prompt")
        if not prompt.strip():
            raise fields.wrong("prompt", "must say what to draw")
        _refuse(fields)
        extra: dict[str, dict[str, JsonValue]] = {}
        dropped: dict[str, JsonValue] = {
            name: fields.value(name) for name in _DROPPABLE if fields.value(name) not in (None, "auto")
        }
        if dropped:
            extra[self.name] = dropped
        ratio = _read_ratio(fields)
        if ratio is not None and self._theirs == "gemini":
            extra["gemini"] = {"generationConfig": {"imageConfig": {"aspectRatio": ratio}}}
        elif ratio is not None:
            extra["openai_chat"] = {"image_config": {"aspect_ratio": ratio}}
        return ChatRequest(
            model=fields.model(),
            messages=(Message("user", (Text(prompt),)),),
            modalities=("image", "text"),
            user=fields.text("user"),
            extra=extra,
        )

    def write_response(self, response: ChatResponse) -> bytes:
        """The pictures of a chat's answer. Raises UpstreamError when there are none, with what was said instead."""
        parts = [part for choice in response.choices for part in choice.parts]
        data = [_write(part) for part in parts if isinstance(part, Image)]
        if not data:
            said = "".join(part.text for part in parts if isinstance(part, Text | Refusal))
            blocked = any(choice.stop in {"content_filter", "refusal"} for choice in response.choices)
            raise UpstreamError(
                "The model answered without a picture.",
                kind="moderated" if blocked else "bad_request",
                status=200,
                detail=said[:2_000] or None,
            )
        answer: dict[str, JsonValue] = {"created": response.created, "data": data}
        usage = response.usage
        if usage is not None:
            answer["usage"] = {
                "input_tokens": usage.input,
                "output_tokens": usage.output,
                "total_tokens": usage.total,
                "input_tokens_details": {
                    "image_tokens": usage.image_input,
                    "text_tokens": max(usage.input - usage.image_input, 0),
                },
            }
        return msgspec.json.encode(answer)


def _refuse(fields: Fields) -> None:
    count = fields.integer("n")
    if count is not None and count != 1:
        raise Unsupported.of("n", "this model makes one picture for each call")
    if fields.flag("stream"):
        raise Unsupported.of("stream", "this model makes pictures whole; leave it out")
    if fields.text("response_format") == "url":
        raise Unsupported.of("response_format", "this model's pictures come as b64_json")
    if fields.text("background") == "transparent":
        raise Unsupported.of("background", "this model has no transparent background")
    if fields.text("output_format") not in (None, "png"):
        raise Unsupported.of("output_format", "this model chooses the format itself; leave it out")
    for name in _REFUSED:
        if fields.value(name) not in (None, 0):
            raise Unsupported.of(name, "this model cannot be told; leave it out")


def _read_ratio(fields: Fields) -> str | None:
    size = fields.text("size")
    if size is None or size == "auto":
        return None
    width, cross, height = size.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise InvalidInput.of("size", "must be WIDTHxHEIGHT or auto")
    shape = int(width) / int(height)
    name, ratio = min(_RATIOS.items(), key=lambda pair: abs(pair[1] - shape))
    if abs(ratio / shape - 1) > _TOLERANCE:
        raise Unsupported.of("size", f"this model's pictures have one of the shapes {', '.join(_RATIOS)}")
    return name


def _write(image: Image) -> JsonValue:
    media = image.media
    return {"b64_json": media.data} if media.data is not None else {"url": media.url or ""}
