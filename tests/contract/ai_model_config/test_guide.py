"""What the guide shows is what happens."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from .conftest import CREATE, Program

GUIDE = Path(__file__).parents[3] / "docs/guide/model-documents.md"
OURS = {"id", "createdAt", "updatedAt", "configurationId"}


def without_ours(value: Any) -> Any:
    """With a mark in the place of what is another each time."""
    if isinstance(value, dict):
        return {name: "…" if name in OURS and item else without_ours(item) for name, item in value.items()}
    return [without_ours(item) for item in value] if isinstance(value, list) else value


async def test_the_example_of_the_guide(program: Program) -> None:
    text = GUIDE.read_text()
    (given,) = (json.loads(block) for block in re.findall(r"ai-model-config .*?-d '(\{.*?\})'\n", text, re.DOTALL))
    (shown,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL))
    answer = await program.client.post(CREATE, json=given)
    assert answer.status_code == 201, answer.text
    assert without_ours(answer.json()) == without_ours(shown)
    assert list(answer.json()) == list(shown)
