"""Counting tokens when a provider did not, or told what cannot be: one rule for every wire, and marked as estimated.

A call that was cut short has no figures from its provider, though it is billed. Its input is what was sent; its output
what was received until then (thoughts that a provider keeps to itself cannot be counted). Text is counted by the
vocabulary of its model's family, pictures, sound and documents by the rules of their vendors.
"""

from trunkline.gateway.estimate.counter import counting_apart, get_counter
from trunkline.gateway.estimate.estimate import Estimate
from trunkline.gateway.estimate.family import OTHER, Family, find_family
from trunkline.gateway.estimate.request import quick_tokens, request_tokens
from trunkline.gateway.estimate.vocabulary import count_tokens, text_tokens

__all__ = [
    "OTHER",
    "Estimate",
    "Family",
    "count_tokens",
    "counting_apart",
    "find_family",
    "get_counter",
    "quick_tokens",
    "request_tokens",
    "text_tokens",
]
