"""What the model says, while a stream fills it.

It begins with ``output_item.added`` and ends with ``output_item.done``; so do its parts within it.
"""

from __future__ import annotations

from trunkline.core.chat import Citation, JsonValue, LogProb, Text
from trunkline.dialects.openai_responses.citation import write_annotation
from trunkline.dialects.openai_responses.emission import Emission, encode
from trunkline.dialects.openai_responses.logprobs import write_logprobs
from trunkline.dialects.openai_responses.output_writing import write_message, write_said


class MessageItem:
    """What the model says: texts and refusals, one part at a time."""

    __slots__ = (
        "_annotations",
        "_content",
        "_emit",
        "_key",
        "_logprobs",
        "_pieces",
        "_signature",
        "head",
        "index",
        "name",
    )

    def __init__(self, emit: Emission, index: int, name: str) -> None:
        self._emit = emit
        self.index = index
        self.name = name
        self._content: list[JsonValue] = []
        self._key: int | None = None  # the number of the open text; -1 for a refusal
        self._pieces: list[str] = []
        self._annotations: list[Citation] = []
        self._logprobs: list[LogProb] = []
        self._signature: str | None = None
        self.head = b""
        """How every delta of the open text begins."""

    def begin(self) -> bytes:
        """The item is added."""
        item = write_message(self.name, [], "in_progress")
        return self._emit("response.output_item.added", {"output_index": self.index, "item": item})

    def is_open(self, part: int) -> bool:
        """Whether this is the text that grows."""
        return self._key == part

    def open_text(self, part: int) -> bytes:
        """A text begins."""
        out = self._close_part()
        self._key = part
        self.head = (
            b"event: response.output_text.delta\n"
            b'data: {"type":"response.output_text.delta","item_id":%b,"output_index":%d,"content_index":%d,"delta":'
        ) % (encode(self.name), self.index, len(self._content))
        return out + self._added(write_said(Text(""), None))

    def add_text(self, text: str, logprobs: tuple[LogProb, ...] | None, signature: str | None) -> None:
        """More of the open text is told; the caller writes the delta."""
        self._pieces.append(text)
        if logprobs:
            self._logprobs.extend(logprobs)
        if signature is not None:
            self._signature = signature

    def cite(self, citation: Citation) -> bytes:
        """A source of the open text."""
        annotation = write_annotation(citation)
        if annotation is None:
            return b""
        self._annotations.append(citation)
        number = len(self._annotations) - 1
        return self._emit(
            "response.output_text.annotation.added",
            {**self._place(), "annotation_index": number, "annotation": annotation},
        )

    def refuse(self, text: str) -> bytes:
        """More of a refusal."""
        out = b""
        if self._key != -1:
            out = self._close_part()
            self._key = -1
            out += self._added({"type": "refusal", "refusal": ""})
        self._pieces.append(text)
        return out + self._emit("response.refusal.delta", {**self._place(), "delta": text})

    def finish(self, status: str) -> tuple[bytes, dict[str, JsonValue]]:
        """The end of the item, and the item."""
        out = self._close_part()
        item = write_message(self.name, self._content, status)
        return out + self._emit("response.output_item.done", {"output_index": self.index, "item": item}), item

    def _place(self) -> dict[str, JsonValue]:
        return {"item_id": self.name, "output_index": self.index, "content_index": len(self._content)}

    def _added(self, part: JsonValue) -> bytes:
        return self._emit("response.content_part.added", {**self._place(), "part": part})

    def _close_part(self) -> bytes:
        if self._key is None:
            return b""
        text, place = "".join(self._pieces), self._place()
        part: JsonValue
        if self._key == -1:
            part = {"type": "refusal", "refusal": text}
            out = self._emit("response.refusal.done", {**place, "refusal": text})
        else:
            logprobs = tuple(self._logprobs)
            part = write_said(Text(text, citations=tuple(self._annotations), signature=self._signature), logprobs)
            out = self._emit("response.output_text.done", {**place, "text": text, "logprobs": write_logprobs(logprobs)})
        out += self._emit("response.content_part.done", {**place, "part": part})
        self._content.append(part)
        self._key = None
        self._pieces, self._annotations, self._logprobs, self._signature = [], [], [], None
        return out
