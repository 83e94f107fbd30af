"""What people say in a conversation, and having it answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

import msgspec

from trunkline.control.conversations.answer_track import Part
from trunkline.control.conversations.answer_writing import Order
from trunkline.control.conversations.answers import Answers
from trunkline.control.conversations.branches import Tree
from trunkline.control.conversations.chat_request import MOST_BYTES, pictures_of, write_request
from trunkline.control.conversations.message import MessageRecord, show_message
from trunkline.control.conversations.pictures import Pictures, check_pdf, check_picture, owner_of, read_data_url
from trunkline.control.conversations.titles import make_title
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.gateway.context import CallContext
from trunkline.gateway.exchanges.message_stream import MessageChat, Windows
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.resolve import FEATURE
from trunkline.storage import conversations as rows
from trunkline.storage import pictures as picture_rows
from trunkline.storage.conversations import RUNNING
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Conversation, ConversationMessage, Picture, now

Rate: TypeAlias = Callable[[Actor, str, int], Awaitable[object]]
"""Counts a rating (1 to 5) for the call of a request."""


Modalities: TypeAlias = Callable[[Actor, str], Awaitable[Sequence[str]]]
"""What a feature's model is asked for; nothing where its own way is right. Raises where it cannot be talked with."""


class SaidText(msgspec.Struct, frozen=True):
    """Text that somebody sends."""

    text: str


class SentPicture(msgspec.Struct, frozen=True):
    """A picture that somebody sends: one that is here already, or a data URL. ``field`` is where it stood.

    With a ``name`` it is a PDF.
    """

    field: str
    picture_id: str | None = None
    url: str | None = None
    name: str | None = None


Content: TypeAlias = Sequence[SaidText | SentPicture]


class AskingRequest(msgspec.Struct, frozen=True):
    """The request by which something is said: its id, and whom the program behind it named as its user."""

    request_id: str
    unit: str | None = None


