"""Which names are time zones: those of the IANA's database, and nothing else that a machine has beside them."""

from __future__ import annotations

import pytest

from trunkline.core.time_zone import find_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "EST5EDT"])
def test_what_is_one(name: str) -> None:
    zone = find_zone(name)
    assert zone is not None
    assert zone.key == name


# Among them are files and folders that Debian's tzdata and Python's have.
@pytest.mark.parametrize(
    "name",
    [
        "", "\0", "x" * 500, "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime", "leapseconds", "tzdata.zi",
        "localtime", "Factory", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin",
    ],
)  # fmt: skip
def test_what_is_none(name: str) -> None:
    assert find_zone(name) is None
