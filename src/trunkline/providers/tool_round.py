"""The round of tool calls that a request goes on with, and whether the model's thoughts of it are there.

While it thinks by a budget, Claude refuses a request whose last round of calls does not begin with its own thoughts
("Expected `thinking` or `redacted_thinking`, but found `tool_use`"): clients of other wires keep none. With adaptive
thinking it takes such a request. https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, Message, Reasoning, Text, ToolCall

_CLAUDES: Final = frozenset({None, "anthropic-claude-v1", "bedrock-converse-v1"})
"""The forms of signatures that its platforms take back."""


def lacks_thoughts(request: ChatRequest) -> bool:
    """Whether a turn of the model in the round that is going on begins without its signed thoughts.

    A turn that ends the conversation is one that the model shall go on with, which must begin with them as well.
    """
    messages = request.messages
    last = len(messages) - 1
    while last >= 0 and messages[last].role in ("user", "system"):
        last -= 1
    if last < 0:
        return False
    if messages[last].role == "assistant":
        return last == len(messages) - 1 and not _begins_with_thoughts(messages[last])
    calling = False
    for message in reversed(messages[: last + 1]):
        if message.role == "tool":
            calling = True
            continue
        if message.role != "assistant" or not calling:
            break
        if not any(isinstance(part, ToolCall) for part in message.parts):
            break
        if not _begins_with_thoughts(message):
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


def _begins_with_thoughts(message: Message) -> bool:
    for part in message.parts:
        if isinstance(part, Reasoning):
            if _is_signed(part):
                return True
            continue
        if isinstance(part, Text) and not part.text:
            continue
        return False
    return False


def _is_signed(part: Reasoning) -> bool:
    proven = bool(part.signature) or part.redacted is not None
    return proven and part.format in _CLAUDES and (part.format is not None or (part.id is None and not part.summary))
