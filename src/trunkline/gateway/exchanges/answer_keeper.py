"""What is done with a whole answer before its client sees the end of it. For kinds of chat whose answers are kept."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.chat import ChatResponse, Message
from trunkline.dialects.dialect import StreamWriter


class AnswerKeeper(Protocol):
    """For one answer that is translated. ``name`` is its id, in the place of the provider's."""

    @property
    def name(self) -> str: ...

    def show(self, response: ChatResponse) -> ChatResponse:
        """A last change before a whole answer is written for the client."""
        ...

    def watch(self, writer: StreamWriter) -> StreamWriter:
        """The writer of a stream, which tells in the end what was written."""
        ...

    async def keep(self, answer: Message) -> None:
        """Keep ``answer`` under :attr:`name`, for at most a few seconds. Never raises."""
        ...

    def finish(self, held: bytes) -> bytes:
        """A last change to the end of a stream."""
        ...

    def complete(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Adds the headers that tell whether it is kept."""
        ...
