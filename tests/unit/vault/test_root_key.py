"""The root key: made once, read by its owner alone, told apart from a wrong one."""

from __future__ import annotations

import base64
import copy
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trunkline.core.errors import CannotOpen
from trunkline.vault.root_key import (
    CREDENTIAL_NAME,
    RootKey,
    RootKeyCredential,
    RootKeyFile,
    check_value,
    find_source,
    verify,
)


def test_a_new_file_is_for_its_owner_alone_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "data" / "root.key"
    key = RootKeyFile(path).create()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(base64.b64decode(path.read_bytes())) == 32
    read = RootKeyFile(path).load()
    assert read is not None
    assert read.export_text() == key.export_text() == path.read_text().strip()
    assert list(path.parent.iterdir()) == [path], "no draft is left behind"


def test_making_one_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    first = RootKeyFile(path).create()
    assert RootKeyFile(path).create().export_text() == first.export_text()


def test_all_who_make_one_at_once_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: RootKeyFile(path).create().export_text(), range(8)))
    assert len(set(keys)) == 1


def test_no_file_is_no_key_and_makes_none(tmp_path: Path) -> None:
    assert RootKeyFile(tmp_path / "root.key").load() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o610, 0o777])
def test_a_file_open_to_others_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "root.key"
    key = RootKeyFile(path).create().export_text()
    path.chmod(mode)
    with pytest.raises(CannotOpen, match="chmod 600") as caught:
        RootKeyFile(path).load()
    assert key not in caught.value.message


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_for_its_owner_is_read(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "root.key"
    RootKeyFile(path).create()
    path.chmod(mode)
    assert RootKeyFile(path).load() is not None


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"short", b"x" * 32, base64.b64encode(bytes(31)), base64.b64encode(bytes(33)), b"\xff" * 44],
)
def test_a_file_without_a_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "root.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(CannotOpen, match="Restore it from your backup") as caught:
        RootKeyFile(path).load()
    assert not content.strip() or content.decode("latin-1") not in caught.value.message


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="cannot be read"):
        RootKeyFile(tmp_path).load()


def test_the_credential_of_the_service_manager_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "root.key"
    RootKeyFile(file).create()
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert find_source(file, {}).describe() == str(file)
    assert find_source(file, environment).describe() == str(file), "there is no credential yet"

    credential = tmp_path / CREDENTIAL_NAME
    credential.write_text(RootKey(bytes(32)).export_text())
    credential.chmod(0o440)
    source = find_source(file, environment)
    assert source.describe() == str(credential)
    key = source.load()
    assert key is not None
    assert key.export_text() == RootKey(bytes(32)).export_text()


def test_a_credential_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    credential = tmp_path / CREDENTIAL_NAME
    credential.write_text(RootKey(bytes(32)).export_text())
    credential.chmod(0o444)
    with pytest.raises(CannotOpen, match="mode 0444"):
        RootKeyCredential(tmp_path).load()


def test_the_check_value_tells_keys_apart_and_reveals_none() -> None:
    key, other = RootKey.generate(), RootKey.generate()
    assert verify(key, check_value(key))
    assert not verify(other, check_value(key))
    assert not verify(key, "")
    assert len(check_value(key)) == 32
    assert check_value(RootKey(bytes(range(32)))) == check_value(RootKey(bytes(range(32))))


def test_a_root_key_shows_itself_nowhere() -> None:
    key = RootKey(b"k" * 32)
    assert "k" * 4 not in repr(key) + str(key) + f"{key}"
    for escape in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            escape(key)
