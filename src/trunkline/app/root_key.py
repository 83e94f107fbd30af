"""Where the root key of these settings is, and how the processes of a server come by it.

A key service is asked once, by the process that starts the others: what it unwrapped is handed to them in memory, so
that one that starts again later needs the service no more.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from trunkline.app.supervisor import ROOT_KEY
from trunkline.settings import Settings
from trunkline.vault.box import KEY_BYTES
from trunkline.vault.root_key import RootKey, RootKeySource, find_credential, find_source

if TYPE_CHECKING:
    from trunkline.external_secrets.wrapped_root_key import WrappedRootKey


class HandedRootKey:
    """The root key as the first process handed it on: an open file that is nowhere on a disk."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def load(self) -> RootKey:
        """The key."""
        return RootKey(os.pread(self._descriptor, KEY_BYTES, 0))

    def describe(self) -> str:
        """What stands for its place."""
        return "unwrapped at the start"


def find_root_key(settings: Settings, environment: Mapping[str, str] = os.environ) -> RootKeySource:
    """What was handed on; else the wrapped root key where a key service is named; else the plain one."""
    if ROOT_KEY in environment:
        return HandedRootKey(int(environment[ROOT_KEY]))
    if settings.root_key is not None:
        return find_wrapped_root_key(settings, settings.root_key, environment)
    return find_source(settings.root_key_file or settings.data_dir / "root.key", environment)


def find_wrapped_root_key(settings: Settings, address: str, environment: Mapping[str, str]) -> WrappedRootKey:
    """The root key that the key at ``address`` wraps, in the file or credential where a plain one would be."""
    from trunkline.external_secrets.wrapped_root_key import WrappedRootKey  # noqa: PLC0415 - few have one

    path = find_credential(environment) or settings.root_key_file or settings.data_dir / "root.key.wrapped"
    return WrappedRootKey(address, path, environment)


def hand_on_root_key(settings: Settings) -> bool:
    """Unwrap the root key for the processes that this one becomes and starts. Whether there is one already.

    A no-op for a plain root key, and where the system has no files in memory: then each process has the service unwrap
    it. :class:`CannotOpen` where that fails.
    """
    if settings.root_key is None or ROOT_KEY in os.environ:
        return True
    root = find_root_key(settings).load()
    if root is None:
        return False
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("trunkline-root-key")
        os.pwrite(descriptor, root.export_bytes(), 0)
        os.set_inheritable(descriptor, True)
        os.environ[ROOT_KEY] = str(descriptor)
    return True
