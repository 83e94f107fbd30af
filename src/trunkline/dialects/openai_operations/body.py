"""What a request's body is asked and told, whichever way it is encoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput


class Body(Protocol):
    """A request's body. Only what is asked for here is read of it."""

    @property
    def raw(self) -> bytes:
        """The bytes as they came."""
        ...

    @property
    def model(self) -> str:
        """The name that the caller wrote; never empty."""
        ...

    @property
    def streams(self) -> bool:
        """Whether ``stream`` is true."""
        ...

    def text(self, name: str) -> str | None:
        """A field that is a string; None for any other and where there is none."""
        ...

    def characters(self, *names: str) -> int:
        """How much text those fields hold, lists of texts included."""
        ...

    def tokens(self, *names: str) -> int:
        """How many tokens the fields hold that are cut into such already."""
        ...

    def number(self, name: str) -> int | None:
        """A field that is a whole number; None for any other and where there is none."""
        ...

    def texts(self, *names: str) -> Iterator[str]:
        """Every text in those fields, or in any; data URLs and files are none."""
        ...

    def holds_tokens(self, *names: str) -> bool:
        """Whether one of those fields holds numbers in the place of a text: input that is cut into tokens already."""
        ...

    def edit(self, model: str, *, defaults: Mapping[str, JsonValue] = {}, stream_usage: bool = False) -> bytes:
        """The body for a provider that knows the model as ``model``; all else is copied as bytes.

        ``defaults`` fill fields that the caller left open; ``stream_usage`` has a stream tell its usage. Both are for
        JSON alone. Raises InvalidInput.
        """
        ...


def missing_model() -> InvalidInput:
    """The error for a body that names no model."""
    return InvalidInput.of("model", "name the model to use, as a non-empty string", code="missing_model")
