"""The text of a question that stands alone: what somebody asks once, in words."""

from __future__ import annotations

from typing import Any, Final, cast

_INSTRUCTING: Final = frozenset({"system", "developer"})


def cut_text(body: dict[str, Any]) -> str | None:
    """Take it out of ``body``, which holds None in its place then.

    None, and nothing is changed, where anything else was said before, or is said besides: what such a question means
    hangs on that. Knows the bodies of OpenAI chat and Anthropic messages (``messages``) and of Gemini (``contents``).
    """
    messages, contents = body.get("messages"), body.get("contents")
    if isinstance(messages, list) and contents is None:
        *before, last = cast("list[Any]", messages) or [None]
        if all(_role(one) in _INSTRUCTING for one in before) and _role(last) == "user":
            return _cut(last, "content")
    elif isinstance(contents, list) and messages is None and len(cast("list[Any]", contents)) == 1:
        (only,) = cast("list[Any]", contents)
        if isinstance(only, dict) and cast("dict[str, Any]", only).get("role", "user") == "user":
            return _cut(cast("dict[str, Any]", only), "parts")
    return None


def _role(message: object) -> object:
    return cast("dict[str, Any]", message).get("role") if isinstance(message, dict) else None


def _cut(message: dict[str, Any], field: str) -> str | None:
    said = message.get(field)
    if isinstance(said, str) and said.strip():
        message[field] = None
        return said
    if isinstance(said, list) and len(cast("list[Any]", said)) == 1:
        (part,) = cast("list[Any]", said)
        text = cast("dict[str, Any]", part).get("text") if isinstance(part, dict) else None
        if isinstance(text, str) and text.strip() and cast("dict[str, Any]", part).get("type", "text") == "text":
            cast("dict[str, Any]", part)["text"] = None
            return text
    return None
