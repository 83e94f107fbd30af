"""Writes the last result of the client libraries into docs/conformance.md, between two marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

BEGIN: Final = "<!-- clients: written by make clients -->"
END: Final = "<!-- end of clients -->"
_FACES: Final = {
    "openrouter": "OpenRouter",
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "ollama": "Ollama",
}


KNOWN: Final = {
    (
        "Vercel AI SDK",
        "google",
        "tool loop",
        "gemini",
    ): "aimock answers this client with nothing, without Trunkline too",
}
"""What fails for a reason that is not Trunkline's, shown by the same program without it."""


def is_known(row: Mapping[str, Any]) -> bool:
    """Whether the failure of ``row`` is among those."""
    return (row["library"], row["wire"], row["tried"], row["provider"]) in KNOWN


def write(
    page: Path,
    rows: Sequence[Mapping[str, Any]],
    versions: Mapping[str, str],
    refused: Sequence[str],
    day: date,
    providers: Sequence[str],
) -> None:
    """Put ``rows`` in the place of the last result. What failed is told with its error."""
    before, mark, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    if not mark:
        raise SystemExit(f"{page} has no place for the result: make it anew as its beginning tells")
    table = _table(rows, versions, refused, day, providers)
    page.write_text(before + BEGIN + table + END + rest.partition(END)[2], encoding="utf-8")


def _table(
    rows: Sequence[Mapping[str, Any]],
    versions: Mapping[str, str],
    refused: Sequence[str],
    day: date,
    providers: Sequence[str],
) -> str:
    errors: list[str] = []
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows:
        cell = "✓"
        if row["error"]:
            reason = KNOWN.get((row["library"], row["wire"], row["tried"], row["provider"]))
            told = reason or f"`{_plain(row['error'])}`"
            errors.append(f"{row['library']} ({row['wire']}), {row['tried']}, {row['provider']}: {told}")
            cell = f"{'–' if reason else '✗'} {len(errors)}"
        cells.setdefault((row["library"], row["wire"], row["tried"]), {})[row["provider"]] = cell
    lines = [
        f"Last run: {day.isoformat()}, with "
        + ", ".join(f"{name} {number}" for name, number in versions.items())
        + ".",
        f"Requests that a vendor would refuse: {len(refused)}.",
        "",
        "| library | wire | tried | " + " | ".join(_FACES.get(name, name) for name in providers) + " |",
        "| --- | --- | --- |" + " --- |" * len(providers),
    ]
    for (library, wire, tried), found in cells.items():
        lines.append(
            f"| {library} | {wire} | {tried} | " + " | ".join(found.get(name, "") for name in providers) + " |"
        )
    if errors:
        lines += ["", *(f"{number}. {error}" for number, error in enumerate(errors, 1))]
    return "\n" + "\n".join(lines) + "\n\n"


def _plain(error: str) -> str:
    return " ".join(error.replace("`", "'").split())[:200]
