"""A message of a conversation, as people see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trunkline.control.conversations.answer_track import Part, stored_parts
from trunkline.control.record import read_record
from trunkline.core.chat import JsonValue
from trunkline.storage.tables import ConversationMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """``content`` is its text alone; ``parts`` are texts, thoughts and pictures in their order.

    What only answers have is None in a question. ``omitted`` counts older messages that the model was not sent, because
    it has no room for them. ``first_token_ms`` and ``duration_ms`` are those of the call. ``error`` has ``code``,
    ``message`` and ``retryable``.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: str
    content: str
    parts: Sequence[Part]
    state: str
    request_id: str | None
    model: str | None
    finish_reason: str | None
    usage: dict[str, JsonValue] | None
    cost_nanos: int | None
    first_token_ms: int | None
    duration_ms: int | None
    error: dict[str, JsonValue] | None
    omitted: int
    rating: int | None
    created_at: datetime
    finished_at: datetime | None


def show_message(row: ConversationMessage) -> MessageRecord:
    """From its row."""
    return read_record(MessageRecord, row, parts=stored_parts(row.content, row.parts))
