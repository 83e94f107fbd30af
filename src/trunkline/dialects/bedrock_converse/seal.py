"""Signatures and sealed thoughts: whose they are.

The models that sign their thoughts here are Anthropic's, and take back what they signed on any platform
(https://platform.claude.com/docs/en/build-with-claude/extended-thinking#thinking-encryption). What is sealed stands on
this wire in an encoding of its own, so it goes back to this wire only.
"""

from __future__ import annotations

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
