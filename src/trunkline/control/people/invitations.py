"""Invitations into a workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.people.address import read_email
from trunkline.control.people.invitation_mail import InvitationMail
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions, SignIn, SignInLimit, sign_on_only
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.control.workspaces.members import require_grantable
from trunkline.control.workspaces.workspaces import WorkspaceRecord, show_workspace
from trunkline.core import access
from trunkline.core.actor import Actor, Role
from trunkline.core.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.storage import invitations, users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Invitation, User, now
from trunkline.storage.workspaces import WorkspaceRole
from trunkline.vault.token import TokenKind, Tokens

LIFETIME: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRecord:
    """An open invitation.

    ``token`` is there only in the answer that makes it: whoever invites can hand it on. ``emailed`` says there whether
    the mail server took it, and ``email_problem`` why it did not; neither is set where no email is sent.
    """

    id: str
    email: str
    role: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    token: Secret | None = None
    emailed: bool = False
    email_problem: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The workspace one belongs to now; for somebody new also their first session."""

    workspace: WorkspaceRecord
    sign_in: SignIn | None


class Invitations:
    """Opens a workspace to one email address at a time."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        registration: Registration,
        sessions: Sessions,
        audit: Audit,
        limit: SignInLimit,
        mail: InvitationMail,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._registration = registration
        self._sessions = sessions
        self._audit = audit
        self._limit = limit
        self._mail = mail

    async def create(self, actor: Actor, email: str, role: Role) -> InvitationRecord:
        """Invite somebody, by email where the installation sends any; an open invitation of theirs is void.

        :class:`Conflict` for a personal workspace, and for who is a member already; :class:`TooMany` emails. That an
        email cannot be sent is no failure: the record says so, and has the token to be handed on.
        """
        access.check(actor, "invitations.manage")
        require_whole_workspace(actor)
        require_grantable(actor, role)
        address = read_email(email)
        self._mail.admit(actor.user_id)
        token = self._tokens.issue(TokenKind.ONE_TIME)
        async with self._database.write() as tx:
            workspace = await workspaces.find(tx, actor.workspace_id)
            if workspace is None or workspace.personal_of is not None:
                raise Conflict("A personal workspace has no other members. Make a shared one and invite people there.")
            known = await users.find_by_email(tx, address)
            if known is not None and await workspaces.find_member(tx, actor.workspace_id, known.id) is not None:
                raise Conflict("They are a member already.", code="already_member")
            invitation = await invitations.replace(
                tx,
                Invitation(
                    workspace_id=actor.workspace_id,
                    email=address,
                    role=role,
                    token_digest=token.digest.hex(),
                    invited_by=actor.user_id,
                    expires_at=now() + LIFETIME,
                ),
            )
            await self._audit.record(
                tx,
                actor,
                "invitations.create",
                target=("invitation", invitation.id),
                after={"email": address, "role": role},
            )
            inviter = await users.find(tx, actor.user_id)
            record = _show(invitation, token.secret)
            name, sender = workspace.name, "Somebody" if inviter is None else inviter.email
        if not self._mail.possible:
            return record
        problem = await self._mail.send(
            address, token.secret, workspace=name, role=role, inviter=sender, expires_at=record.expires_at
        )
        return replace(record, emailed=problem is None, email_problem=problem)

    async def list(self, actor: Actor, page: PageRequest) -> Page[InvitationRecord]:
        """The open invitations, the oldest first; expired ones are among them until they are taken back."""
        access.check(actor, "invitations.manage")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            found = await invitations.find_open(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
        more = len(found) > page.limit
        kept = [_show(invitation) for invitation in found[: page.limit]]
        return Page(kept, encode_cursor(kept[-1].id) if more else None)

    async def delete(self, actor: Actor, invitation_id: str) -> None:
        """Take an invitation back."""
        access.check(actor, "invitations.manage")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            invitation = await invitations.find(tx, actor.workspace_id, invitation_id)
            if invitation is None:
                raise NotFound("There is no open invitation of that id in this workspace.")
            require_grantable(actor, invitation.role)
            await invitations.remove(tx, invitation)
            await self._audit.record(
                tx,
                actor,
                "invitations.delete",
                target=("invitation", invitation_id),
                before={"email": invitation.email, "role": invitation.role},
            )

    async def accept(
        self, actor: Actor | None, token: Secret, name: str | None, password: str | None, *, user_agent: str = ""
    ) -> Acceptance:
        """Join the workspace: as ``actor``, or as somebody new with ``name`` and ``password``.

        Who has an account under the invited address signs in first: :class:`Conflict` otherwise.
        :class:`Forbidden` for an account under another address.
        """
        self._limit.take("invitation")
        digest = self._tokens.digest(TokenKind.ONE_TIME, token.reveal()).hex()
        async with self._database.read() as tx:
            good = await invitations.find_good(tx, digest, now())
        if good is None:
            raise _no_good_token()
        if actor is not None:
            access.check(actor, "account.change")
        hashed = None
        if actor is None:
            if not self._sessions.takes_password_of("user"):
                raise sign_on_only()
            missing = [
                FieldError(at, "is required.") for at, value in (("name", name), ("password", password)) if not value
            ]
            if missing:
                raise InvalidInput("A new account needs a name and a password.", fields=tuple(missing))
            hashed = await self._registration.hash(password or "")
        async with self._database.write() as tx:
            invitation = await invitations.find_good(tx, digest, now())
            if invitation is None:
                raise _no_good_token()
            user = await self._find_invited(tx, actor, invitation, name or "", hashed)
            await self._join(tx, invitation, user)
            workspace = await workspaces.find(tx, invitation.workspace_id)
            assert workspace is not None
            sign_in = await self._sessions.begin(tx, user, user_agent=user_agent) if actor is None else None
            return Acceptance(show_workspace(WorkspaceRole(workspace, invitation.role)), sign_in)

    async def _find_invited(
        self, tx: Transaction, actor: Actor | None, invitation: Invitation, name: str, hashed: str | None
    ) -> User:
        if actor is None:
            if await users.find_by_email(tx, invitation.email) is not None:
                raise Conflict("You have an account already. Log in, then accept the invitation.", code="email_taken")
            user, _ = await self._registration.register(
                tx, None, email=invitation.email, name=name, password_hash=hashed
            )
            return user
        user = await users.find(tx, actor.user_id)
        if user is None or user.email != invitation.email:
            raise Forbidden("This invitation is for another email address than yours.")
        return user

    async def _join(self, tx: Transaction, invitation: Invitation, user: User) -> None:
        if await workspaces.find_member(tx, invitation.workspace_id, user.id) is not None:
            raise Conflict("You are a member already.", code="already_member")
        await workspaces.add_member(tx, invitation.workspace_id, user.id, invitation.role)
        invitation.accepted_at = now()
        await self._audit.record(
            tx,
            None,
            "invitations.accept",
            target=("user", user.id),
            after={"role": invitation.role, "invitationId": invitation.id},
            workspace_id=invitation.workspace_id,
        )


def _no_good_token() -> InvalidInput:
    return InvalidInput.of("token", "is not that of an open invitation: it was used, taken back or has expired.")


def _show(invitation: Invitation, token: Secret | None = None) -> InvitationRecord:
    return read_record(InvitationRecord, invitation, token=token, emailed=False, email_problem=None)
