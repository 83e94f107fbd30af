"""Regular expressions that people write, run so that no text can make one take long.

They are Rust's (https://docs.rs/regex/latest/regex/#syntax), which look at each character once: without backreferences
and look-around, whose search may take for ever. What still grows is the size of a compiled expression, with counted
repetitions such as ``\\w{1,500}``; a large one is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.core.errors import InvalidInput
from trunkline.core.policy import Matcher

_COPIES: Final = 20
"""The engine refuses what is compiled to more than 10 MiB: an expression may have a twentieth of it."""


def compile_pattern(pattern: str) -> Matcher:
    """Whether ``pattern`` occurs in a text. :class:`InvalidInput` with the reason where it is none, or too large."""
    matcher = compile_patterns([pattern])
    # On lines of its own, so that a comment at the end of the pattern ends with it.
    _compile(f"(?:{pattern}\n){{{_COPIES}}}")
    return matcher


def compile_patterns(patterns: Sequence[str]) -> Matcher:
    """Whether any of ``patterns`` occurs in a text, in one pass. InvalidInput where they are too large together."""
    matches = _compile(patterns[0] if len(patterns) == 1 else "|".join(f"(?:{pattern})" for pattern in patterns))
    return lambda text: matches(_clean(text))


def _clean(text: str) -> str:
    # Half of a surrogate pair is no text to the engine, and would hide all that stands beside it.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _compile(pattern: str) -> Matcher:
    from pydantic_core import SchemaError, SchemaValidator, core_schema  # noqa: PLC0415 - few workers need it

    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")).isinstance_python
    except SchemaError as error:
        reason = str(error).strip().splitlines()[-1].strip().removeprefix("error: ").removeprefix("SchemaError: ")
        if "size limit" in reason:
            reason = "it would be slow; use smaller counts in {…}, or [0-9] for \\d and [A-Za-z0-9_] for \\w"
        raise InvalidInput(f"is no regular expression that can be used here: {reason}.") from None
