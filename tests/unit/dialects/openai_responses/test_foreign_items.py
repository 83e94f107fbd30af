"""What a client's history holds that OpenAI refuses does not reach it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.dialects.openai_responses.foreign_items import has_foreign, strip_foreign

Json = dict[str, Any]


def stripped(*items: Json) -> list[Json]:
    return msgspec.json.decode(strip_foreign(msgspec.Raw(msgspec.json.encode(list(items))))[0])


CALL: Json = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}"}
SAID: Json = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]}


@pytest.mark.parametrize("name", ["status", "namespace", "async_", "phase", "content"])
def test_null_for_what_was_not_said_goes(name: str) -> None:
    item = {**CALL, name: None}
    assert has_foreign(msgspec.json.encode({"input": [item]}))
    assert stripped(item) == [CALL]


def test_what_the_sdk_parsed_goes() -> None:
    assert stripped({**CALL, "parsed_arguments": {"a": 1}}) == [CALL]
    part = {**SAID["content"][0], "parsed": {"a": 1}}
    assert stripped({**SAID, "content": [part]}) == [SAID]


def test_signatures_of_google_go() -> None:
    item = {**CALL, "extra_content": {"google": {"thought_signature": "c2ln"}}}
    assert has_foreign(msgspec.json.encode({"input": [item]}))
    assert stripped(item) == [CALL]


def test_what_is_right_is_not_looked_at() -> None:
    assert not has_foreign(msgspec.json.encode({"model": "m", "input": [SAID, {**CALL, "status": "completed"}]}))
