"""A setting that is misspelt is told by its name; nothing else is."""

from __future__ import annotations

from pathlib import Path

from trunkline.cli.unknown_settings import find_unknown


def test_an_unknown_setting_is_named_with_the_nearest(tmp_path: Path) -> None:
    given = {"TRUNKLINE_PROT": "1", "TRUNKLINE_PORT": "2", "trunkline_host": "x", "TRUNKLINE_URL": "y", "PATH": "z"}
    (told,) = find_unknown(given)
    assert told == "TRUNKLINE_PROT is not a setting of Trunkline and has no effect. Did you mean TRUNKLINE_PORT?"


def test_the_file_is_looked_at_too() -> None:
    Path(".env").write_text("# TRUNKLINE_A=1\nexport TRUNKLINE_WROKERS=2\nTRUNKLINE_PORT=1\nOTHER=x\n")
    (told,) = find_unknown({})
    assert "TRUNKLINE_WROKERS" in told
    assert "TRUNKLINE_WORKERS" in told
