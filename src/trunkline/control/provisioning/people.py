"""Provisioned users: made, changed and disabled as their identity provider says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scim2_models import InvalidValueException, Meta, NotFoundException, UniquenessException

from trunkline.control.audit import Audit
from trunkline.control.people.address import read_email
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions
from trunkline.control.people.users import require_another_admin
from trunkline.control.provisioning.resources import User
from trunkline.control.sign_on.grants import apply_grants, find_grants
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.storage import identity_providers, provisioning, users, workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import IdentityProvider, UserIdentity, now
from trunkline.storage.tables import User as UserRow


class ProvisionedPeople:
    """The users that one provider has sent, each an identity of a user of the installation."""

    def __init__(
        self, provider: IdentityProvider, registration: Registration, sessions: Sessions, audit: Audit
    ) -> None:
        self._provider = provider
        self._registration = registration
        self._sessions = sessions
        self._audit = audit

    async def find(self, tx: Transaction, identity_id: str, *, lock: bool = False) -> UserIdentity:
        """The identity of that id. Raises NotFoundException."""
        found = await provisioning.find_identity(tx, self._provider.id, identity_id, lock=lock)
        if found is None:
            raise NotFoundException(detail="There is no user of that id.")
        return found

    async def create(self, tx: Transaction, given: User) -> UserIdentity:
        """A new one; an account that exists is taken over where the provider signs in, or may link, its owner."""
        assert given.user_name is not None
        if await provisioning.find_by_user_name(tx, self._provider.id, given.user_name.lower()) is not None:
            raise UniquenessException(detail="There is a user of this userName already.")
        email = _find_email(given)
        user = await users.find_by_email(tx, email)
        identity = None if user is None else await provisioning.find_of_user(tx, self._provider.id, user.id)
        if identity is not None and identity.attributes is not None:
            raise UniquenessException(detail=f"There is a user with the address {email} already.")
        if user is None:
            name = _find_name(given)
            user, _ = await self._registration.register(tx, None, email=email, name=name, password_hash=None)
        elif identity is None and not self._provider.links_by_email:
            raise UniquenessException(
                detail=f"There is an account with the address {email} that is not this provider's. The administrator"
                " of Trunkline can let the provider link accounts by email address."
            )
        if identity is None:
            identity = UserIdentity(provider_id=self._provider.id, user_id=user.id, email=email, is_active=True)
            await identity_providers.insert_identity(tx, identity)
        identity.version = 0
        await self._write(tx, identity, user, given)
        return identity

    async def update(self, tx: Transaction, identity: UserIdentity, given: User) -> None:
        """Make it what ``given`` says, whole."""
        assert given.user_name is not None
        other = await provisioning.find_by_user_name(tx, self._provider.id, given.user_name.lower())
        if other is not None and other.id != identity.id:
            raise UniquenessException(detail="There is a user of this userName already.")
        user = await users.find(tx, identity.user_id)
        assert user is not None
        email = _find_email(given)
        if email not in {user.email, identity.email}:
            if await users.find_by_email(tx, email) is not None:
                raise UniquenessException(detail=f"There is an account with the address {email} already.")
            user.email = email
            await self._record(tx, user, {"email": email})
        await self._write(tx, identity, user, given)

    async def delete(self, tx: Transaction, identity: UserIdentity) -> None:
        """Disable the user, and forget what the provider said. Made anew, it is the same account."""
        user = await users.find(tx, identity.user_id)
        assert user is not None
        await self._set_active(tx, identity, user, active=False)
        await provisioning.leave_groups(tx, identity.id)
        identity.attributes = identity.user_name = identity.external_id = None
        await apply_grants(tx, self._audit, self._provider, user, {})

    async def apply_roles(self, tx: Transaction, identity_id: str) -> None:
        """Give the user the roles of the groups that they are in now."""
        identity = await provisioning.find_identity(tx, self._provider.id, identity_id)
        user = await users.find(tx, identity.user_id) if identity is not None else None
        if identity is not None and user is not None:
            groups = await provisioning.find_group_names(tx, identity.id)
            await apply_grants(tx, self._audit, self._provider, user, find_grants(self._provider, groups))

    def show(self, identity: UserIdentity) -> User:
        """The identity as SCIM has it."""
        kept = identity.attributes or {}
        # Who is not told to be active is so, until told otherwise.
        known: JsonObject = {"active": identity.is_active} if "active" in kept or not identity.is_active else {}
        found = User.model_validate(kept | known)
        found.id = identity.id
        found.meta = write_meta(
            "User", identity.created_at, identity.updated_at or identity.created_at, identity.version
        )
        return found

    async def _write(self, tx: Transaction, identity: UserIdentity, user: UserRow, given: User) -> None:
        assert given.user_name is not None
        identity.attributes = write_attributes(given)
        identity.user_name, identity.external_id = given.user_name.lower(), given.external_id
        identity.email = _find_email(given)
        identity.version += 1
        identity.updated_at = now()
        if (name := _find_name(given)) and name != user.name:
            user.name = name
        await tx.flush()
        await self._set_active(tx, identity, user, active=given.active is not False)
        await self.apply_roles(tx, identity.id)

    async def _set_active(self, tx: Transaction, identity: UserIdentity, user: UserRow, *, active: bool) -> None:
        """Who is not active loses sessions and keys at once. Who was disabled by people stays so."""
        if active == identity.is_active:
            return
        identity.is_active = active
        if not active and user.disabled_at is None:
            await require_another_admin(tx, user)
            user.disabled_at = now()
            await self._sessions.end_all(tx, None, user.id)
        elif active:
            user.disabled_at = None
        await tx.flush()
        await workspaces.touch_all_of(tx, user.id)
        await self._record(tx, user, {"disabled": not active})

    async def _record(self, tx: Transaction, user: UserRow, after: dict[str, JsonValue]) -> None:
        told: dict[str, JsonValue] = {**after, "identityProvider": self._provider.slug}
        await self._audit.record(
            tx, None, "users.change", target=("user", user.id), after=told, workspace_id=self._provider.workspace_id
        )


def write_attributes(given: Any) -> JsonObject:
    """What is kept of a resource: all but what the server itself says of it."""
    attributes: JsonObject = given.model_dump()
    for name in ("id", "meta", "members"):
        attributes.pop(name, None)
    return attributes


def write_meta(kind: str, created: datetime, modified: datetime, version: int) -> Meta:
    """What the server says of a resource. Its location is added when it is sent."""
    return Meta(resource_type=kind, created=created, last_modified=modified, version=f'W/"{version}"')


def _find_email(given: User) -> str:
    """Their address: the primary one, else any, else a userName that is one."""
    emails = [each for each in given.emails or [] if each.value]
    best = next((each for each in emails if each.primary), emails[0] if emails else None)
    try:
        return read_email(str(best.value) if best is not None else given.user_name or "")
    except InvalidInput:
        raise InvalidValueException(
            detail="The user has no email address: send `emails`, or a userName that is an address."
        ) from None


def _find_name(given: User) -> str:
    name = given.name
    parts = [] if name is None else [name.given_name, name.family_name]
    found = given.display_name or (name and name.formatted) or " ".join(part for part in parts if part)
    return found[:255] if found and found.isprintable() else ""
