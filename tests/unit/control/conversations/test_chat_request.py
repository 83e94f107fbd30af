"""A branch as a model is asked to go on with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from trunkline.control.conversations.chat_request import MOST_PICTURES, pictures_of, write_request
from trunkline.control.conversations.pictures import PictureFile
from trunkline.storage.tables import ConversationMessage


def message(role: str, content: str, *parts: dict[str, Any]) -> ConversationMessage:
    return ConversationMessage(role=role, content=content, parts=list(parts))


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def image(identity: str) -> dict[str, Any]:
    return {"type": "image", "url": f"/api/pictures/{identity}"}


def write(*branch: ConversationMessage, modalities: Sequence[str] = ()) -> dict[str, Any]:
    pictures = {
        identity: PictureFile(identity, "image/png", identity.encode())
        for identity in pictures_of(branch)
        if not identity.startswith("gone")
    }
    return json.loads(write_request("m", branch, pictures, modalities=modalities))


def test_a_plain_talk() -> None:
    body = write(message("user", "Hi"), message("assistant", "Hello"), message("user", "And?"))
    assert body == {
        "model": "m",
        "stream": True,
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "And?"},
        ],
    }


def test_thoughts_stay_here_and_pictures_are_asked_for() -> None:
    thought = message("assistant", "Hello", {"type": "reasoning", "text": "Hm"}, text("Hello"))
    body = write(message("user", "Hi"), thought, message("user", "And?"), modalities=("image", "text"))
    assert body["messages"][1] == {"role": "assistant", "content": "Hello"}
    assert body["modalities"] == ["image", "text"]


def test_a_file_is_sent_with_its_name() -> None:
    body = write(message("user", "", {"type": "file", "url": "/api/pictures/f", "name": "plan.pdf"}))
    (part,) = body["messages"][0]["content"]
    assert (part["type"], part["file"]["filename"]) == ("file", "plan.pdf")


def test_questions_without_an_answer_become_one() -> None:
    body = write(message("user", "One"), message("assistant", ""), message("user", "Two"))
    assert body["messages"] == [{"role": "user", "content": "One\n\nTwo"}]


def test_a_picture_that_is_gone_is_told() -> None:
    body = write(message("user", "", image("gone")))
    assert body["messages"] == [{"role": "user", "content": "(A picture that is not sent along stood here.)"}]


def test_only_the_newest_pictures_are_sent() -> None:
    branch = [message("user", "", image(f"p{number}")) for number in range(MOST_PICTURES + 2)]
    content = write(*branch)["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text"] * 2 + ["image_url"] * MOST_PICTURES
    assert content[0]["text"] == "(A picture that is not sent along stood here.)"
