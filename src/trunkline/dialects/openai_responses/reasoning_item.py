"""What the model thinks, while a stream fills it."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue, Reasoning
from trunkline.core.chat_events import ReasoningDelta
from trunkline.dialects.openai_responses.emission import Emission
from trunkline.dialects.openai_responses.seal import write_thoughts


class ReasoningItem:
    """Thoughts: parts of a summary, the thinking itself, and the seal, after which nothing can be added."""

    __slots__ = (
        "_counts", "_emit", "_key", "_pieces", "_summarize", "_thoughts", "index", "name", "sealed", "thought",
    )  # fmt: skip

    def __init__(self, emit: Emission, index: int, name: str, thought: str | None, *, summarize: bool = False) -> None:
        """With ``summarize`` thoughts are written as summaries, whatever they are."""
        self._emit = emit
        self.index = index
        self.name = name
        self.thought = thought
        """The id that the thought has itself."""
        self.sealed = False
        self._summarize = summarize
        self._thoughts: list[Reasoning] = []
        self._key: tuple[int, bool] | None = None
        self._pieces: list[str] = []
        self._counts = {True: 0, False: 0}

    def begin(self) -> bytes:
        """The item is added."""
        item: JsonValue = {"id": self.name, "type": "reasoning", "summary": []}
        return self._emit("response.output_item.added", {"output_index": self.index, "item": item})

    def takes(self, event: ReasoningDelta) -> bool:
        """Whether ``event`` goes on with this item: by the id of its thought, or by its part where it has none."""
        if self.sealed:
            return False
        if event.id is not None and self.thought is not None:
            return event.id == self.thought
        if self._key is None:
            return True
        return self._key[0] == event.part and (not event.text or self._key[1] == self._sums_up(event))

    def add(self, event: ReasoningDelta) -> bytes:
        """More of a thought, or its seal."""
        out = b""
        if event.text:
            summary = self._sums_up(event)
            key = (event.part, summary)
            if self._key != key:
                out = self._close_part()
                self._key = key
                out += self._begin_part(summary=summary)
            self._pieces.append(event.text)
            kind = "response.reasoning_summary_text.delta" if summary else "response.reasoning_text.delta"
            out += self._emit(kind, {**self._place(summary=summary), "delta": event.text})
        if event.signature is not None or event.redacted is not None:
            out += self._close_part()
            self.sealed = True
            if self._thoughts:
                last = self._thoughts[-1]
                seal = event.signature if event.redacted is None else event.redacted
                self._thoughts[-1] = msgspec.structs.replace(last, signature=seal, format=event.format)
            else:
                self._thoughts.append(
                    Reasoning(None, event.signature, event.redacted, summary=event.summary, format=event.format)
                )
        return out

    def finish(self, status: str) -> tuple[bytes, dict[str, JsonValue]]:
        """The end of the item, and the item."""
        del status
        out = self._close_part()
        item = write_thoughts(self._thoughts, self.name)
        return out + self._emit("response.output_item.done", {"output_index": self.index, "item": item}), item

    def _sums_up(self, event: ReasoningDelta) -> bool:
        return event.summary or self._summarize

    def _place(self, *, summary: bool) -> dict[str, JsonValue]:
        name = "summary_index" if summary else "content_index"
        return {"item_id": self.name, "output_index": self.index, name: self._counts[summary]}

    def _begin_part(self, *, summary: bool) -> bytes:
        if summary:
            kind, part = "response.reasoning_summary_part.added", "summary_text"
        else:
            kind, part = "response.content_part.added", "reasoning_text"
        return self._emit(kind, {**self._place(summary=summary), "part": {"type": part, "text": ""}})

    def _close_part(self) -> bytes:
        if self._key is None:
            return b""
        text, summary = "".join(self._pieces), self._key[1]
        place = self._place(summary=summary)
        if summary:
            out = self._emit("response.reasoning_summary_text.done", {**place, "text": text})
            kind, part = "response.reasoning_summary_part.done", "summary_text"
        else:
            out = self._emit("response.reasoning_text.done", {**place, "text": text})
            kind, part = "response.content_part.done", "reasoning_text"
        out += self._emit(kind, {**place, "part": {"type": part, "text": text}})
        self._thoughts.append(Reasoning(text, summary=summary))
        self._counts[summary] += 1
        self._key = None
        self._pieces = []
        return out
