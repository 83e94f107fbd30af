"""Where a request names a file by its id here, in each vendor's form.

- Anthropic: ``{"type": "document" | "image", "source": {"type": "file", "file_id"}}`` and
  ``{"type": "container_upload", "file_id"}``, https://platform.claude.com/docs/en/build-with-claude/files;
- OpenAI: ``{"type": "file", "file": {"file_id"}}`` in chats and ``{"type": "input_file" | "input_image", "file_id"}``
  in responses, https://platform.openai.com/docs/guides/pdf-files; and ``"container": {"type": "auto", "file_ids"}`` of
  its code interpreter, https://platform.openai.com/docs/guides/tools-code-interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Protocol, cast

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Media
from trunkline.core.errors import InvalidInput
from trunkline.dialects.anthropic_messages.media import document_source, image_source
from trunkline.dialects.media_url import write_url
from trunkline.dialects.pdf import PDF

ID: Final = "file_id"
LIST: Final = "file_ids"
_OURS: Final = re.compile(r"file-[0-9a-f]{32}")
_CALLS: Final = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_INPUT: Final = "input"
"""What a model gives a tool, in which an id is but a word."""


class Mention(Protocol):
    """One of them."""

    @property
    def field(self) -> str:
        """Where the id stands."""
        ...

    @property
    def file_id(self) -> str:
        """The id here."""
        ...

    def name(self, file_id: str) -> None:
        """Write the provider's id in its place."""
        ...

    def inline(self, media: Media, name: str) -> None:
        """Write the content in its place. Raises InvalidInput where this form has no room for it."""
        ...


class FieldMention(msgspec.Struct, frozen=True):
    """Implements :class:`Mention`: the object with the id at ``path``, and the one that it is a field of."""

    path: str
    node: JsonObject
    parent: JsonObject
    file_id: str

    @property
    def field(self) -> str:
        """See the protocol."""
        return f"{self.path}.{ID}" if self.path else ID

    def name(self, file_id: str) -> None:
        """Write the provider's id in its place."""
        self.node[ID] = file_id

    def inline(self, media: Media, name: str) -> None:
        """Write the content in its place. Raises InvalidInput where this form has no room for it."""
        kind, around = self.node.get("type"), self.parent.get("type")
        if kind == "file" and around == "image":
            self._replace(image_source(media, self.path))
        elif kind == "file" and around == "document":
            self._replace(document_source(media, self.path))
        elif kind == "input_image":
            self._drop({"image_url": write_url(media, "image/png")})
        elif kind == "input_file" or (around == "file" and self.parent.get("file") is self.node):
            self._drop({"filename": self.node.get("filename") or name, "file_data": write_url(media, PDF)})
        else:
            raise _only_an_id(self.field)

    def _replace(self, fields: JsonObject) -> None:
        self.node.clear()
        self.node.update(fields)

    def _drop(self, fields: JsonObject) -> None:
        del self.node[ID]
        self.node.update(fields)


class ListMention(msgspec.Struct, frozen=True):
    """Implements :class:`Mention`: one of a list of ids, in which nothing else can stand."""

    path: str
    ids: list[JsonValue]
    place: int
    file_id: str

    @property
    def field(self) -> str:
        """See the protocol."""
        return f"{self.path}.{self.place}"

    def name(self, file_id: str) -> None:
        """See the protocol."""
        self.ids[self.place] = file_id

    def inline(self, media: Media, name: str) -> None:
        """See the protocol."""
        raise _only_an_id(self.field)


def _only_an_id(field: str) -> InvalidInput:
    return InvalidInput.of(
        field,
        "names a file that the provider of this request does not have, where only an id can stand. Upload the file"
        " with the header x-trunkline-configuration, and name that configuration as the model.",
        code="file_elsewhere",
    )


def find_mentions(document: JsonValue) -> Iterator[Mention]:
    """All in a request, in no order. Ids that were not given here are none."""
    left: list[tuple[str, JsonValue, JsonObject]] = [("", document, {})]
    while left:
        path, value, parent = left.pop()
        if isinstance(value, list):
            left.extend((f"{path}.{number}", each, parent) for number, each in enumerate(value))
        elif isinstance(value, dict):
            named = value.get(ID)
            if isinstance(named, str) and _OURS.fullmatch(named):
                yield FieldMention(path, value, parent, named)
            listed = value.get(LIST)
            if isinstance(listed, list):
                place = f"{path}.{LIST}" if path else LIST
                for number, each in enumerate(listed):
                    if isinstance(each, str) and _OURS.fullmatch(each):
                        yield ListMention(place, listed, number, each)
            called = value.get("type") in _CALLS
            below = cast("JsonObject", value)
            left.extend(
                (f"{path}.{key}" if path else key, each, below)
                for key, each in value.items()
                if isinstance(each, (dict, list)) and not (called and key == _INPUT)
            )
