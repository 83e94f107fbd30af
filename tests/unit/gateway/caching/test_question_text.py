from __future__ import annotations

import copy
from typing import Any

import pytest

from trunkline.gateway.caching.question_text import cut_text

SYSTEM = {"role": "system", "content": "be kind"}
ASKED = {"role": "user", "content": "hi"}
PART = {"type": "text", "text": "hi"}


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [ASKED]},
        {"messages": [SYSTEM, {"role": "developer", "content": "x"}, ASKED]},
        {"messages": [{"role": "user", "content": [PART]}], "system": "be kind"},
        {"contents": [{"parts": [{"text": "hi"}]}], "systemInstruction": {"parts": [{"text": "be kind"}]}},
        {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
    ],
)
def test_a_question_that_stands_alone_gives_its_text(body: dict[str, Any]) -> None:
    left = copy.deepcopy(body)
    assert cut_text(left) == "hi"
    assert "'hi'" not in str(left)
    assert str(left).replace("None", "'hi'") == str(body), "nothing else is taken"


@pytest.mark.parametrize(
    "body",
    [
        {"messages": []},
        {"messages": [SYSTEM]},
        {"messages": [ASKED, {"role": "assistant", "content": "yes?"}, ASKED]},
        {"messages": [ASKED, ASKED]},
        {"messages": [ASKED, {"role": "assistant", "content": "Once"}]},
        {"messages": [{"role": "user", "content": [PART, PART]}]},
        {"messages": [{"role": "user", "content": [PART, {"type": "image_url", "image_url": {"url": "data:,"}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "document", "text": "hi"}]}]},
        {"messages": [{"role": "user", "content": "  "}]},
        {"messages": [{"role": "user", "content": 5}]},
        {"messages": ["hi"]},
        {"messages": "hi"},
        {"contents": [{"parts": [{"text": "hi"}]}, {"role": "model", "parts": [{"text": "x"}]}]},
        {"contents": [{"role": "model", "parts": [{"text": "hi"}]}]},
        {"contents": [{"parts": [{"inlineData": {}}]}]},
        {"contents": ["hi"]},
        {"messages": [ASKED], "contents": [{"parts": [{"text": "hi"}]}]},
        {"input": "hi"},
    ],
)
def test_any_other_gives_none(body: dict[str, Any]) -> None:
    whole = copy.deepcopy(body)
    assert cut_text(body) is None
    assert body == whole
