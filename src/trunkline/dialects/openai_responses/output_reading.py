"""Reads the items of an answer into parts."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import (
    Citation,
    Image,
    JsonValue,
    LogProb,
    Media,
    Opaque,
    Part,
    Refusal,
    Text,
    ToolCall,
)
from trunkline.dialects.argument_text import unwrap
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.openai_responses.citation import NAME, read_annotation
from trunkline.dialects.openai_responses.logprobs import read_logprobs
from trunkline.dialects.openai_responses.seal import read_thoughts, vendor_id
from trunkline.dialects.openai_responses.status import CALLS
from trunkline.dialects.openai_responses.wire import ExtraContent, Item, ItemKind, Piece
from trunkline.dialects.raw_json import decode
from trunkline.dialects.spare_field import SparingDecoder

_KNOWN = frozenset({"message", "reasoning", "function_call", "image_generation_call"})

decode_item = SparingDecoder(Item).decode
_decode_kind = msgspec.json.Decoder(ItemKind).decode


class Output:
    """All items, read: their parts, log probabilities, and what the end of the answer depends on."""

    def __init__(self, items: list[msgspec.Raw]) -> None:
        self.parts: list[Part] = []
        self.calls = False
        self.refused = False
        self._logprobs: list[LogProb] = []
        self._ids = MadeIds()
        for item in items:
            self._read(item)

    @property
    def logprobs(self) -> tuple[LogProb, ...] | None:
        """Those of all texts; None when there are none."""
        return tuple(self._logprobs) or None

    def _read(self, raw: msgspec.Raw) -> None:
        kind = kind_of(raw)
        if kind in CALLS:
            self.calls = True
        if kind not in _KNOWN:
            self.parts.append(Opaque(NAME, decode(raw)))
            return
        item = decode_item(raw)
        match kind:
            case "message":
                for piece in item.content or ():
                    self._say(piece)
            case "reasoning":
                self.parts.extend(
                    read_thoughts(
                        vendor_id(item.id, "rs"),
                        [piece.text or "" for piece in item.summary or ()],
                        [piece.text or "" for piece in item.content or ()],
                        item.encrypted_content,
                    )
                )
            case "function_call":
                self.parts.append(
                    ToolCall(
                        call_id(item, self._ids),
                        item.name or "",
                        read_arguments(item),
                        read_proof(item.extra_content),
                    )
                )
            case _:
                picture = read_picture(item)
                self.parts.append(Opaque(NAME, decode(raw)) if picture is None else Image(picture))

    def _say(self, piece: Piece) -> None:
        if piece.type == "refusal":
            self.refused = True
            self.parts.append(Refusal(piece.refusal or ""))
        elif piece.text:
            self._logprobs.extend(read_logprobs(piece.logprobs) or ())
            self.parts.append(
                Text(piece.text, citations=read_citations(piece), signature=read_proof(piece.extra_content))
            )


def kind_of(raw: msgspec.Raw) -> str:
    """The item's type; empty when it has none."""
    return _decode_kind(raw).type or ""


def is_known(kind: str) -> bool:
    """Whether the neutral form has a word for such an item."""
    return kind in _KNOWN


def call_id(item: Item, ids: MadeIds) -> str:
    """The call's id; one without gets its item's, or one of ``ids``."""
    return item.call_id or item.id or ids.make(item.name or "")


def read_arguments(item: Item) -> str:
    """Arguments as JSON text; some servers send the object itself, or its text as JSON once more."""
    if item.arguments is None:
        return ""
    if isinstance(item.arguments, str):
        return mend_arguments(item.arguments)
    return msgspec.json.encode(item.arguments).decode()


def mend_arguments(arguments: str) -> str:
    """Whole arguments as they were meant; those that need no mending stay as they came."""
    meant = unwrap(arguments)
    return arguments if meant == arguments.strip() else meant


def read_picture(item: Item) -> Media | None:
    """The picture that the model made; None when it stands there without one."""
    if not item.result:
        return None
    identity = vendor_id(item.id, "ig")
    extra: dict[str, dict[str, JsonValue]] = {} if identity is None else {NAME: {"id": identity}}
    if item.result.startswith(("https://", "http://")):
        return Media(url=item.result, extra=extra)
    return Media(data=item.result, media_type=f"image/{item.output_format or 'png'}", extra=extra)


def read_citations(piece: Piece) -> tuple[Citation, ...]:
    """The sources of a text."""
    found = [read_annotation(wire) for wire in piece.annotations or ()]
    return tuple(citation for citation in found if citation is not None)


def read_proof(extra: ExtraContent | None) -> str | None:
    """Google's proof, if there is one."""
    return extra.google.thought_signature if extra is not None and extra.google is not None else None
