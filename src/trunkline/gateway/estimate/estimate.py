"""What one call has used, by our own count."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.heard import Heard
from trunkline.gateway.estimate.family import Family
from trunkline.gateway.estimate.vocabulary import count_tokens


class Estimate:
    """Counts for one call to a model of ``family``. ``count_input`` is only asked when somebody wants to know."""

    __slots__ = ("_count_input", "_input", "family")

    def __init__(self, family: Family, count_input: Callable[[], int]) -> None:
        self.family = family
        self._count_input = count_input
        self._input: int | None = None

    @property
    def input(self) -> int:
        """The tokens of what was sent."""
        if self._input is None:
            self._input = self._count_input()
        return self._input

    def output(self, heard: Heard) -> int:
        """The tokens of what was received."""
        family = self.family
        words = count_tokens(family.vocabulary, heard.text) * family.scale if heard.text else 0
        said = math.ceil((words + heard.calls * family.per_call) * heard.scale)
        return said + heard.pictures * family.picture_made

    def complete(self, told: Usage | None, hear: Callable[[], Heard], *, whole: bool) -> tuple[Usage, bool]:
        """What the call used, and whether something of that is a count of ours (or of another gateway's).

        ``told`` is what the provider told, where that can be true. A whole answer used that; where a side of it is zero
        though there was something to count, the provider does not count it, unless it tells even of parts of the other
        side. Of an answer that broke off the input may
        have been told already, and the output is our own count unless the provider told of more. ``hear`` is only asked
        where something is to be counted.
        """
        if told is None:
            return Usage(input=self.input, output=self.output(hear())), True
        if whole and told.input and (told.output or told.audio_input or told.cached):
            return told, told.estimated
        output = self.output(hear())
        if whole and told.input and not output:
            return told, told.estimated
        return msgspec.structs.replace(told, input=told.input or self.input, output=max(told.output, output)), True