class Messages:
    """The messages of the actor's conversations."""

    LATEST: Final = object()
    """Below the last message of the branch that is shown."""

    def __init__(
        self,
        database: Database,
        answers: Answers,
        pictures: Pictures,
        modalities: Modalities,
        rate: Rate,
        *,
        windows: Windows,
        prices: Prices,
    ) -> None:
        self._database = database
        self._answers = answers
        self._pictures = pictures
        self._modalities = modalities
        self._rate = rate
        self._windows = windows
        self._prices = prices

    async def send(
        self, actor: Actor, conversation_id: str, content: Content, asking: AskingRequest, *, parent: object = LATEST
    ) -> str:
        """Say something and have it answered; gives the answer's id as soon as that begins.

        ``parent`` is the answer that it follows: :data:`LATEST`, an id, or None for the beginning. Somewhere else than
        at the end it opens a branch. :class:`Conflict` while an answer is being written there; ``AnswerFailed`` when it
        fails before it begins: question and failed answer are kept, so that it can be asked for again.
        """
        access.check(actor, "conversations.change")
        ready = [(part, None if isinstance(part, SaidText) or part.url is None else _read(part)) for part in content]
        async with self._database.write() as tx:
            conversation = await self._find(tx, actor, conversation_id)
            tree = Tree(await rows.list_messages(tx, conversation_id))
            parent_id = conversation.leaf_id if parent is self.LATEST else parent
            assert parent_id is None or isinstance(parent_id, str)
            tree.find_place(parent_id)
            parts = [await self._keep(tx, actor, conversation_id, part, read) for part, read in ready]
            text = "".join(part.text for part in content if isinstance(part, SaidText))
            question = await rows.insert_message(
                tx,
                ConversationMessage(
                    conversation_id=conversation_id,
                    parent_id=parent_id,
                    role="user",
                    content=text,
                    parts=[] if all(part["type"] == "text" for part in parts) else parts,
                ),
            )
            if conversation.titled_by == "none":
                conversation.title, conversation.titled_by = make_title(text), "text"
            answer = await self._open(tx, conversation, question, asking)
        return await self._answer(actor, conversation, [*tree.path(parent_id), question], answer, asking)

    async def regenerate(
        self, actor: Actor, conversation_id: str, message_id: str | None, asking: AskingRequest
    ) -> str:
        """Have a question answered anew, beside the answers that it has; as :meth:`send`.

        The question is that of the answer ``message_id``, or of the last one on the branch that is shown.
        """
        access.check(actor, "conversations.change")
        async with self._database.write() as tx:
            conversation = await self._find(tx, actor, conversation_id)
            tree = Tree(await rows.list_messages(tx, conversation_id))
            question = tree.find_question(message_id or conversation.leaf_id)
            answer = await self._open(tx, conversation, question, asking)
        return await self._answer(actor, conversation, tree.path(question.id), answer, asking)

    async def get(self, actor: Actor, conversation_id: str, message_id: str) -> MessageRecord:
        """One message as it is now."""
        access.check(actor, "conversations.read")
        async with self._database.read() as tx:
            return show_message(await self._find_message(tx, actor, conversation_id, message_id))

    async def rate(self, actor: Actor, conversation_id: str, message_id: str, rating: int) -> MessageRecord:
        """Say how good an answer is, from 1 to 5; the last word counts. It counts for experiments too."""
        access.check(actor, "conversations.change")
        async with self._database.read() as tx:
            message = await self._find_message(tx, actor, conversation_id, message_id)
        if message.role != "assistant" or message.request_id is None:
            raise InvalidInput.of("messageId", "is not an answer; only answers are rated.")
        if message.model is not None:
            await self._rate(actor, message.request_id, rating)
        async with self._database.write() as tx:
            await rows.update_message(tx, message_id, {"rating": rating})
            return show_message(await self._find_message(tx, actor, conversation_id, message_id))

    async def _find(self, tx: Transaction, actor: Actor, conversation_id: str) -> Conversation:
        found = await rows.find(tx, owner_of(actor), conversation_id, lock=True)
        if found is None:
            raise NotFound("There is no conversation of that id among yours.")
        return found

    async def _find_message(
        self, tx: Transaction, actor: Actor, conversation_id: str, message_id: str
    ) -> ConversationMessage:
        found = await rows.find_message(tx, owner_of(actor), conversation_id, message_id)
        if found is None:
            raise NotFound("There is no message of that id in this conversation.")
        return found

    async def _keep(
        self, tx: Transaction, actor: Actor, conversation_id: str, part: SaidText | SentPicture, read: Picture | None
    ) -> Part:
        if isinstance(part, SaidText):
            return {"type": "text", "text": part.text}
        if read is not None:
            read.workspace_id, read.user_id = actor.workspace_id, actor.user_id
            read.application_id, read.conversation_id = actor.application_id, conversation_id
            kept = (await picture_rows.insert(tx, read)).id
        else:
            kept = await self._pictures.bring(tx, actor, part.picture_id or "", conversation_id)
        url = f"/api/pictures/{kept}"
        return {"type": "image", "url": url} if part.name is None else {"type": "file", "url": url, "name": part.name}

    async def _open(
        self, tx: Transaction, conversation: Conversation, question: ConversationMessage, asking: AskingRequest
    ) -> ConversationMessage:
        """The empty answer, at the end of the branch that is shown from now on."""
        moment = now()
        answer = ConversationMessage(
            conversation_id=conversation.id,
            parent_id=question.id,
            role="assistant",
            state=RUNNING,
            beat_at=moment,
            request_id=asking.request_id,
        )
        await rows.insert_message(tx, answer)
        conversation.leaf_id, conversation.updated_at = answer.id, moment
        return answer

    async def _answer(
        self,
        actor: Actor,
        conversation: Conversation,
        branch: Sequence[ConversationMessage],
        answer: ConversationMessage,
        asking: AskingRequest,
    ) -> str:
        # An application has many users: without a name for them, each conversation counts as one.
        own = actor.user_id if actor.application_id is None else None
        order = Order(
            actor=actor,
            request_id=asking.request_id,
            conversation_id=conversation.id,
            message_id=answer.id,
            context=CallContext(unit=asking.unit or own, conversation_id=conversation.id),
            write_question=partial(self._write_question, actor, conversation, branch),
        )
        await self._answers.begin(order)
        return answer.id

    async def _write_question(
        self, actor: Actor, conversation: Conversation, branch: Sequence[ConversationMessage]
    ) -> MessageChat:
        slug = conversation.feature
        asked_for = await self._modalities(actor, slug) if slug is not None else ()
        shown = await self._pictures.load(actor, pictures_of(branch), MOST_BYTES)
        model = FEATURE + slug if slug is not None else conversation.model or ""
        body = write_request(model, branch, shown, modalities=asked_for)
        return MessageChat(body, windows=self._windows, prices=self._prices)


def _read(part: SentPicture) -> Picture:
    content = read_data_url(part.url or "", part.field)
    check = check_picture if part.name is None else check_pdf
    return Picture(content_type=check(content, part.field), content=content)
