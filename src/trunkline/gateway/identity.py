"""Who calls: from what a request carries to an :class:`Actor`, by the snapshot alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, Unauthenticated
from trunkline.gateway.snapshot import KeyEntry, Snapshot, SnapshotHolder
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.token import TokenKind, Tokens

_MISSING = (
    "No API key was sent. Send one as 'Authorization: Bearer tl-…', 'x-api-key' or 'x-goog-api-key';"
    " make one under API keys."
)


class Admitted(msgspec.Struct, frozen=True):
    """A key that was found good: whose it is, and how long it is good while ``snapshot`` stands (Unix time)."""

    actor: Actor
    snapshot: Snapshot
    expires_at: float | None


class Identity:
    """Authenticates API keys and access tokens, wherever a request arrives.

    ``used`` hears of each key that was used; ``clock`` gives seconds since the epoch.
    """

    __slots__ = ("_access_tokens", "_clock", "_holder", "_tokens", "_used")

    def __init__(
        self,
        holder: SnapshotHolder,
        tokens: Tokens,
        access_tokens: AccessTokens,
        *,
        used: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._holder = holder
        self._tokens = tokens
        self._access_tokens = access_tokens
        self._used = used
        self._clock = clock

    def actor(self, credential: str | None, workspace_id: str | None = None) -> Actor:
        """Who ``credential`` belongs to, acting in ``workspace_id`` (a user's choice; default: the personal one).

        Raises :class:`Unauthenticated`; :class:`NotFound` for a workspace that is not the user's, and
        :class:`Forbidden` for one that is not the key's own.
        """
        if not credential:
            raise Unauthenticated(_MISSING, code="missing_api_key")
        snapshot = self._holder.current
        if credential.startswith(TokenKind.API_KEY.value):
            return self._key(snapshot, credential, workspace_id)
        return self._user(snapshot, credential, workspace_id)

    def admit(self, key: str, workspace_id: str | None = None) -> Admitted:
        """As :meth:`actor`, of an API key alone, for a caller who will come again."""
        snapshot = self._holder.current
        entry = snapshot.keys.get(self._tokens.digest(TokenKind.API_KEY, key).hex())
        actor = self._holder_of(snapshot, entry, workspace_id)
        return Admitted(actor, snapshot, None if entry is None else entry.expires_at)

    def readmit(self, admitted: Admitted) -> bool:
        """Whether a key that was admitted is good now. False also where it must be looked at anew."""
        if admitted.snapshot is not self._holder.current:
            return False
        if admitted.expires_at is not None and admitted.expires_at <= self._clock():
            return False
        if admitted.actor.key_id is not None:
            self._used(admitted.actor.key_id)
        return True

    def again(self, user_id: str, workspace_id: str, session_id: str | None, key_id: str | None) -> Actor:
        """Somebody who was let in before, as they are now: their session or key still has to be good.

        Raises as :meth:`actor` does.
        """
        snapshot = self._holder.current
        if key_id is None:
            return self._member(snapshot, user_id, session_id or "", workspace_id)
        return self._holder_of(snapshot, next((one for one in snapshot.keys.values() if one.id == key_id), None), None)

    def _key(self, snapshot: Snapshot, credential: str, workspace_id: str | None) -> Actor:
        entry = snapshot.keys.get(self._tokens.digest(TokenKind.API_KEY, credential).hex())
        return self._holder_of(snapshot, entry, workspace_id)

    def _holder_of(self, snapshot: Snapshot, entry: KeyEntry | None, workspace_id: str | None) -> Actor:
        if entry is None:
            raise Unauthenticated("This API key is not known here: it is mistyped, or was revoked. Make a new one.")
        if entry.expires_at is not None and entry.expires_at <= self._clock():
            raise Unauthenticated("This API key has expired. Make a new one.", code="expired_api_key")
        part = snapshot.parts.get(entry.workspace_id)
        role = part.members.get(entry.user_id) if part is not None else None
        if role is None or entry.user_id not in snapshot.users:
            raise Unauthenticated("The maker of this API key has left its workspace. Make a new one.")
        if workspace_id is not None and workspace_id != entry.workspace_id:
            raise Forbidden("This API key works in its own workspace only. Leave X-Trunkline-Workspace out.")
        self._used(entry.id)
        return Actor(
            user_id=entry.user_id,
            workspace_id=entry.workspace_id,
            role=role,
            scope=entry.scope,
            key_id=entry.id,
            application_id=entry.application_id,
            models=entry.models,
        )

    def _user(self, snapshot: Snapshot, credential: str, workspace_id: str | None) -> Actor:
        claims = self._access_tokens.verify(credential, self._clock())
        return self._member(snapshot, claims.user_id, claims.session_id, workspace_id)

    def _member(self, snapshot: Snapshot, user_id: str, session_id: str, workspace_id: str | None) -> Actor:
        user = snapshot.users.get(user_id)
        if user is None or session_id in snapshot.revoked_sessions:
            raise Unauthenticated("This session has ended. Sign in again.", code="session_ended")
        workspace = workspace_id or user.personal_workspace_id
        part = snapshot.parts.get(workspace)
        role = part.members.get(user.id) if part is not None else None
        if role is None:
            raise NotFound(f"No workspace {workspace!r} is among yours.", code="workspace_not_found")
        return Actor(
            user_id=user.id,
            workspace_id=workspace,
            role=role,
            session_id=session_id,
            instance_admin=user.instance_admin,
        )
