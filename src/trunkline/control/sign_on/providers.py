"""The identity providers of the installation, as its administrator manages them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET

from trunkline.control.audit import Audit, changes
from trunkline.control.configurations.credentials import Credentials, name_owner
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.control.sign_on.discovery import Discovery, ProviderMetadata
from trunkline.control.sign_on.grants import take_away
from trunkline.control.sign_on.provider import (
    DEFAULT_GROUPS_CLAIM,
    DEFAULT_SCOPES,
    MOST,
    PROVIDER,
    ProviderDraft,
    ProviderRecord,
    read_default_role,
    read_group_roles,
    read_issuer,
    read_scopes,
    read_slug,
    write_state,
)
from trunkline.core import access
from trunkline.core.actor import Actor, Role, at_least
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, FieldError, InvalidInput, NotFound, UpstreamError
from trunkline.core.secret import Secret
from trunkline.outbound import Url
from trunkline.outbound.origin import write_origin
from trunkline.storage import credentials as secrets
from trunkline.storage import identity_providers as rows
from trunkline.storage import workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import IdentityProvider
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.token import TokenKind, Tokens

SECRET = "clientSecret"  # noqa: S105 - the name of a field
"""The field of a credential that holds the client secret."""

_CREDENTIAL = "identity provider"
"""What a credential calls whom it is for."""


class IdentityProviders:
    """Needs ``identity_providers.manage`` for everything. A client secret goes in and never comes out again."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        audit: Audit,
        discovery: Discovery,
        tokens: Tokens,
        sealed_keys: SealedKeys,
        public_url: str,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._audit = audit
        self._discovery = discovery
        self._tokens = tokens
        self._sealed_keys = sealed_keys
        self._public_url = public_url
        self._now = now

    async def list(self, actor: Actor, page: PageRequest) -> Page[ProviderRecord]:
        """All of them, the oldest first."""
        access.check(actor, "identity_providers.manage")
        async with self._database.read() as tx:
            found = await rows.find_page(tx, limit=page.limit + 1, after=page.after)
            kept = found[: page.limit]
            records = await self._show(tx, kept)
        return Page(records, encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def get(self, actor: Actor, provider_id: str) -> ProviderRecord:
        """One of them. Raises NotFound."""
        access.check(actor, "identity_providers.manage")
        async with self._database.read() as tx:
            (record,) = await self._show(tx, [await _find(tx, provider_id)])
        return record

    async def create(self, actor: Actor, draft: ProviderDraft) -> ProviderRecord:
        """A new one, whose discovery document could be read. Raises InvalidInput, which names what is wrong."""
        access.check(actor, "identity_providers.manage")
        if draft.slug is UNSET or draft.name is UNSET or draft.issuer is UNSET or draft.client_id is UNSET:
            needed = {"slug": draft.slug, "name": draft.name, "issuer": draft.issuer, "clientId": draft.client_id}
            missing = [FieldError(name, "is required.") for name, value in needed.items() if value is UNSET]
            raise InvalidInput.of_all(tuple(missing))
        row = IdentityProvider(
            slug=read_slug(draft.slug),
            name=draft.name,
            issuer=read_issuer(draft.issuer),
            client_id=draft.client_id,
            scopes=read_scopes(DEFAULT_SCOPES if draft.scopes is UNSET else draft.scopes),
            groups_claim=DEFAULT_GROUPS_CLAIM if draft.groups_claim is UNSET else draft.groups_claim,
            group_roles=[],
            links_by_email=draft.links_by_email is True,
            is_enabled=draft.is_enabled is not False,
            revision=1,
            created_by=actor.user_id,
        )
        draft = self._open(actor, row.issuer, draft)
        metadata = await self._discover(row.issuer)
        async with self._database.write() as tx:
            if await rows.count(tx) >= MOST:
                raise Conflict(f"There are {MOST} identity providers, which is the most. Delete one first.")
            if await rows.find_by_slug(tx, row.slug) is not None:
                raise Conflict(f"There is an identity provider with the slug {row.slug!r} already.", code="slug_taken")
            home = await workspaces.find_personal(tx, actor.user_id)
            assert home is not None
            row.workspace_id = home.id
            await self._put_roles(tx, actor, row, draft)
            if isinstance(draft.client_secret, Secret):
                await self._put_secret(tx, actor, row, draft.client_secret, metadata)
            await rows.insert(tx, row)
            await self._audit.record(
                tx, actor, "identity_providers.create", target=(PROVIDER, row.id), after=write_state(row)
            )
            (record,) = await self._show(tx, [row])
        return record

    async def update(
        self, actor: Actor, provider_id: str, draft: ProviderDraft, *, if_revision: int | None = None
    ) -> ProviderRecord:
        """Lay ``draft`` over it. With another issuer, the client secret must be given again."""
        access.check(actor, "identity_providers.manage")
        async with self._database.read() as tx:
            row = await _find(tx, provider_id)
            issuer = row.issuer if draft.issuer is UNSET else read_issuer(draft.issuer)
            moves, has_secret = issuer != row.issuer, row.credential_id is not None
        if moves and has_secret and draft.client_secret is UNSET:
            raise InvalidInput.of("clientSecret", "is needed again, because the issuer is another now.")
        draft = self._open(actor, issuer, draft)
        fresh = moves or isinstance(draft.client_secret, Secret)
        metadata = await self._discover(issuer) if fresh else None
        async with self._database.write() as tx:
            row = await _find(tx, provider_id, lock=True, if_revision=if_revision)
            before = write_state(row)
            if draft.slug is not UNSET and draft.slug != row.slug:
                raise InvalidInput.of("slug", "cannot be changed: the provider knows the redirect URI. Add another.")
            row.issuer = issuer
            for name in ("name", "client_id", "groups_claim", "links_by_email", "is_enabled"):
                if (value := getattr(draft, name)) is not UNSET:
                    setattr(row, name, value)
            if draft.scopes is not UNSET:
                row.scopes = read_scopes(draft.scopes)
            await self._put_roles(tx, actor, row, draft)
            if isinstance(draft.client_secret, Secret):
                assert metadata is not None
                await self._put_secret(tx, actor, row, draft.client_secret, metadata)
            elif draft.client_secret is None:
                await self._drop_secret(tx, row)
            told = {"clientSecret": "changed"} if draft.client_secret is not UNSET else {}
            was, became = changes(before, write_state(row) | told)
            if was or became:
                row.revision += 1
                row.updated_at = self._now()
                await tx.flush()
                await self._audit.record(
                    tx, actor, "identity_providers.change", target=(PROVIDER, row.id), before=was, after=became
                )
            (record,) = await self._show(tx, [row])
        return record

    async def delete(self, actor: Actor, provider_id: str, *, if_revision: int | None = None) -> None:
        """Delete it: nobody signs in by it any more, and the memberships that its groups gave end."""
        access.check(actor, "identity_providers.manage")
        async with self._database.write() as tx:
            row = await _find(tx, provider_id, lock=True, if_revision=if_revision)
            before = write_state(row)
            for membership in await workspaces.find_granted(tx, row.id):
                await take_away(tx, self._audit, row, membership)
            await self._drop_secret(tx, row)
            await rows.remove(tx, row)
            await self._audit.record(
                tx, actor, "identity_providers.delete", target=(PROVIDER, provider_id), before=before
            )

    async def create_scim_token(self, actor: Actor, provider_id: str) -> Secret:
        """The token by which the provider sends users and groups, shown this once; one from before is void."""
        access.check(actor, "identity_providers.manage")
        token = self._tokens.issue(TokenKind.SCIM)
        async with self._database.write() as tx:
            row = await _find(tx, provider_id, lock=True)
            row.scim_digest, row.scim_mask = token.digest.hex(), token.display
            shown: JsonValue = {"mask": token.display, "fingerprint": token.digest.hex()[:16]}
            await self._audit.record(
                tx,
                actor,
                "identity_providers.change",
                target=(PROVIDER, row.id),
                after={"name": row.name, "scimToken": shown},
            )
        return token.secret

    async def delete_scim_token(self, actor: Actor, provider_id: str) -> None:
        """Void the token. What was sent with it stays. Raises NotFound where there is none."""
        access.check(actor, "identity_providers.manage")
        async with self._database.write() as tx:
            row = await _find(tx, provider_id, lock=True)
            if row.scim_digest is None:
                raise NotFound("This identity provider has no SCIM token.")
            row.scim_digest = row.scim_mask = None
            await self._audit.record(
                tx,
                actor,
                "identity_providers.change",
                target=(PROVIDER, row.id),
                after={"name": row.name, "scimToken": None},
            )

    def _open(self, actor: Actor, issuer: str, draft: ProviderDraft) -> ProviderDraft:
        """``draft`` with its client secret in plain, which is sealed for the origin of the issuer, if it is."""
        if not isinstance(draft.client_secret, Secret):
            return draft
        secret = self._sealed_keys.read(
            draft.client_secret,
            user=actor.user_id,
            workspace=actor.workspace_id,
            origin=write_origin(Url.parse(issuer).origin),
            field="clientSecret",
        )
        return msgspec.structs.replace(draft, client_secret=secret)

    async def _discover(self, issuer: str) -> ProviderMetadata:
        try:
            return await self._discovery.read(issuer, again=True)
        except UpstreamError as error:
            raise InvalidInput.of("issuer", error.message) from None

    async def _put_roles(self, tx: Transaction, actor: Actor, row: IdentityProvider, draft: ProviderDraft) -> None:
        """Set who has which role. Whoever opens a workspace to a group is an admin of it, now or when they did."""
        opened = {each.workspace_id for each in read_group_roles(row)} if row.group_roles else set[str]()
        if row.default_role is not None and (known := read_default_role(row)) is not None:
            opened.add(known.workspace_id)
        asked: list[tuple[str, str]] = []
        if draft.group_roles is not UNSET:
            asked += [(f"groupRoles[{at}].workspaceId", each.workspace_id) for at, each in enumerate(draft.group_roles)]
            row.group_roles = msgspec.to_builtins(list(draft.group_roles))
        if draft.default_role is not UNSET:
            row.default_role = msgspec.to_builtins(draft.default_role)
            if draft.default_role is not None:
                asked.append(("defaultRole.workspaceId", draft.default_role.workspace_id))
        wrong: list[FieldError] = []
        for field, workspace_id in asked:
            if workspace_id in opened:
                continue
            found = await workspaces.find_membership(tx, workspace_id, actor.user_id)
            if found is None or not at_least(msgspec.convert(found.role, Role), "admin"):
                wrong.append(FieldError(field, "is no workspace of which you are an admin."))
            elif found.workspace.personal_of is not None:
                wrong.append(FieldError(field, "is a personal workspace, which has no other members."))
        if wrong:
            raise InvalidInput.of_all(tuple(wrong))

    async def _put_secret(
        self, tx: Transaction, actor: Actor, row: IdentityProvider, secret: Secret, metadata: ProviderMetadata
    ) -> None:
        """Seal it for the origin of the token endpoint: it is sent nowhere else."""
        await self._drop_secret(tx, row)
        row.credential_id = await self._credentials.seal(
            tx,
            workspace_id=row.workspace_id,
            owner=name_owner(workspace_id=row.workspace_id, user_id=actor.user_id, shared=True),
            provider=_CREDENTIAL,
            created_by=actor.user_id,
            fields={SECRET: secret},
            origins=[str(Url.parse(metadata.token_endpoint).origin)],
        )
        # The workspace may have got its first data key, which the snapshot holds.
        await workspaces.touch(tx, row.workspace_id)

    async def _drop_secret(self, tx: Transaction, row: IdentityProvider) -> None:
        if row.credential_id is not None:
            credential_id, row.credential_id = row.credential_id, None
            await tx.flush()
            await self._credentials.erase(tx, row.workspace_id, credential_id)

    async def _show(self, tx: Transaction, found: Sequence[IdentityProvider]) -> list[ProviderRecord]:
        masks = await secrets.read_masks(tx, [row.credential_id for row in found if row.credential_id is not None])
        return [
            read_record(
                ProviderRecord,
                row,
                client_secret_mask=masks.get(row.credential_id or "", {}).get(SECRET),
                group_roles=read_group_roles(row),
                default_role=read_default_role(row),
                redirect_uri=write_redirect_uri(self._public_url, row.slug),
                scim_url=write_scim_url(self._public_url),
                scim_token_mask=row.scim_mask,
            )
            for row in found
        ]


def write_redirect_uri(public_url: str, slug: str) -> str:
    """Where the provider sends people back to."""
    return f"{public_url}/api/auth/sso/{slug}/callback"


def write_scim_url(public_url: str) -> str:
    """Where the provider sends users and groups to."""
    return f"{public_url}/scim/v2"


async def _find(
    tx: Transaction, provider_id: str, *, lock: bool = False, if_revision: int | None = None
) -> IdentityProvider:
    row = await rows.find(tx, provider_id, lock=lock)
    if row is None:
        raise NotFound("There is no identity provider of that id.")
    require_revision("identity provider", row.revision, if_revision)
    return row
