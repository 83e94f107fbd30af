"""What a model can do, and how much it takes."""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

Ability = Literal["tools", "vision", "audio", "structured_outputs", "reasoning"]
"""What a call may ask of a model."""

ABILITIES: Final[tuple[Ability, ...]] = get_args(Ability)


class ModelTraits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a model. ``lacks`` is what it cannot do; None: nobody said."""

    lacks: frozenset[Ability] = frozenset()
    context_length: int | None = None
    """Tokens, of input and output together."""
    max_output_tokens: int | None = None

    def find_lacks(self, needs: frozenset[Ability], input_tokens: int, output_limit: int | None) -> tuple[str, ...]:
        """What of a call is beyond the model, in words for headers; nothing where that is not known."""
        found: list[str] = sorted(needs & self.lacks)
        output = output_limit or 0
        if self.context_length is not None and input_tokens + output > self.context_length:
            found.append("context_length")
        if self.max_output_tokens is not None and output > self.max_output_tokens:
            found.append("output_length")
        return tuple(found)
