"""Holds an answer to the whole schema of a strict caller, where the model was given a looser one.

Providers that take few bounds (:mod:`trunkline.providers.closed_schema`) cannot keep to them. A caller who asked for
``strict`` was promised that an answer fits, so one that does not is an error of the provider. Patterns are not looked
at: matching a caller's pattern could take for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final, cast

import msgspec

from trunkline.core.chat import Choice, JsonObject, Text
from trunkline.core.chat_events import ChatEvent, Failure, Stop, TextDelta
from trunkline.core.errors import InvalidInput
from trunkline.dialects.dialect import StreamReader


def _pass(*_: object) -> tuple[()]:
    """Finds nothing."""
    return ()


@cache
def _load_validator() -> Any:
    """The class of validators. Its library is large, and few callers are strict."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415

    return cast("Any", validators).extend(Draft202012Validator, {"pattern": _pass, "patternProperties": _pass})


_COMPLETE: Final = ("stop", "stop_sequence")
"""Other ends (the limit, a refusal, a call) leave an answer that nobody takes for whole."""


class AnswerSchema:
    """A schema that answers must fit. Raises :class:`InvalidInput` for what is no JSON Schema."""

    __slots__ = ("_validator",)

    def __init__(self, schema: JsonObject) -> None:
        from jsonschema.exceptions import SchemaError  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415

        validator = _load_validator()
        try:
            validator.check_schema(schema)
        except SchemaError as error:
            raise InvalidInput.of("response_format", f"is no JSON Schema: {error.message}") from None
        # An empty registry: a reference is never fetched.
        self._validator: Any = validator(schema, registry=cast("Any", Registry)())

    def fault(self, text: str) -> str | None:
        """What is wrong with an answer, for people; None when it fits."""
        from jsonschema import exceptions  # noqa: PLC0415
        from referencing.exceptions import Unresolvable  # noqa: PLC0415

        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return "The model's answer does not fit the schema that was asked for: it is no JSON."
        try:
            error = cast("Any", exceptions).best_match(self._validator.iter_errors(value))
        except (Unresolvable, RecursionError):
            return None
        if error is None:
            return None
        return (
            f"The model's answer does not fit the schema that was asked for: at {error.json_path} it breaks"
            f" {error.validator!r}. Ask again, or ask without strict."
        )

    def choice_fault(self, choice: Choice) -> str | None:
        """The same of a whole choice, if it came to its end."""
        text = "".join(part.text for part in choice.parts if isinstance(part, Text))
        return self.fault(text) if choice.stop in _COMPLETE else None


class CheckedReader:
    """Reads a stream as another reader does, and puts a failure in the place of the end of an answer that does not fit.

    Implements :class:`~trunkline.dialects.dialect.StreamReader`.
    """

    __slots__ = ("_failed", "_reader", "_schema", "_texts")

    def __init__(self, reader: StreamReader, schema: AnswerSchema) -> None:
        self._reader = reader
        self._schema = schema
        self._texts: dict[int, list[str]] = {}
        self._failed = False

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events of ``data``."""
        return self._check(self._reader.feed(data))

    def close(self) -> list[ChatEvent]:
        """The last events."""
        return self._check(self._reader.close())

    def _check(self, events: Iterable[ChatEvent]) -> list[ChatEvent]:
        out: list[ChatEvent] = []
        for event in events:
            if self._failed:
                break
            if isinstance(event, TextDelta):
                self._texts.setdefault(event.choice, []).append(event.text)
            elif isinstance(event, Stop) and event.reason in _COMPLETE:
                fault = self._schema.fault("".join(self._texts.pop(event.choice, ())))
                if fault is not None:
                    out.append(Failure(fault, "malformed"))
                    self._failed = True
                    break
            out.append(event)
        return out
