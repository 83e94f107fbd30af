"""Channels on the wire, and what was sent to them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import Field, StrictBool, StringConstraints

from trunkline.control.alerts.channel import ChannelDraft, ChannelRecord
from trunkline.control.record import Beside
from trunkline.core.alert import ChannelKind, DeliveryState, Notice
from trunkline.core.secret import Secret
from trunkline.faces.http.wire import GivenName, Moment, RequestBody, ResponseBody

GivenUrl = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_096)]
GivenSecret = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_024)]
Addresses = Annotated[list[Annotated[str, Field(max_length=320)]], Field(max_length=100)]


class _ChannelFields(RequestBody):
    """What making and changing a channel have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "workspaceId", "secretMask", "revision", "createdBy", "createdAt", "updatedAt"}
    )

    url: Annotated[
        GivenUrl | None, Field(description="Where notices are posted. That of a `slack` channel is kept as a secret.")
    ] = None
    secret: Annotated[
        GivenSecret | None,
        Field(
            description="What a webhook signs with: `whsec_` and 24 to 64 random bytes in base64. Of an extension:"
            " what it asks for. Write-only."
        ),
    ] = None
    addresses: Addresses | None = None
    extension: Annotated[
        str | None, Field(max_length=100, description="The alert channel of an extension, for the kind `extension`.")
    ] = None
    settings: Annotated[
        dict[str, Any] | None, Field(max_length=100, description="What that extension asks for. No secrets.")
    ] = None
    enabled: StrictBool | None = None

    def read(self) -> ChannelDraft:
        """What was given, for the use case."""
        names = ("kind", "name", "url", "extension", "settings")
        given: dict[str, Any] = {name: value for name in names if (value := getattr(self, name, None)) is not None}
        return ChannelDraft(
            **given,
            secret=UNSET if self.secret is None else Secret(self.secret),
            addresses=UNSET if self.addresses is None else tuple(self.addresses),
            is_enabled=UNSET if self.enabled is None else self.enabled,
        )


class AlertChannelCreateRequest(_ChannelFields):
    """A new channel: a `webhook` or `slack` with a `url`, `email` with `addresses`, or one of an `extension`."""

    example: ClassVar[dict[str, Any]] = {
        "kind": "webhook",
        "name": "On-call",
        "url": "https://hooks.example.com/trunkline",
    }

    kind: ChannelKind
    name: GivenName


class AlertChannelUpdateRequest(_ChannelFields):
    """What is to change of a channel. Where its URL leads to another server, its secret is needed again."""

    example: ClassVar[dict[str, Any]] = {"name": "On-call, Europe"}

    kind: ChannelKind | None = None
    name: GivenName | None = None


class AlertChannelResponse(ResponseBody):
    """A channel. Of a `slack` URL, which is a secret, only the beginning is shown."""

    id: str
    workspace_id: str
    name: str
    kind: ChannelKind
    url: str | None
    addresses: list[str]
    extension: Annotated[str | None, Field(description="The alert channel of an extension; `null` for other kinds.")]
    settings: Annotated[
        dict[str, Any] | None, Field(description="What that extension asks for; `null` for other kinds.")
    ]
    secret_mask: str | None
    enabled: bool
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, record: ChannelRecord) -> AlertChannelResponse:
        """From the record."""
        return super().of(Beside(record, enabled=record.is_enabled))


class AlertChannelCreatedResponse(AlertChannelResponse):
    """A new channel. `secret` is the one that was made for it, and is shown this once; `null` where there is none."""

    secret: Annotated[str | None, Field(description="The secret that was made, shown this once; `null` if none was.")]

    @classmethod
    def of(cls, record: ChannelRecord) -> AlertChannelCreatedResponse:
        """From the record."""
        made = record.new_secret
        return cls.model_validate(
            Beside(record, enabled=record.is_enabled, secret=None if made is None else made.reveal())
        )


class AlertDeliveryResponse(ResponseBody):
    """A notice to a channel. Its `id` is the header `webhook-id`, the same at each attempt."""

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
    next_at: Moment | None
    created_at: Moment
    sent_at: Moment | None
