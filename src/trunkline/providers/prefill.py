"""An answer that the model is to go on from: a conversation that ends with the assistant's words.

Claude from 4.6 on refuses it, and its vendor says what to send in its place: the assistant's turn, and a user's that
asks for the rest (https://platform.claude.com/docs/en/about-claude/models/migration-guide, "Prefill removal"). Bedrock
takes it from Claude's models alone ("The model does not support assistant message prefill").
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Message, Reasoning, Refusal, Text

CONTINUE: Final = "Your previous response was interrupted. Continue from where you left off, and repeat none of it."
"""The user's turn that asks for the rest."""

PREFILL: Final = "prefill"
"""What is asked for in words, as callers are told."""

_NEW_CLAUDE: Final = re.compile(
    r".*claude-(?:[a-z]+-)?(?:4[-.](?:[6-9]|1\d)(?!\d)|(?:[5-9]|[1-9]\d)(?!\d)|mythos)", re.IGNORECASE
)


def takes_prefill(provider: str, model: str) -> bool:
    """Whether a conversation may end with the assistant's words."""
    if _NEW_CLAUDE.match(model):
        return False
    return provider != "bedrock" or "claude" in model.lower() or model.startswith("arn:")


def ask_for_rest(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` with a user's turn at its end where the assistant has the last word.

    Not after a turn that its vendor paused, which goes on from what its own tools did
    (https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#pause-turn).
    """
    spoken = [message for message in request.messages if message.role != "system" and not _is_silent(message)]
    if not spoken or spoken[-1].role != "assistant":
        return request, ()
    if not all(isinstance(part, Text | Reasoning | Refusal) for part in spoken[-1].parts):
        return request, ()
    asked = (*request.messages, Message("user", (Text(CONTINUE),)))
    return msgspec.structs.replace(request, messages=asked), (PREFILL,)


def _is_silent(message: Message) -> bool:
    return all(isinstance(part, Text) and not part.text.strip() for part in message.parts)
