"""SCIM 2.0 for identity providers that have a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions
from trunkline.control.sign_on.providers import write_scim_url
from trunkline.core.errors import Conflict, Unauthenticated, Unavailable
from trunkline.core.secret import Secret
from trunkline.storage import identity_providers
from trunkline.storage.database import Database
from trunkline.storage.tables import IdentityProvider
from trunkline.vault.token import TokenKind, Tokens

if TYPE_CHECKING:
    from scim2_server.service import ScimService

MEDIA_TYPE: Final = "application/scim+json"


class ScimAnswer(msgspec.Struct, frozen=True):
    """What is answered: ``body`` is JSON, or None."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any] | None


class Provisioning:
    """Lets identity providers send users and groups. The protocol's libraries are loaded with the first request."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        registration: Registration,
        sessions: Sessions,
        audit: Audit,
        public_url: str,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._registration = registration
        self._sessions = sessions
        self._audit = audit
        self._base_url = write_scim_url(public_url)

    async def authenticate(self, token: Secret | None) -> IdentityProvider:
        """The provider whose token that is. :class:`Unauthenticated` for any other, and one that is not in use."""
        if token is not None:
            digest = self._tokens.digest(TokenKind.SCIM, token.reveal()).hex()
            async with self._database.read() as tx:
                provider = await identity_providers.find_by_scim_digest(tx, digest)
            if provider is not None and provider.is_enabled:
                return provider
        raise Unauthenticated("Send the SCIM token of an identity provider: `Authorization: Bearer tls-…`.")

    async def answer(
        self,
        provider: IdentityProvider,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Iterable[tuple[str, str]],
        body: bytes,
    ) -> ScimAnswer:
        """Serve one request; ``path`` is that below ``/scim/v2``. Every error is an answer, in SCIM's own form."""
        from scim2_models import ConflictException, SCIMException  # noqa: PLC0415
        from scim2_server.handler import AsyncScimHandler  # noqa: PLC0415
        from scim2_server.requests import ScimRequest  # noqa: PLC0415

        from trunkline.control.provisioning.groups import ProvisionedGroups  # noqa: PLC0415
        from trunkline.control.provisioning.people import ProvisionedPeople  # noqa: PLC0415
        from trunkline.control.provisioning.resources import add_address  # noqa: PLC0415
        from trunkline.control.provisioning.storage import ProvisionedStorage  # noqa: PLC0415

        people = ProvisionedPeople(provider, self._registration, self._sessions, self._audit)
        groups = ProvisionedGroups(provider, people)
        writes = method in {"PUT", "PATCH", "DELETE"} or (method == "POST" and not path.endswith(".search"))
        storage = ProvisionedStorage(self._database, provider.id, people, groups, writes=writes)
        try:
            if method in {"POST", "PUT"} and path.partition("/Users")[1] and not path.endswith(".search"):
                body = add_address(body)
            request = ScimRequest(method, self._base_url, path, query, list(headers), body)
            response = await AsyncScimHandler(self._service, storage).handle(request)
        except SCIMException as error:
            response = self._service.error_response(error)
        except Conflict as error:
            response = self._service.error_response(ConflictException(detail=error.message))
        except Unavailable as error:
            return self.refuse(503, error.message)
        return ScimAnswer(int(response.status), {**response.headers, "cache-control": "no-store"}, response.body)

    def refuse(self, status: int, message: str) -> ScimAnswer:
        """An error in SCIM's form: https://www.rfc-editor.org/rfc/rfc7644#section-3.12."""
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": str(status),
            "detail": message,
        }
        headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
        return ScimAnswer(status, headers | ({"www-authenticate": "Bearer"} if status == 401 else {}), body)

    @cached_property
    def _service(self) -> ScimService:
        from trunkline.control.provisioning.resources import make_service  # noqa: PLC0415

        return make_service()
