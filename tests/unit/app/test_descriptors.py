"""The soft limit of open files is raised to the hard one, never above what is useful, and never lowered."""

from __future__ import annotations

import pytest

from trunkline.app import descriptors
from trunkline.app.descriptors import ENOUGH, UNKNOWN, raise_descriptors

resource = pytest.importorskip("resource")
FREE = resource.RLIM_INFINITY


class Limits:
    """The system's limits of this process, as a test has them. ``refuses`` whatever is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, *, refuses: Exception | None = None):
        self.asked: list[tuple[int, int]] = []
        self._refuses = refuses
        monkeypatch.setattr(resource, "getrlimit", lambda kind: (soft, hard))
        monkeypatch.setattr(resource, "setrlimit", self._set)

    def _set(self, kind: int, limits: tuple[int, int]) -> None:
        assert kind == resource.RLIMIT_NOFILE
        self.asked.append(limits)
        if self._refuses is not None:
            raise self._refuses


@pytest.mark.parametrize(
    ("soft", "hard", "limit"),
    [(1024, 4096, 4096), (1024, ENOUGH, ENOUGH), (1024, 1_048_576, ENOUGH), (1024, FREE, ENOUGH)],
)
def test_it_is_raised(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, limit: int) -> None:
    limits = Limits(monkeypatch, soft, hard)
    assert raise_descriptors() == limit
    assert limits.asked == [(limit, hard)], "the hard limit stays as it is"


@pytest.mark.parametrize(
    ("soft", "hard", "limit"),
    [
        (4096, 4096, 4096),
        (ENOUGH, FREE, ENOUGH),
        (200_000, 1_048_576, 200_000),
        (FREE, FREE, ENOUGH),
    ],
)
def test_what_is_enough_stays(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, limit: int) -> None:
    limits = Limits(monkeypatch, soft, hard)
    assert raise_descriptors() == limit
    assert limits.asked == []


@pytest.mark.parametrize("fault", [OSError("not here"), ValueError("current limit exceeds maximum limit")])
def test_a_system_that_refuses_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    Limits(monkeypatch, 1024, 4096, refuses=fault)
    assert raise_descriptors() == 1024


def test_a_system_without_such_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors.sys, "platform", "win32")
    assert raise_descriptors() == UNKNOWN


def test_the_real_system() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert raise_descriptors() >= min(soft, ENOUGH) if soft != FREE else ENOUGH
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
