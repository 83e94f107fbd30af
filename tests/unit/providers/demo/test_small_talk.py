from __future__ import annotations

import pytest

from trunkline.providers.demo.small_talk import HELLO, find_reply


@pytest.mark.parametrize(
    "said", ["hello", "Hello!", "hi", "Hey there!", "Say hello.", "Say hi", "GOOD MORNING", "hello, world", "hello 👋"]
)
def test_a_greeting_is_greeted(said: str) -> None:
    assert find_reply(said) == HELLO


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("How are you?", "I am well"),
        ("Hi, how are you doing today?", "I am well"),
        ("Who are you?", "demo model"),
        ("What's your name?", "demo model"),
        ("thanks!", "welcome"),
        ("Bye", "Goodbye"),
        ("ping", "works"),
    ],
)
def test_small_talk_gets_a_short_reply(said: str, told: str) -> None:
    reply = find_reply(said)
    assert reply is not None
    assert told in reply
    assert len(reply) < 200


@pytest.mark.parametrize(
    "said",
    ["", "Say hello in French", "hello 你好吗今天天气怎么样我们去哪里", "high", "testify", "What is a trunk line?"],
)
def test_anything_else_is_none(said: str) -> None:
    assert find_reply(said) is None
