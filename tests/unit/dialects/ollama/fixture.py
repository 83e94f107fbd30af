"""Recorded traffic of Ollama."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[3] / "fixtures" / "ollama"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def names(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (FOLDER / folder).iterdir())
