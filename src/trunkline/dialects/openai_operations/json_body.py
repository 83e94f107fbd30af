"""A body of JSON, of which only the fields that matter here are decoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_operations.body import missing_model
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, count_numbers, decode, find_texts, holds_numbers, is_said

_TRUE: Final = msgspec.Raw(b"true")
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


class JsonBody:
    """Implements :class:`~trunkline.dialects.openai_operations.body.Body`."""

    __slots__ = ("_fields", "model", "raw")

    def __init__(self, raw: bytes) -> None:
        """Raises InvalidInput for what is no JSON object and where the model is missing."""
        self.raw = raw
        try:
            self._fields = _fields.decode(raw)
        except BROKEN_JSON as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise InvalidInput.of("", f"The body is not a valid JSON object: {reason}") from None
        model = self.value("model")
        if model is not None and not isinstance(model, str):
            raise InvalidInput.of("model", "must be a string")
        if not model:
            raise missing_model()
        self.model = model

    def value(self, name: str) -> JsonValue:
        """A field, decoded; None where there is none."""
        raw = self._fields.get(name, ABSENT)
        return decode(raw) if is_said(raw) else None

    @property
    def streams(self) -> bool:
        """Whether ``stream`` is true."""
        return self._fields.get("stream") == _TRUE

    @property
    def stream_usage(self) -> bool:
        """Whether the caller asked to be told the usage of a stream."""
        options = self.value("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True

    def text(self, name: str) -> str | None:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def characters(self, *names: str) -> int:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        return sum(_measure(self.value(name)) for name in names)

    def tokens(self, *names: str) -> int:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        return sum(count_numbers(self.value(name)) for name in names)

    def number(self, name: str) -> int | None:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        value = self.value(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def texts(self, *names: str) -> Iterator[str]:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        wanted = names or self._fields.keys() - {"model", "stream"}
        return find_texts([decode(raw) for name, raw in self._fields.items() if name in wanted])

    def holds_tokens(self, *names: str) -> bool:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        return any(holds_numbers(self.value(name)) for name in names)

    def edit(self, model: str, *, defaults: Mapping[str, JsonValue] = {}, stream_usage: bool = False) -> bytes:
        """See :class:`~trunkline.dialects.openai_operations.body.Body`."""
        fields = {**self._fields, "model": _raw(model)}
        for name, value in defaults.items():
            if not is_said(fields.get(name, ABSENT)):
                fields[name] = _raw(value)
        if stream_usage and self.streams:
            options = self.value("stream_options")
            fields["stream_options"] = _raw({**(options if isinstance(options, dict) else {}), "include_usage": True})
        return msgspec.json.encode(fields)


def _measure(value: JsonValue) -> int:
    """Characters of a text, of a list of texts, and of objects with a text (moderation, ranking)."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(_measure(item) for item in value)
    if isinstance(value, dict):
        return _measure(value.get("text"))
    return 0


def _raw(value: JsonValue) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
