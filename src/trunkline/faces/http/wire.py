"""What the wire models of every face have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Literal, Self, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from trunkline.core.errors import InvalidInput
from trunkline.core.ids import is_id

Moment = Annotated[
    datetime,
    PlainSerializer(lambda value: value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")),
]
"""A time in an answer: ISO 8601 in UTC, with milliseconds and ``Z``."""


EXAMPLE_ID: Final = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
"""What ids look like, for examples."""


def _read_id(text: str) -> str:
    lowered = text.lower()
    if not is_id(lowered):
        raise ValueError(f"must be an id, such as {EXAMPLE_ID}.")
    return lowered


GivenId = Annotated[str, AfterValidator(_read_id)]
"""An id in a request's body or query."""


def _read_name(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a line break or another character that cannot be shown.")
    return text


GivenName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(_read_name)
]
"""What a record is called, in a request: one line that can be shown, without spaces around it."""

PathId = Annotated[str, AfterValidator(str.lower)]
"""An id in a path. One that is none is like one that nobody has: there is nothing there."""


def _refuse_number(value: object) -> object:
    # The library reads seconds and milliseconds since the epoch as well, and guesses which of them are meant.
    try:
        float(cast("Any", value))
    except (TypeError, ValueError):
        return value
    raise ValueError("must be a time such as 2026-01-31T12:00:00Z.")


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be between the years 1 and 9999, also in UTC.") from None


GivenMoment = Annotated[AwareDatetime, BeforeValidator(_refuse_number), AfterValidator(_to_utc)]
"""A time in a request: ISO 8601 with a zone."""


class ResponseBody(BaseModel):
    """Something that a face says. Its names are in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)

    @classmethod
    def of(cls, record: Any, /) -> Self:
        """From a record: each field is its attribute of the same name, or of the field's ``validation_alias``."""
        return cls.model_validate(record)


class SuccessResponse(ResponseBody):
    """That it was done."""

    success: Literal[True] = True


def _show_example(schema: dict[str, Any], model: type[BaseModel]) -> None:
    if "example" in vars(model):
        schema["examples"] = [vars(model)["example"]]


class RequestBody(BaseModel):
    """Something that a caller says. Unknown fields are refused, and each is named.

    ``read_only`` are the fields of our own answers, by their names on the wire: a caller who sends back what it got is
    right to, and they are ignored. ``example`` is a body that works, for the API's description; it is not inherited.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=False,
        frozen=True,
        json_schema_extra=_show_example,
    )

    read_only: ClassVar[frozenset[str]] = frozenset()
    example: ClassVar[dict[str, Any]] = {}

    @model_validator(mode="before")
    @classmethod
    def _look_at(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        fields = cast("dict[str, Any]", given)
        refuse_broken_text(fields)
        return {name: value for name, value in fields.items() if name not in cls.read_only}

    def was_sent(self, field: str) -> bool:
        """Whether the caller sent ``field`` (its name in Python) at all; null counts as sent."""
        return field in self.model_fields_set


def refuse_broken_text(value: object, path: str = "") -> None:
    """:class:`InvalidInput` when a text anywhere in ``value`` cannot be stored: with a NUL or half a character."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)):
            raise InvalidInput.of(path, "has a character that is none (NUL, or half of a surrogate pair).")
        return
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        items = cast("dict[str, object]", value)
        for name in items:
            refuse_broken_text(name, path)
        inner = ((f"{path}.{name}" if path else name, item) for name, item in items.items())
    elif isinstance(value, list):
        inner = ((f"{path}[{index}]", item) for index, item in enumerate(cast("list[object]", value)))
    for where, item in inner:
        refuse_broken_text(item, where)
