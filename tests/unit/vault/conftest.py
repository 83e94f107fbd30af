from __future__ import annotations

import pytest

from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.vault import Vault


@pytest.fixture(scope="session")
def root() -> RootKey:
    return RootKey(bytes(range(32)))


@pytest.fixture(scope="session")
def ring(root: RootKey) -> KeyRing:
    return KeyRing.create(root)


@pytest.fixture
def vault(ring: KeyRing) -> Vault:
    return Vault(ring)
