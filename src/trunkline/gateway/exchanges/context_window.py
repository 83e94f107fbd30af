"""Making a long talk fit into what a model can take in."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Image, Message
from trunkline.gateway.estimate import quick_tokens

PICTURE_TOKENS: Final = 1_100
"""About what a picture of usual size is billed as: https://platform.openai.com/docs/guides/images-vision."""

LARGEST_ROOM: Final = 8_192
"""Tokens that are kept free for the answer where nobody said how long it may be, if they are less than a quarter."""


def fit_window(request: ChatRequest, window: int) -> ChatRequest:
    """``request`` without as many of its oldest turns as do not fit into ``window`` tokens with room for the answer.

    Instructions (messages of role ``system``) and everything from the last question on always stay. What is left begins
    with a question. Tokens are our own count (four characters each), so the fit is a good guess, not a promise.
    """
    room = window - (request.sampling.max_tokens or min(LARGEST_ROOM, window // 4))
    messages = request.messages
    costs = [_count(message) for message in messages]
    total = sum(costs)
    if total <= room:
        return request
    questions = [place for place, message in enumerate(messages) if message.role == "user"]
    kept = [True] * len(messages)
    for start, following in pairwise(questions):
        if total <= room:
            break
        for place in range(start, following):
            if messages[place].role != "system":
                kept[place] = False
                total -= costs[place]
    return msgspec.structs.replace(
        request, messages=tuple(message for message, stays in zip(messages, kept, strict=True) if stays)
    )


def _count(message: Message) -> int:
    pictures = sum(isinstance(part, Image) for part in message.parts)
    return quick_tokens(ChatRequest(model="", messages=(message,))) + pictures * PICTURE_TOKENS
