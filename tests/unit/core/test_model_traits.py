from __future__ import annotations

from trunkline.core.model_traits import ModelTraits

TRAITS = ModelTraits(lacks=frozenset({"vision", "tools"}), context_length=100, max_output_tokens=50)


def test_what_is_beyond_a_model_is_named() -> None:
    assert TRAITS.find_lacks(frozenset({"vision", "audio"}), 10, 10) == ("vision",)
    assert TRAITS.find_lacks(frozenset(), 90, 11) == ("context_length",)
    assert TRAITS.find_lacks(frozenset(), 40, 51) == ("output_length",)
    assert TRAITS.find_lacks(frozenset({"tools"}), 60, 51) == ("tools", "context_length", "output_length")


def test_what_nobody_said_is_no_lack() -> None:
    assert ModelTraits().find_lacks(frozenset({"vision", "tools"}), 10**9, 10**9) == ()
    assert TRAITS.find_lacks(frozenset(), 100, None) == ()
