"""The lowest of many ceilings: a call below it is below all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from trunkline.core.policy import PolicyInput
from trunkline.core.policy_rule import Ceilings
from trunkline.core.price import NANOS_PER_USD

_Number = TypeVar("_Number", int, float)


class CeilingBounds(msgspec.Struct, frozen=True, kw_only=True):
    """The lowest of each kind; None: there is none."""

    input_tokens: int | None
    output_tokens: int | None
    images: int | None
    cost_usd: float | None

    @classmethod
    def of(cls, rules: Iterable[Ceilings]) -> CeilingBounds:
        """Those of some rules."""
        found = tuple(rules)
        return cls(
            input_tokens=_lowest(rule.max_input_tokens for rule in found),
            output_tokens=_lowest(rule.max_output_tokens for rule in found),
            images=_lowest(rule.max_images for rule in found),
            cost_usd=_lowest(rule.max_cost_usd for rule in found),
        )

    def hold(self, policy_input: PolicyInput) -> bool:
        """Whether the call is known to keep all of them."""
        content = policy_input.content
        if self.input_tokens is not None and not (content.whole and content.input_tokens <= self.input_tokens):
            return False
        if self.output_tokens is not None and (
            content.output_limit is None or content.output_limit * content.answers > self.output_tokens
        ):
            return False
        if self.images is not None and content.images > self.images:
            return False
        cost = policy_input.cost_nanos
        return self.cost_usd is None or (cost is not None and cost <= self.cost_usd * NANOS_PER_USD)


def _lowest(ceilings: Iterable[_Number | None]) -> _Number | None:
    return min((ceiling for ceiling in ceilings if ceiling is not None), default=None)
