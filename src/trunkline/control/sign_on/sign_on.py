"""Signing in at an identity provider: the authorization code flow, with PKCE, a state and a nonce.

https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth, https://www.rfc-editor.org/rfc/rfc9700
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from trunkline.control.audit import Audit
from trunkline.control.configurations.credentials import Credentials
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions, SignIn
from trunkline.control.rate_limit import RateLimit
from trunkline.control.request_context import current_request_context
from trunkline.control.sign_on.claims import Person, lacks_claims, read_person
from trunkline.control.sign_on.discovery import Discovery, ProviderMetadata
from trunkline.control.sign_on.exchange import TokenAnswer, read_userinfo, redeem_code
from trunkline.control.sign_on.grants import apply_grants, find_grants
from trunkline.control.sign_on.id_token import UnknownSigningKey, verify_id_token
from trunkline.control.sign_on.providers import SECRET, write_redirect_uri
from trunkline.core.errors import Forbidden, InvalidInput, NotFound, TrunklineError
from trunkline.core.secret import Secret
from trunkline.outbound import Transport, Url
from trunkline.storage import identity_providers as rows
from trunkline.storage import provisioning, users
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import IdentityProvider, User, UserIdentity
from trunkline.vault.sign_on_ticket import LIFETIME_SECONDS, SignOnClaims, SignOnTickets

_PATH: Final = re.compile(r"/(?![/\\])[\x21\x23-\x5b\x5d-\x7e]{0,1000}")


@dataclass(frozen=True, slots=True)
class SignOnStart:
    """``url`` is where the browser goes, ``ticket`` what it keeps until it comes back."""

    url: str
    ticket: str


@dataclass(frozen=True, slots=True)
class SignOnEnd:
    """The session, and the path below the console that its owner wanted to see."""

    sign_in: SignIn
    return_to: str


@dataclass(frozen=True, slots=True)
class SignOnOption:
    """A provider, as the sign-in page offers it."""

    slug: str
    name: str


class SignOn:
    """Sends browsers to providers, and signs in whom they vouch for.

    ``limit`` counts both by the address of the request; ``now`` is the time of tokens and tickets.
    """

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        registration: Registration,
        sessions: Sessions,
        audit: Audit,
        limit: RateLimit,
        transport: Transport,
        discovery: Discovery,
        tickets: SignOnTickets,
        public_url: str,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._registration = registration
        self._sessions = sessions
        self._audit = audit
        self._limit = limit
        self._transport = transport
        self._discovery = discovery
        self._tickets = tickets
        self._public_url = public_url
        self._now = now

    async def list_options(self) -> list[SignOnOption]:
        """The providers by which people may sign in."""
        async with self._database.read() as tx:
            return [SignOnOption(row.slug, row.name) for row in await rows.find_enabled(tx)]

    async def begin(self, slug: str, return_to: str) -> SignOnStart:
        """Where to send the browser. :class:`NotFound` for a provider that is not there or not in use."""
        self._limit.take(current_request_context().address or "")
        if _PATH.fullmatch(return_to) is None:
            raise InvalidInput.of("returnTo", "is a path below the console, such as /chat.")
        async with self._database.read() as tx:
            provider = await _find(tx, slug)
        metadata = await self._discovery.read(provider.issuer)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": write_redirect_uri(self._public_url, slug),
            "scope": " ".join(provider.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        until = int(self._now().timestamp()) + LIFETIME_SECONDS
        ticket = self._tickets.seal(SignOnClaims(provider.id, state, nonce, verifier, return_to, until))
        endpoint = metadata.authorization_endpoint
        return SignOnStart(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", ticket)

    async def finish(
        self, slug: str, given: Mapping[str, str], ticket: str | None, *, user_agent: str = ""
    ) -> SignOnEnd:
        """Sign in who comes back with ``given``, the parameters that the provider added.

        :class:`Forbidden` says why not, :class:`~trunkline.core.errors.UpstreamError` that the provider failed; both
        are in the audit log of whoever added the provider.
        """
        self._limit.take(current_request_context().address or "")
        async with self._database.read() as tx:
            provider = await _find(tx, slug)
        try:
            return await self._finish(provider, given, ticket, user_agent)
        except TrunklineError as error:
            await self._note_refusal(provider, error)
            raise

    async def _finish(
        self, provider: IdentityProvider, given: Mapping[str, str], ticket: str | None, user_agent: str
    ) -> SignOnEnd:
        claims = await self._take_ticket(provider, given.get("state", ""), ticket)
        metadata = await self._discovery.read(provider.issuer)
        code = _read_code(provider, metadata, given)
        secret = await self._open_secret(provider, metadata)
        tokens = await redeem_code(
            self._transport,
            metadata,
            client_id=provider.client_id,
            client_secret=secret,
            code=code,
            verifier=claims.verifier,
            redirect_uri=write_redirect_uri(self._public_url, provider.slug),
        )
        person = await self._read_person(provider, metadata, tokens, claims.nonce)
        async with self._database.write() as tx:
            fresh = await rows.find(tx, provider.id, lock=True)
            if fresh is None or not fresh.is_enabled:
                raise _no_provider()
            user, refusal = await self._enter(tx, fresh, person)
            if user is not None and refusal is None:
                return SignOnEnd(await self._sessions.begin(tx, user, user_agent=user_agent), claims.return_to)
        # What they no longer have is taken away all the same.
        assert refusal is not None
        raise refusal

    async def _take_ticket(self, provider: IdentityProvider, state: str, ticket: str | None) -> SignOnClaims:
        """The sign-in that this browser has begun; it is over from now on, however it ends."""
        now = self._now()
        claims = self._tickets.open(ticket or "", now.timestamp())
        same = hmac.compare_digest(claims.state.encode(), state.encode(errors="surrogatepass"))
        if claims.provider_id != provider.id or not same:
            raise Forbidden(
                "This is the answer to another sign-in than the one that this browser has begun last. Start again on"
                " the sign-in page.",
                code="sign_on_state",
            )
        digest = hashlib.sha256(claims.state.encode()).hexdigest()
        async with self._database.write() as tx:
            first = await rows.use_state(tx, digest, now, datetime.fromtimestamp(claims.expires_at, UTC))
        if not first:
            raise Forbidden("This sign-in was finished before. Start again on the sign-in page.", code="sign_on_used")
        return claims

    async def _open_secret(self, provider: IdentityProvider, metadata: ProviderMetadata) -> Secret | None:
        if provider.credential_id is None:
            return None
        origin = str(Url.parse(metadata.token_endpoint).origin)
        async with self._database.read() as tx:
            opened = await self._credentials.open(tx, provider.workspace_id, provider.credential_id, origin=origin)
        return opened[SECRET]

    async def _read_person(
        self, provider: IdentityProvider, metadata: ProviderMetadata, tokens: TokenAnswer, nonce: str
    ) -> Person:
        claims = await self._verify(provider, metadata, tokens.id_token, nonce)
        asks = metadata.userinfo_endpoint is not None and tokens.access_token is not None
        if asks and lacks_claims(claims, provider.groups_claim):
            assert tokens.access_token is not None
            more = await read_userinfo(self._transport, metadata, tokens.access_token, claims["sub"])
            # What is signed goes first.
            claims = {**more, **claims}
        return read_person(claims, provider.groups_claim)

    async def _verify(
        self, provider: IdentityProvider, metadata: ProviderMetadata, token: str, nonce: str
    ) -> dict[str, Any]:
        for missed in (False, True):
            keys = await self._discovery.read_keys(metadata, missed=missed)
            try:
                return verify_id_token(
                    token,
                    keys.keys,
                    issuer=provider.issuer,
                    client_id=provider.client_id,
                    nonce=nonce,
                    now=self._now().timestamp(),
                )
            except UnknownSigningKey:
                if missed:
                    raise
        raise AssertionError

    async def _enter(
        self, tx: Transaction, provider: IdentityProvider, person: Person
    ) -> tuple[User | None, Forbidden | None]:
        """Who it is, with the roles of their groups; and why they are not let in, if they are not."""
        identity = await self._find_identity(tx, provider, person)
        groups: Collection[str] = person.groups
        if await provisioning.count_groups(tx, provider.id) > 0:
            # A provider that sends groups sends each change of them; its tokens may say less.
            groups = frozenset() if identity is None else await provisioning.find_group_names(tx, identity.id)
        grants = find_grants(provider, groups)
        refusal = None if grants else _no_role(provider, groups)
        if identity is None:
            if refusal is not None:
                return None, refusal
            user = await self._find_or_make(tx, provider, person)
            identity = UserIdentity(
                provider_id=provider.id, user_id=user.id, subject=person.subject, email=person.email or ""
            )
            await rows.insert_identity(tx, identity)
        else:
            found = await users.find(tx, identity.user_id)
            assert found is not None
            user = found
        if user.disabled_at is not None:
            return None, Forbidden("Your account here is disabled. Ask its administrator.", code="sign_on_disabled")
        identity.last_used_at = self._now()
        identity.email = person.email or identity.email
        if person.name and not user.name:
            user.name = person.name
        await apply_grants(tx, self._audit, provider, user, grants)
        return user, refusal

    async def _find_identity(self, tx: Transaction, provider: IdentityProvider, person: Person) -> UserIdentity | None:
        """Whom the provider has vouched for before, or has sent by SCIM: that is found by its userName."""
        known = await rows.find_identity(tx, provider.id, person.subject)
        if known is not None or person.email is None or person.email_verified is False:
            return known
        sent = await provisioning.find_by_user_name(tx, provider.id, person.email)
        if sent is None or sent.subject is not None:
            return None
        sent.subject = person.subject
        return sent

    async def _find_or_make(self, tx: Transaction, provider: IdentityProvider, person: Person) -> User:
        if person.email is None:
            raise Forbidden(
                f"{provider.name} does not tell your email address. Its administrator can have it send the claim"
                " `email`.",
                code="sign_on_no_email",
            )
        if person.email_verified is False:
            raise Forbidden(
                f"{provider.name} says that your email address is not verified. Verify it there, then sign in again.",
                code="sign_on_email_not_verified",
            )
        known = await users.find_by_email(tx, person.email)
        if known is None:
            user, _ = await self._registration.register(
                tx, None, email=person.email, name=person.name, password_hash=None
            )
            return user
        if not provider.links_by_email or person.email_verified is not True:
            raise Forbidden(
                f"There is an account with your email address already, and it is not one of {provider.name}. Sign in"
                " with your password, or ask the administrator to let the provider link accounts by email address.",
                code="sign_on_not_linked",
            )
        await self._audit.record(
            tx,
            None,
            "auth.link",
            target=("user", known.id),
            after={"identityProvider": provider.slug},
            workspace_id=provider.workspace_id,
        )
        return known

    async def _note_refusal(self, provider: IdentityProvider, error: TrunklineError) -> None:
        async with self._database.write() as tx:
            await self._audit.record(
                tx,
                None,
                "auth.sign_on",
                target=("identity_provider", provider.id),
                after={"name": provider.name, "code": error.code, "reason": error.message[:500]},
                outcome="refused",
                workspace_id=provider.workspace_id,
            )


def _read_code(provider: IdentityProvider, metadata: ProviderMetadata, given: Mapping[str, str]) -> str:
    # https://www.rfc-editor.org/rfc/rfc9207: who answers is who was asked.
    issuer = given.get("iss")
    if issuer != provider.issuer and (issuer is not None or metadata.authorization_response_iss_parameter_supported):
        raise Forbidden("This answer is of another provider than the one that was asked.", code="sign_on_issuer")
    if "error" in given:
        told = " ".join(part for part in (given["error"], given.get("error_description", "")) if part)[:300]
        told = "".join(char for char in told if char.isprintable())
        raise Forbidden(f"{provider.name} did not sign you in: {told.rstrip('.')}.", code="sign_on_denied")
    if not given.get("code"):
        raise Forbidden(f"{provider.name} sent no code.", code="sign_on_denied")
    return given["code"]


def _no_role(provider: IdentityProvider, groups: Collection[str]) -> Forbidden:
    have = "None of your groups has" if groups else "You are in no group, and only groups have"
    return Forbidden(
        f"{have} a role here. Ask the administrator of this installation to give one of your groups at {provider.name}"
        " a role, or to set a default role.",
        code="sign_on_no_role",
    )


async def _find(tx: Transaction, slug: str) -> IdentityProvider:
    row = await rows.find_by_slug(tx, slug)
    if row is None or not row.is_enabled:
        raise _no_provider()
    return row


def _no_provider() -> NotFound:
    return NotFound("There is no such identity provider, or it is not in use.")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
