"""Conversations and messages on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Discriminator, Field, StrictBool, StringConstraints, Tag

from trunkline.control.conversations.conversations import ConversationTree
from trunkline.control.conversations.message import MessageRecord
from trunkline.control.conversations.messages import Content, SaidText, SentPicture
from trunkline.control.record import Beside
from trunkline.core.errors import InvalidInput
from trunkline.core.price import usd
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, Moment, RequestBody, ResponseBody

LONGEST_TEXT = 1_000_000

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Model = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=511)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]

_READ_ONLY = frozenset({"id", "titledBy", "createdAt", "updatedAt", "messages"})


class ConversationCreateRequest(RequestBody):
    """A new conversation: with a feature, or with a model."""

    example: ClassVar[dict[str, Any]] = {"feature": "chat-assistant"}

    feature: Slug | None = None
    model: Model | None = None


class ConversationUpdateRequest(RequestBody):
    """What is to change. ``leafId`` shows the branch through that message."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY
    example: ClassVar[dict[str, Any]] = {"title": "Plans for spring"}

    title: Title | None = None
    leaf_id: GivenId | None = None
    feature: Slug | None = None
    model: Model | None = None


class TextPartRequest(RequestBody):
    """A piece of text."""

    type: Literal["text"]
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class PicturePartRequest(RequestBody):
    """A picture: one that is here, or a data URL."""

    type: Literal["image"]
    picture_id: GivenId | None = None
    url: str | None = None


class FilePartRequest(RequestBody):
    """A PDF: one that is here, or a data URL. ``name`` is what it is called."""

    type: Literal["file"]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    file_id: GivenId | None = None
    url: str | None = None


def _kind_of_part(part: object) -> str | None:
    kind: object = cast("dict[str, object]", part).get("type") if isinstance(part, dict) else None
    return f"<{kind}>" if isinstance(kind, str) else None


def _kind_of_content(content: object) -> str | None:
    return "<one>" if isinstance(content, str) else "<many>" if isinstance(content, list) else None


# The tags stand in angle brackets, which keeps them out of the paths of wrong fields.
GivenPart = Annotated[
    Annotated[TextPartRequest, Tag("<text>")]
    | Annotated[PicturePartRequest, Tag("<image>")]
    | Annotated[FilePartRequest, Tag("<file>")],
    Discriminator(
        _kind_of_part,
        custom_error_type="part",
        custom_error_message='must be {"type": "text", "text"}, {"type": "image", "pictureId" or "url"} or'
        ' {"type": "file", "name", "fileId" or "url"}.',
    ),
]

GivenContent = Annotated[
    Annotated[str, StringConstraints(max_length=LONGEST_TEXT), Tag("<one>")]
    | Annotated[list[GivenPart], Field(max_length=32), Tag("<many>")],
    Discriminator(
        _kind_of_content, custom_error_type="content", custom_error_message="must be a text, or a list of parts."
    ),
]


class MessageCreateRequest(RequestBody):
    """Something to say. Without ``parentId`` it follows the last message of the branch that is shown."""

    example: ClassVar[dict[str, Any]] = {"content": "Which trees bloom first?", "stream": False}

    content: GivenContent
    stream: StrictBool = True
    parent_id: GivenId | None = None

    def read_content(self) -> Content:
        """What is said. :class:`InvalidInput` when it is nothing, or a picture comes in no way or in two."""
        if isinstance(self.content, str):
            parts: Content = [SaidText(self.content)]
        else:
            parts = [_read_part(part, f"content[{place}]") for place, part in enumerate(self.content)]
        if not any(isinstance(part, SentPicture) or part.text.strip() for part in parts):
            raise InvalidInput.of("content", "is empty. Write something, or send a picture.")
        return parts


def _read_part(part: TextPartRequest | PicturePartRequest | FilePartRequest, field: str) -> SaidText | SentPicture:
    if isinstance(part, TextPartRequest):
        return SaidText(part.text)
    if isinstance(part, FilePartRequest):
        if (part.file_id is None) == (part.url is None):
            raise InvalidInput.of(field, "a file needs either fileId or url (a data URL).")
        place = f"{field}.url" if part.url is not None else f"{field}.fileId"
        return SentPicture(place, part.file_id, part.url, part.name)
    if (part.picture_id is None) == (part.url is None):
        raise InvalidInput.of(field, "a picture needs either pictureId or url (a data URL).")
    return SentPicture(f"{field}.url" if part.url is not None else f"{field}.pictureId", part.picture_id, part.url)


class MessageStopRequest(RequestBody):
    """Which answer is meant; without it the one that is being written, else the last one shown."""

    example: ClassVar[dict[str, Any]] = {"messageId": EXAMPLE_ID}

    message_id: GivenId | None = None


class MessageRegenerateRequest(MessageStopRequest):
    """Which answer to write anew; without an id the last one of the branch that is shown."""

    example: ClassVar[dict[str, Any]] = {"messageId": EXAMPLE_ID, "stream": False}

    stream: StrictBool = True


class MessageRateRequest(RequestBody):
    """How good an answer is."""

    example: ClassVar[dict[str, Any]] = {"rating": 5}

    rating: Annotated[int, Field(ge=1, le=5, strict=True)]


class PictureResponse(ResponseBody):
    """A picture that is kept."""

    id: str
    url: str
    content_type: str


class ConversationResponse(ResponseBody):
    """A conversation. ``titledBy``: ``none`` (nothing said yet), ``text`` (its first words) or ``user``."""

    id: str
    title: str
    titled_by: str
    feature: str | None
    model: str | None
    leaf_id: str | None
    created_at: Moment
    updated_at: Moment


class StreamTicketResponse(ResponseBody):
    """A ticket for one request of the stream, and until when it is good."""

    ticket: str
    expires_at: Moment


class MessageResponse(ResponseBody):
    """A message. ``content`` is its text; ``parts`` are texts, thoughts, pictures and files in their order.

    ``state``: ``streaming``, ``complete``, ``stopped``, ``failed`` or ``interrupted``. ``usage`` are the figures of the
    call's usage event; ``omitted`` counts older messages that the model had no room for.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: str
    content: str
    parts: list[dict[str, Any]]
    state: str
    request_id: str | None
    model: str | None
    finish_reason: str | None
    usage: dict[str, Any] | None
    cost_usd: float | None = Field(serialization_alias="costUSD")
    first_token_ms: int | None
    duration_ms: int | None
    error: dict[str, Any] | None
    omitted: int
    rating: int | None
    created_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, view: MessageRecord) -> MessageResponse:
        """From the view."""
        return super().of(Beside(view, cost_usd=None if view.cost_nanos is None else usd(view.cost_nanos)))


class ConversationTreeResponse(ConversationResponse):
    """A conversation with all of its branches: each message names what it follows."""

    messages: list[MessageResponse]

    @classmethod
    def of(cls, tree: ConversationTree) -> ConversationTreeResponse:
        """From the view."""
        return super().of(Beside(tree, messages=[MessageResponse.of(message) for message in tree.messages]))
