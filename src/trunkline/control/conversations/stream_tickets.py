"""Letting a browser's ``EventSource`` into one answer: a ticket that is good once, for a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from trunkline.control.conversations.answers import Answers
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Unauthenticated
from trunkline.core.ids import new_id
from trunkline.gateway.identity import Identity
from trunkline.storage import leases
from trunkline.storage.database import Database
from trunkline.storage.tables import now
from trunkline.vault.stream_ticket import LIFETIME_SECONDS, StreamTickets, TicketClaims

_USED: Final = "ticket:"
"""What the names of leases begin with that say that a ticket was used."""


class ConversationTickets:
    """Issues them to who may read a conversation, and takes each of them once, in whichever process it arrives."""

    def __init__(self, database: Database, tickets: StreamTickets, answers: Answers, identity: Identity) -> None:
        self._database = database
        self._tickets = tickets
        self._answers = answers
        self._identity = identity

    async def issue(self, actor: Actor, conversation_id: str) -> tuple[str, datetime]:
        """A ticket, and until when it is good. Raises NotFound for a conversation without an answer of the actor's."""
        access.check(actor, "conversations.read")
        await self._answers.find(actor, conversation_id, None)
        until = now() + timedelta(seconds=LIFETIME_SECONDS)
        claims = TicketClaims(
            id=new_id(),
            user_id=actor.user_id,
            workspace_id=actor.workspace_id,
            conversation_id=conversation_id,
            expires_at=int(until.timestamp()),
            session_id=actor.session_id,
            key_id=actor.key_id,
        )
        return self._tickets.issue(claims), datetime.fromtimestamp(claims.expires_at, UTC)

    async def redeem(self, ticket: str, conversation_id: str) -> Actor:
        """Who ``ticket`` was given to, as they are now. Raises Unauthenticated, also when it was used before."""
        moment = now()
        claims = self._tickets.verify(ticket, conversation_id, moment.timestamp())
        actor = self._identity.again(claims.user_id, claims.workspace_id, claims.session_id, claims.key_id)
        until = datetime.fromtimestamp(claims.expires_at, UTC)
        async with self._database.write() as tx:
            await leases.forget(tx, _USED, now=moment)
            if not await leases.take(tx, _USED + claims.id, new_id(), now=moment, until=until):
                raise Unauthenticated("This ticket has been used. Get a new one with POST …/tickets.")
        return actor
