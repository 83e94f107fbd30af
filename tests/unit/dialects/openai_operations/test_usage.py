from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Usage
from trunkline.dialects.openai_operations.usage import read_told


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        (
            b'{"usage":{"input_tokens":3,"output_tokens":4,"output_tokens_details":{"audio_tokens":4}}}',
            Usage(3, 4, audio_output=4),
        ),
        (
            b'{"usage":{"type":"tokens","input_tokens":3,"input_token_details":{"audio_tokens":2}}}',
            Usage(3, audio_input=2),
        ),
        (b'{"usage":{"type":"duration","seconds":0.25}}', Usage(audio_ms=250)),
        (b'{"usage":{"prompt_tokens":5,"total_tokens":5}}', Usage(5)),
        (b'{"usage":{"total_tokens":5}}', Usage(5)),
        (b'{"text":"a","duration":1.5}', Usage(audio_ms=1500)),
        (b'{"text":"a","duration":"1.5"}', Usage(audio_ms=1500)),
        (b'{"text":"a","duration":"long"}', None),
        (b'{"meta":{"billed_units":{"search_units":2}}}', Usage(searches=2)),
        (b'{"meta":{"billed_units":{"search_units":0}}}', None),
        (b'{"meta":{"tokens":{"input_tokens":7}}}', Usage(7)),
        (b'{"usage":"much"}', None),
        (b'{"usage":{"input_tokens":-3}}', Usage()),
        (b'{"usage":{"type":"duration","seconds":1e300}}', Usage()),
        (b'{"usage":null,"error":null}', None),
    ],
)  # fmt: skip
def test_what_answers_say(body: bytes, usage: Usage | None) -> None:
    told = read_told(body)
    assert (told.usage, told.error) == (usage, None)


def test_pictures_are_counted_only_where_data_are_pictures() -> None:
    body = b'{"data":[{"b64_json":"x"},{"url":"y"}],"usage":{"input_tokens":3,"output_tokens":4}}'
    assert read_told(body, pictures=True).usage == Usage(3, 4, images=2)
    assert read_told(body).usage == Usage(3, 4)
    assert read_told(b'{"data":"x"}', pictures=True).usage is None


def test_an_error_within_an_answer() -> None:
    told = read_told(b'{"error":{"message":"no","code":"insufficient_quota"}}')
    assert told.error is not None
    assert told.error.kind == "no_credits"


@given(st.binary(max_size=100))
def test_garbage_is_an_error_and_never_a_fault(body: bytes) -> None:
    told = read_told(body, pictures=True)
    assert told.error is None or told.error.kind in {"malformed", "server"}
