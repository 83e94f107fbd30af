"""Signatures and sealed thoughts: whose they are.

The models that sign their thoughts here are Anthropic's, and take back what they signed on any platform
(https://platform.claude.com/docs/en/build-with-claude/extended-thinking#thinking-encryption). What is sealed stands on
this wire in an encoding of its own, so it goes back to this wire only.
"""

from __future__ import annotations

import re
from typing import Final

from trunkline.core.chat import Reasoning

SIGNED: Final = "anthropic-claude-v1"
"""The form of signatures, by its name in :attr:`trunkline.core.chat.Reasoning.format`."""

SEALED: Final = "bedrock-converse-v1"
"""The form of ``redactedContent``."""


def is_signed_here(part: Reasoning) -> bool:
    """Whether a model on this wire takes these thoughts back. Without a format, an id or a summary tells others'."""
    if part.redacted is not None:
        return part.format == SEALED
    if not part.signature:
        return False
    return part.format == SIGNED if part.format is not None else part.id is None and not part.summary


# The region that a profile of the service is for, and the maker: ``us.meta.llama3-3-70b-instruct-v1:0``.
_REGION: Final = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.", re.IGNORECASE)
_MAKER: Final = re.compile(r"([a-z0-9-]+)\.", re.IGNORECASE)


def takes_thoughts(model: str) -> bool:
    """Whether ``model`` may be one of those that sign. The others refuse thoughts of earlier turns, even their own
    ("User messages cannot contain reasoning content", https://github.com/langchain-ai/langchain-aws/issues/401). The
    ARN of an inference profile of one's own does not tell which model it is."""
    name = model.rpartition("/")[2]
    region = _REGION.match(name)
    maker = _MAKER.match(name, region.end() if region is not None else 0)
    return maker is None or maker[1].lower() == "anthropic"
