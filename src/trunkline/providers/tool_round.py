"""The round of tool calls that a request goes on with, and whether the model's thoughts of it are there.

While it thinks by a budget, Claude refuses a request whose last round of calls does not begin with its own thoughts
("Expected `thinking` or `redacted_thinking`, but found `tool_use`"): clients of other wires keep none. With adaptive
thinking it takes such a request. https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, Message, Reasoning, Text, ToolCall

_SIGNED: Final = "anthropic-claude-v1"
"""The form of its signatures, which all its platforms take back. What is sealed goes back to its own platform alone."""


def lacks_thoughts(request: ChatRequest, sealed: str) -> bool:
    """Whether a turn of the model in the round that is going on begins without its signed thoughts, or those that are
    ``sealed`` in this form.

    A turn that ends the conversation is one that the model shall go on with, which must begin with them as well.
    """
    messages = request.messages
    last = len(messages) - 1
    while last >= 0 and messages[last].role in ("user", "system"):
        last -= 1
    if last < 0:
        return False
    if messages[last].role == "assistant":
        return last == len(messages) - 1 and not _begins_with_thoughts(messages[last], sealed)
    calling = False
    for message in reversed(messages[: last + 1]):
        if message.role == "tool":
            calling = True
            continue
        if message.role != "assistant" or not calling:
            break
        if not any(isinstance(part, ToolCall) for part in message.parts):
            break
        if not _begins_with_thoughts(message, sealed):
            return True
        calling = False
    return False


def lacks_texts(request: ChatRequest) -> bool:
    """Whether a turn of the model that called a tool, however long ago, has no text of its thoughts, whoever had them.

    DeepSeek refuses such a history while it thinks: https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
    """
    return any(
        any(isinstance(part, ToolCall) for part in message.parts)
        and not any(isinstance(part, Reasoning) and part.text for part in message.parts)
        for message in request.messages
        if message.role == "assistant"
    )


def _begins_with_thoughts(message: Message, sealed: str) -> bool:
    for part in message.parts:
        if isinstance(part, Reasoning):
            if _is_signed(part, sealed):
                return True
            continue
        if isinstance(part, Text) and not part.text:
            continue
        return False
    return False


def _is_signed(part: Reasoning, sealed: str) -> bool:
    if not part.signature and part.redacted is None:
        return False
    if part.format is None:
        return part.id is None and not part.summary
    return part.format == (_SIGNED if part.redacted is None else sealed)
