"""The regular expressions of many policies, looked for in one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from trunkline.core.errors import InvalidInput
from trunkline.core.policy import Matcher

CompilePatterns: TypeAlias = Callable[[Sequence[str]], Matcher]
"""Makes what tells whether any of some patterns occurs in a text, in a time that grows with the text alone.

Raises InvalidInput for what is no pattern, and for patterns that are too many or too large together.
"""


class PatternSearch:
    """Over the patterns of policies, which are told by their number.

    A policy with what is no pattern is found always.
    """

    def __init__(self, patterns: Sequence[Sequence[str]], compile_patterns: CompilePatterns) -> None:
        self._patterns = patterns
        self._compile = compile_patterns
        self._matchers: dict[int, tuple[Matcher, ...] | None] = {}
        self._groups: list[tuple[Matcher, range]] = []
        self._found_always: list[int] = []
        self._join(range(len(patterns)))

    def _join(self, numbers: range) -> None:
        if not numbers:
            return
        try:
            matcher = self._compile([pattern for number in numbers for pattern in self._patterns[number]])
        except InvalidInput:
            if len(numbers) == 1:
                self._found_always.append(numbers[0])
                return
            middle = len(numbers) // 2
            self._join(numbers[:middle])
            self._join(numbers[middle:])
        else:
            self._groups.append((matcher, numbers))

    def find(self, texts: Sequence[str]) -> list[int]:
        """The policies of which a pattern may occur in ``texts``; all others' do not."""
        found = list(self._found_always)
        for matches, numbers in self._groups:
            if any(map(matches, texts)):
                found += numbers
        return found

    def matchers(self, number: int) -> tuple[Matcher, ...] | None:
        """Those of a policy's patterns, each alone; None when one of them is none."""
        if number not in self._matchers:
            try:
                self._matchers[number] = tuple(self._compile([pattern]) for pattern in self._patterns[number])
            except InvalidInput:
                self._matchers[number] = None
        return self._matchers[number]
