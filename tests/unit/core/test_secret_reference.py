"""Which texts refer to a key; they are shown as they are."""

from __future__ import annotations

import pytest

from trunkline.core.secret import mask
from trunkline.core.secret_reference import is_reference, looks_like_reference


@pytest.mark.parametrize(
    "text",
    [
        "env:OPENAI_API_KEY",
        "file:/run/secrets/openai",
        "vault:secret/data/ai/openai#key",
        "aws-sm:ai/openai#key",
        "aws-sm:arn:aws:secretsmanager:eu-central-1:111122223333:secret:ai-AbCdEf",
    ],
)
def test_references(text: str) -> None:
    assert is_reference(text)
    assert looks_like_reference(text)
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "env:",
        "env:A B",
        "env:A-B",
        "file:relative",
        "file:/run/../etc/passwd",
        "file://etc/passwd",
        "file:/run/./x",
        "file:/run/x#y",
        "vault:secret/data/openai",
        "vault:secret/../sys#key",
        "vault:secret//data#key",
        "aws-sm:",
        "env:" + "A" * 2000,
        "vault:a b#c",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert not is_reference(text)
    assert looks_like_reference(text)


def test_a_key_is_none() -> None:
    assert not looks_like_reference("sk-proj-abcdefghijklmnop")
    assert mask("sk-proj-abcdefghijklmnop") == "sk-proj-…mnop"
