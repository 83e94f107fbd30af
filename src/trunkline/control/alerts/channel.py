"""A channel as use cases give and take it, and what is checked of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.people.address import read_email
from trunkline.core.alert import ChannelKind, DeliveryState, Notice
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.storage.tables import AlertChannelRow

CHANNEL: Final = "alert_channel"
"""What audit events call it."""

MOST: Final = 50
MOST_ADDRESSES: Final = 20

_FOREIGN: Final[Mapping[ChannelKind, tuple[str, ...]]] = {
    "email": ("url", "secret", "extension", "settings"),
    "slack": ("secret", "addresses", "extension", "settings"),
    "webhook": ("addresses", "extension", "settings"),
    "extension": ("addresses",),
}


class ChannelDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; ``UNSET``: as it is."""

    kind: ChannelKind | UnsetType = UNSET
    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    secret: Secret | UnsetType = UNSET
    addresses: tuple[str, ...] | UnsetType = UNSET
    extension: str | UnsetType = UNSET
    settings: dict[str, JsonValue] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class ChannelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A channel as its admins see it. ``url`` is that of a webhook, and of a Slack one only the origin.
    ``extension`` names what sends, of a channel of that kind, and ``settings`` are what it asks for.

    ``secret_mask`` shows a stored secret without giving it away; ``new_secret`` is one that was made just now, and the
    only time that it is seen.
    """

    id: str
    workspace_id: str
    name: str
    kind: ChannelKind
    url: str | None
    addresses: list[str]
    extension: str | None
    settings: dict[str, JsonValue] | None
    secret_mask: str | None
    is_enabled: bool
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    new_secret: Secret | None = None


class DeliveryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to a channel. ``next_at``: when it is tried again; None: it is done with."""

    id: str
    alert_id: str | None
    channel_id: str
    channel_name: str
    channel_kind: ChannelKind
    notice: Notice
    state: DeliveryState
    attempts: int
    status: int | None
    reason: str | None
    next_at: datetime | None
    created_at: datetime
    sent_at: datetime | None


def read_addresses(given: tuple[str, ...]) -> list[str]:
    """Email addresses, each once. Raises InvalidInput at the one that is none."""
    if not 1 <= len(given) <= MOST_ADDRESSES:
        raise InvalidInput.of("addresses", f"takes 1 to {MOST_ADDRESSES} email addresses.")
    found = [read_email(one, field=f"addresses[{at}]") for at, one in enumerate(given)]
    return list(dict.fromkeys(found))


def refuse_foreign(kind: ChannelKind, draft: ChannelDraft) -> None:
    """Raise InvalidInput for fields that a channel of that kind does not have."""
    foreign = _FOREIGN[kind]
    wrong = [
        FieldError(name, f"is not for channels of the kind {kind!r}: leave it out.")
        for name in foreign
        if getattr(draft, name) is not UNSET
    ]
    if wrong:
        raise InvalidInput.of_all(tuple(wrong))


def write_state(row: AlertChannelRow) -> dict[str, JsonValue]:
    """What the audit log keeps of it: of a URL not the query, in which there may be a token."""
    return {
        "name": row.name,
        "kind": row.kind,
        "url": None if row.url is None else row.url.partition("?")[0],
        "addresses": list(row.addresses),
        **({} if row.extension is None else {"extension": row.extension, "settings": row.settings}),
        "enabled": row.is_enabled,
    }
