"""A branch of a conversation as the chat request that asks a model to go on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

import msgspec

from trunkline.control.conversations.answer_track import stored_parts
from trunkline.control.conversations.pictures import PictureFile, picture_id_of
from trunkline.core.chat import JsonValue
from trunkline.storage.tables import ConversationMessage

MOST_PICTURES: Final = 10
"""Pictures and files of a branch that a model is sent, the newest ones."""

MOST_BYTES: Final = 32 << 20
"""Bytes of all of them together."""

_MISSING: Final = "(A picture that is not sent along stood here.)"


def pictures_of(branch: Sequence[ConversationMessage]) -> list[str]:
    """The ids of the newest pictures of a branch."""
    found = [
        identity
        for message in branch
        for part in message.parts
        if (identity := picture_id_of(part.get("url"))) is not None
    ]
    return list(dict.fromkeys(found[-MOST_PICTURES:]))


def write_request(
    model: str,
    branch: Sequence[ConversationMessage],
    pictures: Mapping[str, PictureFile],
    *,
    modalities: Sequence[str] = (),
) -> bytes:
    """An OpenAI chat request (https://platform.openai.com/docs/api-reference/chat/create) for the branch.

    Thoughts are not sent back. Pictures of a model go with the question after them, because providers take pictures
    from users alone. Questions without an answer between them become one, because many models insist on turns.
    ``modalities`` are what is asked for where that is not the model's own choice.
    """
    turns: list[dict[str, JsonValue]] = []
    drawn: list[JsonValue] = []
    for message in branch:
        content = _write(message, pictures)
        if message.role == "assistant":
            drawn += [part for part in content if part["type"] != "text"]
            text = "".join(cast("str", part["text"]) for part in content if part["type"] == "text")
            if text:
                turns.append({"role": "assistant", "content": text})
            continue
        shown, drawn = [*drawn, *content], []
        if turns and turns[-1]["role"] == "user":
            cast("list[JsonValue]", turns[-1]["content"]).extend(shown)
        else:
            turns.append({"role": "user", "content": list[JsonValue](shown)})
    for turn in turns:
        content = turn["content"]
        if isinstance(content, list) and all(cast("dict[str, JsonValue]", part)["type"] == "text" for part in content):
            turn["content"] = "\n\n".join(str(cast("dict[str, JsonValue]", part)["text"]) for part in content)
    body: dict[str, JsonValue] = {"model": model, "messages": list[JsonValue](turns), "stream": True}
    if modalities:
        body["modalities"] = list(modalities)
    return msgspec.json.encode(body)


def _write(message: ConversationMessage, pictures: Mapping[str, PictureFile]) -> list[dict[str, JsonValue]]:
    parts: list[dict[str, JsonValue]] = []
    for part in stored_parts(message.content, message.parts):
        if part["type"] == "text":
            parts.append({"type": "text", "text": part["text"]})
        elif part["type"] in {"image", "file"}:
            picture = pictures.get(picture_id_of(part["url"]) or "")
            if picture is not None and part["type"] == "file":
                parts.append({"type": "file", "file": {"filename": part["name"], "file_data": picture.data_url}})
            elif picture is not None:
                parts.append({"type": "image_url", "image_url": {"url": picture.data_url}})
            elif message.role == "user":
                parts.append({"type": "text", "text": _MISSING})
    return parts
