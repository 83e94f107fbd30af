"""Writes parts as the items of an answer, and the skeletons of items that a stream fills."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import (
    Audio,
    Image,
    JsonValue,
    LogProb,
    Media,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
)
from trunkline.dialects.media_url import write_image_url
from trunkline.dialects.openai_responses.citation import NAME, write_annotations
from trunkline.dialects.openai_responses.content import write_signature
from trunkline.dialects.openai_responses.logprobs import write_logprobs
from trunkline.dialects.openai_responses.seal import belongs_to, make_id, shown, write_thoughts

_FORMATS: Final = frozenset({"png", "webp", "jpeg", "gif", "svg"})


def write_output(
    parts: tuple[Part, ...], logprobs: tuple[LogProb, ...] | None, response: str, *, summarize: bool = False
) -> list[JsonValue]:
    """The items. Neighbouring texts and refusals make one message; log probabilities stand with the first text.

    With ``summarize`` thoughts are written as summaries, whatever they are.
    """
    items: list[JsonValue] = []
    content: list[JsonValue] | None = None
    thoughts: list[Reasoning] = []
    used: set[str] = set()
    for part in parts:
        if thoughts and not (isinstance(part, Reasoning) and belongs_to(part, thoughts)):
            items.append(write_reasoning(thoughts, response, len(items), used))
            thoughts = []
        said = write_said(part, logprobs)
        if said is not None:
            if isinstance(part, Text):
                logprobs = None
            if content is None:
                content = []
                items.append(write_message(make_id("msg", response, len(items)), content))
            content.append(said)
            continue
        content = None
        match part:
            case Reasoning():
                thoughts.append(shown(part, summarize=summarize))
            case ToolCall():
                items.append(write_call(part, make_id("fc", response, len(items))))
            case Image():
                items.append(write_picture(part.media, make_id("ig", response, len(items))))
            case Opaque(dialect="openai_responses"):
                items.append(part.value)
            case _:
                pass
    if thoughts:
        items.append(write_reasoning(thoughts, response, len(items), used))
    return items


def write_message(identity: str, content: list[JsonValue], status: str = "completed") -> dict[str, JsonValue]:
    """What the model says."""
    return {"id": identity, "type": "message", "status": status, "role": "assistant", "content": content}


def write_said(part: Part, logprobs: tuple[LogProb, ...] | None) -> dict[str, JsonValue] | None:
    """A piece of a message; None for what is said otherwise. Of speech only its words can be told."""
    if isinstance(part, Refusal):
        return {"type": "refusal", "refusal": part.text}
    if isinstance(part, Audio) and part.transcript:
        part = Text(part.transcript)
    if not isinstance(part, Text):
        return None
    piece: dict[str, JsonValue] = {
        "type": "output_text",
        "text": part.text,
        "annotations": write_annotations(part.citations),
        "logprobs": write_logprobs(logprobs),
    }
    if part.signature is not None:
        piece["extra_content"] = write_signature(part.signature)
    return piece


def write_reasoning(group: list[Reasoning], response: str, index: int, used: set[str]) -> dict[str, JsonValue]:
    """A reasoning item under its own id, unless that is missing or ``used`` by another item."""
    identity = group[0].id
    if identity is None or identity in used:
        identity = make_id("rs", response, index)
    used.add(identity)
    return write_thoughts(group, identity)


def write_call(call: ToolCall, identity: str, status: str = "completed") -> dict[str, JsonValue]:
    """A call of a function. Arguments that are empty are written as an empty object."""
    item: dict[str, JsonValue] = {
        "id": identity,
        "type": "function_call",
        "status": status,
        "call_id": call.id,
        "name": call.name,
        "arguments": call.arguments or ("{}" if status == "completed" else ""),
    }
    if call.signature is not None:
        item["extra_content"] = write_signature(call.signature)
    return item


def write_picture(media: Media, identity: str) -> dict[str, JsonValue]:
    """A picture, as if the vendor's own tool had made it. One that stands elsewhere is told by its address."""
    own = media.extra.get(NAME, {}).get("id")
    item: dict[str, JsonValue] = {
        "id": own if isinstance(own, str) else identity,
        "type": "image_generation_call",
        "status": "completed",
        "result": media.data or write_image_url(media),
    }
    encoding = (media.media_type or "image/png").removeprefix("image/")
    if encoding in _FORMATS and encoding != "png":
        item["output_format"] = encoding
    return item
