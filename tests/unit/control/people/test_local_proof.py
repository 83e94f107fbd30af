"""What shows that somebody owns a data folder: once, to the server of that folder alone, and while it stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trunkline.control.people.local_proof import accept_proof, make_proof
from trunkline.core.errors import Unavailable
from trunkline.core.secret import Secret


def test_it_is_good_once(tmp_path: Path) -> None:
    with make_proof(tmp_path, 8700) as proof:
        assert accept_proof(tmp_path, 8700, proof)
        assert not accept_proof(tmp_path, 8700, proof)


def test_what_listens_on_another_port_can_do_nothing_with_it(tmp_path: Path) -> None:
    with make_proof(tmp_path, 8700) as proof:
        assert not accept_proof(tmp_path, 8701, proof)


def test_it_is_for_one_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with make_proof(tmp_path / "a", 8700) as proof:
        assert not accept_proof(tmp_path / "b", 8700, proof)


def test_it_ends_with_what_it_was_made_for(tmp_path: Path) -> None:
    with make_proof(tmp_path, 8700) as proof:
        pass
    assert not accept_proof(tmp_path, 8700, proof)
    assert list((tmp_path / "sign-in").iterdir()) == []


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    with make_proof(tmp_path, 8700) as proof:
        (file,) = (tmp_path / "sign-in").iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert file.read_text() not in proof.reveal()


@pytest.mark.parametrize("change", ["other digest", "other name", "no digest", "a path", "nothing"])
def test_what_is_made_up_is_refused(tmp_path: Path, change: str) -> None:
    (tmp_path / "known").write_text("0" * 64)
    with make_proof(tmp_path, 8700) as proof:
        name, _, digest = proof.reveal().partition(".")
        made_up = {
            "other digest": f"{name}.{'0' * 64}",
            "other name": f"{'0' * 32}.{digest}",
            "no digest": name,
            "a path": f"../known.{digest}",
            "nothing": "",
        }
        assert not accept_proof(tmp_path, 8700, Secret(made_up[change]))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    with make_proof(tmp_path, 8700) as proof:
        (file,) = (tmp_path / "sign-in").iterdir()
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
        assert not accept_proof(tmp_path, 8700, proof)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    with make_proof(tmp_path, 8700) as proof:
        (file,) = (tmp_path / "sign-in").iterdir()
        os.chown(file, 12_345, 12_345)
        assert not accept_proof(tmp_path, 8700, proof)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for another user")
def test_root_makes_one_that_the_owner_of_the_folder_can_read(tmp_path: Path) -> None:
    os.chown(tmp_path, 12_345, 12_345)
    with make_proof(tmp_path, 8700):
        (file,) = (tmp_path / "sign-in").iterdir()
        assert file.stat().st_uid == file.parent.stat().st_uid == 12_345


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for another user")
def test_root_gives_nothing_away_through_a_link(tmp_path: Path) -> None:
    folder, other = tmp_path / "data", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    (folder / "sign-in").symlink_to(other)
    os.chown(folder, 12_345, 12_345)
    with make_proof(folder, 8700):
        assert other.stat().st_uid == 0


def test_without_a_folder_to_write_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is not yours to write"), make_proof(tmp_path / "there is none", 8700):
        pass
