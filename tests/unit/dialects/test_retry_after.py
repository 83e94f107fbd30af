from __future__ import annotations

import pytest

from trunkline.dialects.anthropic_messages import DIALECT as ANTHROPIC
from trunkline.dialects.bedrock_converse import DIALECT as BEDROCK
from trunkline.dialects.gemini import DIALECT as GEMINI
from trunkline.dialects.ollama import DIALECT as OLLAMA
from trunkline.dialects.openai_chat import DIALECT as OPENAI
from trunkline.dialects.openai_responses import DIALECT as RESPONSES
from trunkline.dialects.retry_after import read_retry_after

NOON = "Fri, 21 Nov 2025 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "30"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2.0),
        ({"retry-after": "Fri, 21 Nov 2025 12:00:30 GMT", "date": NOON}, 30.0),
        ({"retry-after": "Fri, 21 Nov 2025 11:59:30 GMT", "date": NOON}, 0.0),
        ({"retry-after": "Friday, 21-Nov-25 12:00:30 GMT", "date": NOON}, 30.0),
        ({"retry-after": "Fri, 21 Nov 2025 12:00:30 -0000", "date": NOON}, 30.0),
        ({"retry-after": "Fri, 21 Nov 2025 12:00:30 GMT"}, None),
        ({"retry-after": "Fri, 21 Nov 2025 12:00:30 GMT", "date": "yesterday"}, None),
        ({"retry-after": "Fri, 99 Nov 2025 12:00:30 GMT", "date": NOON}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon", "date": NOON}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_seconds_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert read_retry_after(headers) == seconds


@pytest.mark.parametrize("dialect", [OPENAI, RESPONSES, ANTHROPIC, GEMINI, OLLAMA, BEDROCK], ids=lambda each: each.name)
@pytest.mark.parametrize("value", ["60", "Fri, 21 Nov 2025 12:01:00 GMT"])
def test_every_dialect_reads_it_alike(dialect, value: str) -> None:
    error = dialect.read_error(429, b"{}", {"retry-after": value, "date": NOON})
    assert error.retry_after == 60.0
