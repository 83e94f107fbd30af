"""A root key that lies beside the data as ciphertext, which a key service unwraps at each start."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from trunkline.core.errors import CannotOpen
from trunkline.external_secrets.apart import begin_apart
from trunkline.external_secrets.aws_kms import AwsKms
from trunkline.external_secrets.azure_keys import AzureKeys
from trunkline.external_secrets.google_kms import GoogleKms
from trunkline.external_secrets.key_service import KeyService
from trunkline.external_secrets.service_call import ServiceFailed, make_client
from trunkline.external_secrets.vault_transit import VaultTransit
from trunkline.outbound import Transport
from trunkline.vault.box import KEY_BYTES
from trunkline.vault.root_key import RootKey, keep_beside, write_key_file

_T = TypeVar("_T")

Make = Callable[[str, Mapping[str, str], Transport], KeyService]

SERVICES: Final[Mapping[str, Make]] = {
    "aws-kms": AwsKms,
    "azure-keyvault": AzureKeys,
    "gcp-kms": GoogleKms,
    "vault-transit": VaultTransit,
}
"""By the scheme of an address."""

CERTIFICATES: Final = {"aws-kms": "AWS_CA_BUNDLE", "vault-transit": "VAULT_CACERT"}
"""By scheme, the variable in which the vendor's tools are told whom to trust."""

SECONDS: Final = 4.5
"""How long everything may take together, so that a start that cannot succeed has ended after five seconds."""


class WrappedKey(msgspec.Struct, frozen=True, rename="camel"):
    """What the file holds. ``wrapped_by`` is the address of the service's key."""

    wrapped_by: str
    wrapped: str
    format: int = 1


class WrappedRootKey:
    """The root key in the file ``path``, wrapped by the key at ``address``: ``vault-transit://transit/trunkline``.

    Everything that goes wrong is :class:`CannotOpen`, with what to do, within five seconds.
    """

    def __init__(
        self,
        address: str,
        path: Path,
        environment: Mapping[str, str] = os.environ,
        transport: Transport | None = None,
    ) -> None:
        """``transport``: for tests; else a client of its own."""
        self._address = address
        self._path = path
        self._environment = environment
        self._transport = transport

    def load(self) -> RootKey | None:
        """The key, unwrapped; None when there is no file yet."""
        held = self._read()
        if held is None:
            return None
        if held.wrapped_by != self._address:
            raise CannotOpen(
                f"The root key {self._path} is wrapped by {held.wrapped_by}, and TRUNKLINE_ROOT_KEY names"
                f" {self._address}. Name the former, or run `trunkline vault wrap` to have the latter wrap it.",
                code="root_key",
            )
        return self._unwrap(held)

    def create(self) -> RootKey:
        """A new key, wrapped and in its file (0600), at the very first start. An existing file is never replaced."""
        root = RootKey.generate()
        if self._write(self._wrap(root), replace=False):
            return root
        made = self.load()
        if made is None:
            raise CannotOpen(f"The root key file {self._path} vanished while it was made.", code="root_key")
        return made

    def rehearse(self) -> None:
        """Have the service wrap a key of no use and unwrap it again, before anything is written for the first time."""
        key = secrets.token_bytes(KEY_BYTES)

        async def work(service: KeyService) -> bytes:
            return await service.unwrap(await service.wrap(key))

        if self._ask(self._address, work) != key:
            raise CannotOpen(f"{self._address} unwraps another key than it wrapped.", code="root_key")

    def replace(self, root: RootKey) -> Path | None:
        """Put ``root``, wrapped, in the place of what is there. Where the old file is kept; None when there was none.

        What was wrapped is unwrapped again before the file changes, so that nothing is lost to a service that can do
        only one of both.
        """
        content = self._wrap(root)
        try:
            kept = keep_beside(self._path)
        except OSError as error:
            raise self._cannot_write(error) from error
        self._write(content, replace=True)
        return kept

    def is_wrapped(self) -> bool:
        """Whether there is a file, and a wrapped key in it."""
        try:
            return self._read() is not None
        except CannotOpen:
            return False

    def load_any(self) -> RootKey | None:
        """As :meth:`load`, by whichever service the file names."""
        held = self._read()
        return None if held is None else self._unwrap(held)

    def describe(self) -> str:
        """Its path and who wraps it."""
        return f"{self._path} (wrapped by {self._address})"

    def _read(self) -> WrappedKey | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=WrappedKey)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CannotOpen(f"The root key {self._path} cannot be read: {error.strerror}.", code="root_key") from error
        except (msgspec.DecodeError, UnicodeError):
            raise CannotOpen(
                f"{self._path} holds no wrapped root key. If it is the plain one, and {self._address} is to wrap it,"
                " run `trunkline vault wrap`; else restore it from your backup.",
                code="root_key",
            ) from None

    def _unwrap(self, held: WrappedKey) -> RootKey:
        key = self._ask(held.wrapped_by, lambda service: service.unwrap(held.wrapped))
        try:
            return RootKey(key)
        except ValueError:
            raise CannotOpen(f"What {held.wrapped_by} unwraps is no root key.", code="root_key") from None

    def _wrap(self, root: RootKey) -> bytes:
        key = root.export_bytes()

        async def work(service: KeyService) -> str:
            wrapped = await service.wrap(key)
            if await service.unwrap(wrapped) != key:
                raise ServiceFailed("It unwraps another key than it wrapped.", refused=True)
            return wrapped

        document = WrappedKey(wrapped_by=self._address, wrapped=self._ask(self._address, work))
        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"

    def _write(self, content: bytes, *, replace: bool) -> bool:
        try:
            return write_key_file(self._path, content, replace=replace)
        except OSError as error:
            raise self._cannot_write(error) from error

    def _cannot_write(self, error: OSError) -> CannotOpen:
        return CannotOpen(f"The wrapped root key {self._path} cannot be written ({error.strerror}).", code="root_key")

    def _ask(self, address: str, work: Callable[[KeyService], Awaitable[_T]]) -> _T:
        scheme, _, name = address.partition("://")
        make = SERVICES.get(scheme)
        if make is None:
            raise CannotOpen(f"{address} is no key service that this version knows.", code="root_key")

        async def ask(transport: Transport) -> _T:
            return await work(make(name, self._environment, transport))

        async def run() -> _T:
            if self._transport is not None:
                return await ask(self._transport)
            client = make_client(self._environment.get(CERTIFICATES.get(scheme, "")))
            try:
                return await ask(client)
            finally:
                await client.close()

        future: Future[_T] = begin_apart(lambda: asyncio.run(run()))
        try:
            return future.result(SECONDS)
        except ServiceFailed as error:
            told = error.message
            remedy = (
                "Check its credentials, and that they may encrypt and decrypt with this key."
                if error.refused
                else "Check the network, and whether the service runs."
            )
        except TimeoutError:
            told, remedy = f"It gave no answer within {SECONDS:g} s.", "Check the network, and whether it runs."
        raise CannotOpen(
            f"The root key cannot be had from {address}. {told} {remedy} Then start again; nothing was written.",
            code="root_key",
        )
