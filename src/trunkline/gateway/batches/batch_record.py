"""Batches, as their makers see them and order them."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Wire = Literal["openai", "anthropic", "gemini"]
"""Whose format a batch is written in."""

State = Literal["running", "cancelling", "completed", "cancelled", "expired", "failed"]

Place = Literal["provider", "local"]
"""Who runs it: the provider's own batch API, or Trunkline, call by call."""

FILE_NAME: Final = "fileName"
"""The key in ``metadata`` under which the file stands that a batch of Gemini's was made of by its caller."""

ENDED: Final = frozenset({"completed", "cancelled", "expired", "failed"})

WINDOW_SECONDS: Final = 86_400
"""A batch that has not ended after a day expires, as it does with every vendor."""


class BatchOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. ``requests_id`` names the file with its requests, one a line.

    ``model`` is set where the URL says it (Gemini). ``place`` None: the provider's batch API where there is one.
    ``beta`` is Anthropic's header of that name, ``tags`` and ``unit`` are as those of a call. ``metadata`` is what
    OpenAI's callers say of it, and :data:`FILE_NAME` that Gemini's sent their requests in a file.
    """

    wire: Wire
    endpoint: str
    requests_id: str
    model: str | None = None
    place: Place | None = None
    name: str = ""
    metadata: dict[str, str] = {}
    beta: str = ""
    tags: tuple[str, ...] = ()
    unit: str | None = None


class BatchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One batch. Times are seconds since the epoch; ``fault`` says why it failed as a whole."""

    id: str
    wire: Wire
    endpoint: str
    model: str
    place: Place
    state: State
    requests_id: str
    output_id: str | None = None
    errors_id: str | None = None
    total: int = 0
    succeeded: int = 0
    errored: int = 0
    cancelled: int = 0
    expired: int = 0
    name: str = ""
    metadata: dict[str, str] = {}
    fault: str | None = None
    created_at: int
    expires_at: int
    cancelling_at: int | None = None
    ended_at: int | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing of it will change any more."""
        return self.state in ENDED
