"""A root key that a key service wraps: it opens with the service alone, and a start without it changes nothing."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.upstreams.vault_server import RunningVault

from trunkline.core.errors import CannotOpen
from trunkline.external_secrets import wrapped_root_key
from trunkline.external_secrets.wrapped_root_key import WrappedRootKey
from trunkline.vault.root_key import OwnRootKey, RootKey, RootKeyFile

ADDRESS = "vault-transit://transit/trunkline"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data/root.key.wrapped"


@pytest.fixture
def source(vault: RunningVault, path: Path) -> WrappedRootKey:
    return WrappedRootKey(ADDRESS, path, vault.environment)


def test_it_is_made_once_and_lies_on_no_disk_in_plain(source: WrappedRootKey, path: Path) -> None:
    assert source.load() is None
    source.rehearse()
    assert not path.exists(), "a rehearsal writes nothing"
    root = source.create()
    loaded = source.load()
    assert loaded is not None
    assert loaded.export_bytes() == root.export_bytes() == source.create().export_bytes()
    assert isinstance(source, OwnRootKey)
    assert list(path.parent.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    assert root.export_text().encode() not in content
    assert root.export_bytes() not in content


def test_another_root_key_takes_its_place_and_the_old_file_is_kept(source: WrappedRootKey, path: Path) -> None:
    old, new = source.create(), RootKey.generate()
    kept = source.replace(new)
    assert kept is not None
    loaded = source.load()
    assert loaded is not None
    assert loaded.export_bytes() == new.export_bytes()
    kept.replace(path)
    loaded = source.load()
    assert loaded is not None
    assert loaded.export_bytes() == old.export_bytes()


def test_a_file_that_another_key_wrapped_is_named(source: WrappedRootKey, path: Path, vault: RunningVault) -> None:
    vault.ask("POST", "transit/keys/newer", {})
    root = source.create()
    newer = WrappedRootKey("vault-transit://transit/newer", path, vault.environment)
    with pytest.raises(CannotOpen, match=r"wrapped by vault-transit://transit/trunkline.*vault wrap"):
        newer.load()
    held = newer.load_any()
    assert held is not None
    assert held.export_bytes() == root.export_bytes()
    newer.replace(held)
    loaded = newer.load()
    assert loaded is not None
    assert loaded.export_bytes() == root.export_bytes()
    with pytest.raises(CannotOpen, match="transit/newer"):
        source.load()


def spoil(path: Path) -> None:
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "wrapped": document["wrapped"][:-8] + "AAAAAAA="}))


def wrap_something_else(path: Path, vault: RunningVault) -> None:
    path.write_text(json.dumps({"wrappedBy": ADDRESS, "wrapped": vault.wrap(b"too short"), "format": 1}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path, _: spoil(path), "message authentication failed"),
        (wrap_something_else, "no root key"),
        (lambda path, _: RootKeyFile(path).replace(RootKey.generate()), "holds no wrapped root key"),
        (lambda path, _: path.write_text("{}"), "holds no wrapped root key"),
    ],
)
def test_a_file_that_is_wrong_is_refused(
    source: WrappedRootKey, path: Path, vault: RunningVault, change: Callable[[Path, RunningVault], None], told: str
) -> None:
    source.create()
    change(path, vault)
    before = path.read_bytes()
    with pytest.raises(CannotOpen, match=told) as refused:
        source.load()
    assert refused.value.code == "root_key"
    assert path.read_bytes() == before


def test_a_service_that_is_away_is_told_with_what_to_do(
    source: WrappedRootKey, path: Path, vault: RunningVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.create()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = {**vault.environment, "VAULT_ADDR": f"http://127.0.0.1:{taken.getsockname()[1]}"}
        with pytest.raises(CannotOpen, match=r"Nothing is listening.*Check the network.*nothing was written"):
            WrappedRootKey(ADDRESS, path, away).load()
        monkeypatch.setattr(wrapped_root_key, "SECONDS", 0.2)
        taken.listen()
        with pytest.raises(CannotOpen, match=r"no answer within 0\.2 s"):
            WrappedRootKey(ADDRESS, path, away).load()
    refused = {**vault.environment, "VAULT_TOKEN": "wrong"}
    monkeypatch.undo()
    with pytest.raises(CannotOpen, match=r"permission denied.*may encrypt and decrypt"):
        WrappedRootKey(ADDRESS, path, refused).load()


def test_all_fits_into_five_seconds() -> None:
    assert wrapped_root_key.SECONDS < 5


def test_a_service_that_can_only_encrypt_makes_no_key(path: Path, vault: RunningVault) -> None:
    vault.ask("PUT", "sys/policies/acl/half", {"policy": 'path "transit/encrypt/*" { capabilities = ["update"] }'})
    token = vault.ask("POST", "auth/token/create", {"policies": ["half"]})["auth"]["client_token"]
    half = WrappedRootKey(ADDRESS, path, {**vault.environment, "VAULT_TOKEN": token})
    for work in (half.rehearse, half.create):
        with pytest.raises(CannotOpen, match="permission denied"):
            work()
    assert not path.exists()


def test_certificates_that_are_not_there(source: WrappedRootKey, path: Path, vault: RunningVault) -> None:
    source.create()
    with pytest.raises(CannotOpen, match=r"/nowhere\.pem cannot be read"):
        WrappedRootKey(ADDRESS, path, {**vault.environment, "VAULT_CACERT": "/nowhere.pem"}).load()


def test_a_folder_that_cannot_be_written(vault: RunningVault) -> None:
    with pytest.raises(CannotOpen, match="cannot be written"):
        WrappedRootKey(ADDRESS, Path("/proc/none/root.key.wrapped"), vault.environment).create()
