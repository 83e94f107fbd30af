"""What a provider of this wire refuses of a call that passes, and may be put right in its bytes."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from trunkline.dialects.openai_chat.passing_edit import PassingEdit
from trunkline.dialects.passthrough import Changes
from trunkline.providers import adapt, quirk

HI = {"role": "user", "content": "hi"}


def edit(body: dict[str, Any], **changes: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    sent, dropped = PassingEdit(Changes(model="m", **changes))(json.dumps(body).encode())
    return json.loads(sent), dropped


def test_the_first_stop_texts_stay_and_the_rest_is_told() -> None:
    assert edit({"stop": ["a", "b", "c"]}, stops=2) == ({"model": "m", "stop": ["a", "b"]}, ("stop",))
    assert edit({"stop": ["a", "b"]}, stops=2) == ({"model": "m", "stop": ["a", "b"]}, ())
    assert edit({"stop": "abc"}, stops=2) == ({"model": "m", "stop": "abc"}, ())


def test_nulls_go_where_they_are_refused() -> None:
    assert edit({"stop": None, "n": 1}, nulls=False) == ({"model": "m", "n": 1}, ())
    assert edit({"stop": None}) == ({"model": "m", "stop": None}, ())


def test_json_is_named_where_it_is_asked_for_and_nobody_did() -> None:
    asked = {"messages": [HI], "response_format": {"type": "json_object"}}
    groq = partial(adapt, quirk=quirk("groq", "openai/gpt-oss-120b"))
    named = edit(asked, adapt=groq)[0]["messages"]
    assert named == [{"role": "system", "content": "Answer with JSON."}, HI]
    knowing = {**asked, "messages": [{"role": "user", "content": "In JSON!"}]}
    assert edit(knowing, adapt=groq)[0]["messages"] == knowing["messages"]
    assert edit(asked, adapt=partial(adapt, quirk=quirk("mistral", "m")))[0]["messages"] == [HI]
