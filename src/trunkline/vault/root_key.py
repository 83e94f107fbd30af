"""The root key: 32 random bytes outside the database. Whoever has it and the database has every secret."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn, Protocol, runtime_checkable

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

    def export_bytes(self) -> bytes:
        """The key's 32 bytes, for who wraps it."""
        return self._key

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


@runtime_checkable
class OwnRootKey(RootKeySource, Protocol):
    """A source that Trunkline itself may fill: a file in the data folder, not a credential that somebody hands in."""

    def rehearse(self) -> None:
        """Try what :meth:`create` needs, and write nothing. :class:`CannotOpen` where it cannot be done."""
        ...

    def create(self) -> RootKey:
        """A new key, at the very first start. Where there is one already, that one."""
        ...

    def replace(self, root: RootKey) -> Path | None:
        """Put ``root`` in the place of what is there, in one step. Where the old file is kept; None without one."""
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
        write_key_file(self._path, _encode(RootKey.generate()), replace=False)
        key = self.load()
        if key is None:
            raise CannotOpen(f"The root key file {self._path} vanished while it was made.", code="root_key")
        return key

    def rehearse(self) -> None:
        """Nothing to try: whether the folder can be written is known by now."""

    def replace(self, root: RootKey) -> Path | None:
        """See :class:`OwnRootKey`."""
        kept = keep_beside(self._path)
        write_key_file(self._path, _encode(root), replace=True)
        return kept

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


def find_credential(environment: Mapping[str, str]) -> Path | None:
    """The file of the systemd credential, where ``$CREDENTIALS_DIRECTORY`` holds one."""
    directory = environment.get("CREDENTIALS_DIRECTORY")
    path = Path(directory) / CREDENTIAL_NAME if directory else None
    return path if path is not None and path.exists() else None


def find_source(file: Path, environment: Mapping[str, str]) -> RootKeySource:
    """The systemd credential where there is one, else ``file``."""
    path = find_credential(environment)
    return RootKeyFile(file) if path is None else RootKeyCredential(path.parent)


def keep_beside(path: Path) -> Path | None:
    """Give the file ``path`` a second name, under which it stays when it is replaced. None where there is none."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    os.link(path, kept)
    return kept


def write_key_file(path: Path, content: bytes, *, replace: bool) -> bool:
    """Write a file (0600, in a directory of 0700 if that is missing too) in one step: it is there whole or not at all.

    False, with nothing changed, where one is there already and not ``replace``.
    """
    directory = path.parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = directory / f".{path.name}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(directory)
    return True


def _encode(root: RootKey) -> bytes:
    return f"{root.export_text()}\n".encode("ascii")


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
