"""What a stream has told so far, so that nothing is passed on twice and nothing is left out."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import LogProb
from trunkline.core.chat_events import (
    ChatEvent,
    CitationDelta,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from trunkline.dialects.argument_text import ArgumentText
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.logprobs import read_logprobs
from trunkline.dialects.openai_responses.output_reading import (
    call_id,
    decode_item,
    is_known,
    kind_of,
    mend_arguments,
    read_arguments,
    read_citations,
    read_picture,
    read_proof,
)
from trunkline.dialects.openai_responses.seal import read_seal, vendor_id
from trunkline.dialects.openai_responses.status import CALLS
from trunkline.dialects.openai_responses.wire import Item
from trunkline.dialects.raw_json import decode, is_said

MAX_PARTS: Final = 10_000
"""A stream of more parts is malformed, so that memory is bounded."""


class _Call:
    __slots__ = ("index", "text", "told")

    def __init__(self, index: int) -> None:
        self.index = index
        self.text = ArgumentText()
        self.told = False
        """Whether pieces of its arguments came."""


class Progress:
    """Parts are numbered from 0 in the order in which they begin: texts apart from thoughts and from calls."""

    __slots__ = (
        "_calls",
        "_citations",
        "_done",
        "_ids",
        "_refusals",
        "_texts",
        "_thoughts",
        "calls",
        "refused",
        "seen",
    )

    def __init__(self) -> None:
        self._texts: dict[tuple[int, int], int] = {}
        self._citations: dict[tuple[int, int], int] = {}
        self._refusals: set[tuple[int, int]] = set()
        self._thoughts: dict[tuple[int, bool, int], int] = {}
        self._calls: dict[int, _Call] = {}
        self._done: set[int] = set()
        self._ids = MadeIds()
        self.calls = False
        """Whether an item waits for the caller."""
        self.refused = False
        self.seen = False
        """Whether an item was told at all."""

    @property
    def overflown(self) -> bool:
        """Whether there are more parts than any answer has."""
        parts = len(self._texts) + len(self._thoughts) + len(self._calls) + len(self._done) + len(self._refusals)
        return parts > MAX_PARTS

    def text(self, output: int, content: int) -> int:
        """The number of the text at this place, from now on told."""
        place = (output, content)
        part = self._texts.get(place)
        if part is None:
            self.seen = True
            part = self._texts[place] = len(self._texts)
        return part

    def text_done(
        self, output: int, content: int, text: str, logprobs: tuple[LogProb, ...] | None, events: list[ChatEvent]
    ) -> None:
        """The whole text, passed on if no delta told it."""
        if text and (output, content) not in self._texts:
            events.append(TextDelta(text, logprobs=logprobs, part=self.text(output, content)))

    def cite(self, output: int, content: int) -> int:
        """The number of the text that a source belongs to."""
        place = (output, content)
        self._citations[place] = self._citations.get(place, 0) + 1
        return self.text(output, content)

    def refuse(self, output: int, content: int, text: str, events: list[ChatEvent]) -> None:
        """More of a refusal."""
        if text:
            self.refused = self.seen = True
            self._refusals.add((output, content))
            events.append(RefusalDelta(text))

    def refusal_done(self, output: int, content: int, text: str, events: list[ChatEvent]) -> None:
        """The whole refusal."""
        if (output, content) not in self._refusals:
            self.refuse(output, content, text, events)

    def think(
        self, output: int, place: int, text: str, identity: str | None, events: list[ChatEvent], *, summary: bool
    ) -> None:
        """More of a thought."""
        if text:
            part = self._thought(output, place, summary=summary)
            events.append(ReasoningDelta(text, part=part, summary=summary, id=vendor_id(identity, "rs")))

    def thought(
        self, output: int, place: int, text: str, identity: str | None, events: list[ChatEvent], *, summary: bool
    ) -> None:
        """The whole thought."""
        if (output, summary, place) not in self._thoughts:
            self.think(output, place, text, identity, events, summary=summary)

    def item_added(self, output: int, raw: msgspec.Raw, events: list[ChatEvent]) -> None:
        """An item begins: a call is told at once."""
        if not is_said(raw):  # some servers tell the index alone first
            return
        self.seen = True
        if kind_of(raw) == "function_call":
            self._begin(output, decode_item(raw), events)

    def arguments(self, output: int, piece: str, events: list[ChatEvent]) -> None:
        """More of a call's arguments; nothing for a call that never began."""
        call = self._calls.get(output)
        if call is None:
            return
        call.told = True
        if passed := call.text.feed(piece):
            events.append(ToolCallDelta(call.index, passed))

    def arguments_done(self, output: int, arguments: str, events: list[ChatEvent]) -> None:
        """The whole arguments."""
        call = self._calls.get(output)
        if call is None:
            return
        if call.told:
            arguments = call.text.end()
        if arguments:
            call.told = True
            events.append(ToolCallDelta(call.index, mend_arguments(arguments)))

    def end(self, events: list[ChatEvent]) -> None:
        """The answer is over: gives what of arguments waited for that."""
        events.extend(ToolCallDelta(call.index, rest) for call in self._calls.values() if (rest := call.text.end()))

    def item_done(self, output: int, raw: msgspec.Raw, events: list[ChatEvent]) -> None:
        """A whole item; told again, it is nothing."""
        if not is_said(raw) or output in self._done:
            return
        self._done.add(output)
        self.seen = True
        kind = kind_of(raw)
        if kind in CALLS:
            self.calls = True
        if not is_known(kind):
            events.append(OpaqueDelta(NAME, decode(raw)))
            return
        item = decode_item(raw)
        match kind:
            case "message":
                self._message_done(output, item, events)
            case "reasoning":
                self._reasoning_done(output, item, events)
            case "function_call":
                self._begin(output, item, events)
                self.arguments_done(output, read_arguments(item), events)
            case _:
                picture = read_picture(item)
                events.append(OpaqueDelta(NAME, decode(raw)) if picture is None else ImageDelta(picture))

    def _begin(self, output: int, item: Item, events: list[ChatEvent]) -> None:
        if output not in self._calls:
            self.calls = True
            index = len(self._calls)
            self._calls[output] = _Call(index)
            events.append(
                ToolCallStart(
                    index, call_id(item, self._ids), item.name or "", signature=read_proof(item.extra_content)
                )
            )

    def _message_done(self, output: int, item: Item, events: list[ChatEvent]) -> None:
        for content, piece in enumerate(item.content or ()):
            if piece.type == "refusal":
                self.refusal_done(output, content, piece.refusal or "", events)
                continue
            self.text_done(output, content, piece.text or "", read_logprobs(piece.logprobs), events)
            told = self._citations.get((output, content), 0)
            events.extend(
                CitationDelta(citation, part=self.cite(output, content)) for citation in read_citations(piece)[told:]
            )

    def _reasoning_done(self, output: int, item: Item, events: list[ChatEvent]) -> None:
        last: tuple[int, bool] | None = None
        for summary, pieces in ((True, item.summary), (False, item.content)):
            for place, piece in enumerate(pieces or ()):
                self.thought(output, place, piece.text or "", item.id, events, summary=summary)
                last = (self._thought(output, place, summary=summary), summary)
        if not item.encrypted_content:
            return
        seal, form = read_seal(item.encrypted_content)
        identity = vendor_id(item.id, "rs")
        if last is None:
            part = self._thought(output, 0, summary=False)
            events.append(ReasoningDelta(redacted=seal, part=part, id=identity, format=form))
        else:
            events.append(ReasoningDelta("", seal, part=last[0], summary=last[1], id=identity, format=form))

    def _thought(self, output: int, place: int, *, summary: bool) -> int:
        key = (output, summary, place)
        part = self._thoughts.get(key)
        if part is None:
            self.seen = True
            part = self._thoughts[key] = len(self._thoughts)
        return part
