"""Counting tokens when a provider did not: a rule of thumb, and marked as one wherever it is used.

English text takes about four characters for a token
(https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them). A call that was cut short has no
figures from its provider, though it is billed; a rough figure serves its owner better than none.
"""

from __future__ import annotations

from trunkline.core.chat import ChatRequest, Reasoning, Text, ToolCall, ToolResult

CHARACTERS_PER_TOKEN = 4


def text_tokens(characters: int) -> int:
    """Tokens of that many characters, at least one for any text."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def request_tokens(request: ChatRequest) -> int:
    """The input of a call, by its text alone; pictures and sound are not counted."""
    total = 0
    for message in request.messages:
        for part in message.parts:
            match part:
                case Text(text=text):
                    total += len(text)
                case Reasoning(text=text):
                    total += len(text or "")
                case ToolCall(name=name, arguments=arguments):
                    total += len(name) + len(arguments)
                case ToolResult(parts=parts):
                    total += sum(len(inner.text) for inner in parts if isinstance(inner, Text))
                case _:
                    pass
    return text_tokens(total)
