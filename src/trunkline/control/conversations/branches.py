"""The tree that a conversation is: every answer and every change of a question opens a branch beside the others."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.storage.conversations import RUNNING
from trunkline.storage.tables import ConversationMessage


class Tree:
    """The messages of one conversation, in the order of their making."""

    def __init__(self, messages: Sequence[ConversationMessage]) -> None:
        self._messages = messages
        self._by_id = {message.id: message for message in messages}

    def get(self, message_id: str) -> ConversationMessage:
        """One message. :class:`NotFound` when it is not of this conversation."""
        found = self._by_id.get(message_id)
        if found is None:
            raise NotFound("There is no message of that id in this conversation.", code="hidden")
        return found

    def path(self, message_id: str | None) -> list[ConversationMessage]:
        """The branch from its first message to this one; empty for None."""
        path: list[ConversationMessage] = []
        while message_id is not None:
            message = self.get(message_id)
            path.append(message)
            message_id = message.parent_id
        return path[::-1]

    def end(self, message_id: str) -> str:
        """The end of the newest branch through a message."""
        end = self.get(message_id).id
        newest = {message.parent_id: message.id for message in self._messages}
        while end in newest:
            end = newest[end]
        return end

    def running(self) -> list[ConversationMessage]:
        """The answers that are being written."""
        return [message for message in self._messages if message.state == RUNNING]

    def find_place(self, parent_id: str | None) -> None:
        """Make sure that a question can stand below ``parent_id`` (None: at the beginning).

        :class:`InvalidInput` when that is a question itself; :class:`Conflict` while the answer there is being written,
        or one to another question in the very place.
        """
        if parent_id is not None and self.get(parent_id).role != "assistant":
            raise InvalidInput.of("parentId", "must be the id of an answer, or null for the beginning.")
        self._refuse_running(parent_id)
        for answer in self.running():
            if answer.parent_id is not None and self.get(answer.parent_id).parent_id == parent_id:
                raise _busy()

    def find_question(self, message_id: str | None) -> ConversationMessage:
        """The question that a new answer is asked for: that of an answer, or the message itself if it is a question.

        :class:`Conflict` while another answer to it is being written, or when nothing has been asked yet.
        """
        if message_id is None:
            raise Conflict("Nothing has been asked in this conversation yet. Send a message first.")
        message = self.get(message_id)
        question = self.get(message.parent_id) if message.role == "assistant" and message.parent_id else message
        self._refuse_running(question.id)
        if any(answer.parent_id == question.id for answer in self.running()):
            raise _busy()
        return question

    def _refuse_running(self, message_id: str | None) -> None:
        if any(message.state == RUNNING for message in self.path(message_id)):
            raise _busy()


def _busy() -> Conflict:
    return Conflict("An answer is being written on this branch. Wait for its end, or stop it first.", code="running")
