"""How providers are reached from use cases: which transport, and with which of a configuration's secrets."""

from __future__ import annotations

from collections.abc import Mapping

from trunkline.control.configurations.borrowing import read_way, write_lack
from trunkline.control.configurations.credentials import API_KEY, HEADER_PREFIX, Credentials
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.outbound.transport import Transport
from trunkline.providers.base_url import read_base_url
from trunkline.providers.check import Prober
from trunkline.providers.endpoint import Endpoint, make_endpoint, write_origin
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration
from trunkline.vault.vault import ReferenceRules


class Reach:
    """Opens endpoints. ``in_process`` are the transports of providers that need no network, by provider id."""

    def __init__(
        self,
        credentials: Credentials,
        client: Transport,
        in_process: Mapping[str, Transport],
        prober: Prober | None = None,
        references: ReferenceRules | None = None,
    ) -> None:
        self._credentials = credentials
        self._client = client
        self._in_process = in_process
        self._references = references
        self.prober = prober

    def transport(self, provider: Provider) -> Transport:
        """What sends calls to ``provider``."""
        return self._in_process.get(provider.id, self._client)

    def ready(self, key: Secret | None, origins: tuple[str, ...]) -> Secret | None:
        """A key that is not stored, to be sent to ``origins``. Raises InvalidInput for a reference that may not be."""
        if key is None or self._references is None:
            return key
        self._references.require(key, origins)
        return self._references.bind(key)

    async def open(self, tx: Transaction, row: Configuration) -> Endpoint:
        """The endpoint of a stored configuration, with its secrets or those that it borrows.

        Raises InvalidInput where it cannot be used as it is, CannotOpen and Forbidden where its secrets cannot.
        """
        provider = PROVIDERS.get(row.provider)
        if provider is None:
            raise InvalidInput.of("provider", f"{row.provider!r} is not among the providers of this version.")
        opened: Mapping[str, Secret] = {}
        upstream = await read_way(tx, row)
        if upstream.credential_id is not None:
            # The origin is judged first, so that a changed address never gets the secret of the old one.
            origin = write_origin(read_base_url(provider, upstream.base_url, upstream.parameters).origin)
            opened = await self._credentials.open(tx, row.workspace_id, upstream.credential_id, origin=origin)
        elif row.borrows and provider.requires_api_key:
            raise InvalidInput.of("apiKey", write_lack(provider), code="key_required")
        return make_endpoint(provider, upstream.base_url, opened.get(API_KEY), headers_of(opened), upstream.parameters)


def headers_of(secrets: Mapping[str, Secret]) -> dict[str, str | Secret]:
    """The header fields among a credential's secrets, by header name."""
    return {
        field.removeprefix(HEADER_PREFIX): secret
        for field, secret in secrets.items()
        if field.startswith(HEADER_PREFIX)
    }
