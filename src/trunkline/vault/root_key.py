"""The root key: 32 random bytes outside the database. Whoever has it and the database has every secret."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn, Protocol

from trunkline.core.errors import CannotOpen
from trunkline.vault.box import KEY_BYTES
from trunkline.vault.subkey import Purpose, derive_subkey

CREDENTIAL_NAME: Final = "trunkline-root-key"
"""The name of the systemd credential (``LoadCredential=trunkline-root-key:/etc/trunkline/root.key``)."""

_MAKE_ONE: Final = "`openssl rand -base64 32`"


class RootKey:
    """The root key itself. It shows itself in no text, and cannot be pickled."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a root key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key

    @classmethod
    def generate(cls) -> RootKey:
        """A new one, from the system's source of randomness."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive(self, purpose: Purpose, version: int = 1) -> bytes:
        """The subkey of 32 bytes for ``purpose`` and ``version``."""
        return derive_subkey(self._key, purpose, version)

    def export_text(self) -> str:
        """The key as its file holds it: base64, 44 characters."""
        return base64.b64encode(self._key).decode()

    def __repr__(self) -> str:
        return "RootKey(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a RootKey cannot be pickled or copied to another process")


def check_value(root: RootKey) -> str:
    """What the database keeps to tell a wrong root key at start: 32 hex digits that reveal nothing of the key."""
    constant = b"trunkline/1 is this the right root key?"
    return hmac.digest(root.derive(Purpose.ROOT_CHECK), constant, "sha256").hex()[:32]


def verify(root: RootKey, value: str) -> bool:
    """Whether ``value`` is the check value of ``root``; compared in constant time."""
    return hmac.compare_digest(check_value(root).encode(), value.encode())


class RootKeySource(Protocol):
    """Where the root key comes from."""

    def load(self) -> RootKey | None:
        """The key; None when there is none yet. :class:`CannotOpen` with the remedy when there is an unusable one."""
        ...

    def describe(self) -> str:
        """Where it is, for messages: a path."""
        ...


class RootKeyFile:
    """A file that holds the key as base64 text, readable by its owner alone (0600 or 0400)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> RootKey | None:
        """The key; None when there is no file. Refuses a file that group or others may read, or that holds no key."""
        return _read(self._path, forbidden=stat.S_IRWXG | stat.S_IRWXO)

    def create(self) -> RootKey:
        """Make a new key and its file (0600, in a directory of 0700 if that is missing too), at the very first start.

        Atomic: the file is there whole or not at all, and an existing one is never replaced. When another process was
        faster, the key is that one's. The caller asks for this only while the database holds nothing encrypted.
        """
        directory = self._path.parent
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = directory / f".{self._path.name}.{secrets.token_hex(8)}"
        text = RootKey.generate().export_text() + "\n"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            with contextlib.suppress(FileExistsError):
                os.link(draft, self._path)
        finally:
            draft.unlink()
        _sync_directory(directory)
        key = self.load()
        if key is None:
            raise CannotOpen(f"The root key file {self._path} vanished while it was made.", code="root_key")
        return key

    def describe(self) -> str:
        """Its path."""
        return str(self._path)


class RootKeyCredential:
    """A credential that systemd, or what imitates it (a mounted Kubernetes secret), lays into a directory of its own.

    https://systemd.io/CREDENTIALS/: the directory is the service's own, and the file's mode shows the mask of its
    access list as group bits; so group bits are accepted here, bits of others are not.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / CREDENTIAL_NAME

    def load(self) -> RootKey | None:
        """The key; None when there is no such credential."""
        return _read(self._path, forbidden=stat.S_IRWXO)

    def describe(self) -> str:
        """Its path."""
        return str(self._path)


def find_source(file: Path, environment: Mapping[str, str]) -> RootKeySource:
    """The systemd credential when ``$CREDENTIALS_DIRECTORY`` holds one, else ``file``."""
    directory = environment.get("CREDENTIALS_DIRECTORY")
    if directory and (Path(directory) / CREDENTIAL_NAME).exists():
        return RootKeyCredential(Path(directory))
    return RootKeyFile(file)


def _read(path: Path, *, forbidden: int) -> RootKey | None:
    try:
        with path.open("rb") as file:
            # The mode of what was opened, not of what the path names a moment later.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(1024)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotOpen(f"The root key {path} cannot be read: {error.strerror}.", code="root_key") from error
    if mode & forbidden:
        raise CannotOpen(
            f"The root key {path} may be read by others than its owner (mode {mode:04o}). "
            f"Run `chmod 600 {path}`, and replace the key if somebody else can have read it.",
            code="root_key",
        )
    try:
        return RootKey(base64.b64decode(content.strip(), validate=True))
    except (binascii.Error, ValueError):
        raise CannotOpen(
            f"The root key {path} is not {KEY_BYTES} bytes of base64 text. Restore it from your backup; "
            f"{_MAKE_ONE} makes a new one, but opens nothing that was encrypted with another.",
            code="root_key",
        ) from None


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
