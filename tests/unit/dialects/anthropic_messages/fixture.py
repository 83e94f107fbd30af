"""Recorded traffic, as the vendor documents it: tests/fixtures/anthropic_messages."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3] / "fixtures" / "anthropic_messages"


def load(folder: str, name: str) -> bytes:
    (path,) = (ROOT / folder).glob(f"{name}.*")
    return path.read_bytes()


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / folder).iterdir())
