"""What is wrong in the conditions of a route or a target, by the fields as callers write them."""

from __future__ import annotations

from collections.abc import Iterator

from trunkline.control.routes.route import LARGEST_TOKENS, MOST_WORDS
from trunkline.core.errors import FieldError
from trunkline.core.route_conditions import Hours, RouteConditions, read_minute
from trunkline.core.time_zone import find_zone

_LONGEST_WORD = 255


def find_faults(given: RouteConditions, where: str) -> Iterator[FieldError]:
    """All of them; ``where`` is how the caller writes the conditions themselves."""
    least, most = given.min_input_tokens, given.max_input_tokens
    for field, count in (("minInputTokens", least), ("maxInputTokens", most)):
        if count is not None and not 0 <= count <= LARGEST_TOKENS:
            yield FieldError(f"{where}.{field}", f"is 0 to {LARGEST_TOKENS}.")
    if least is not None and most is not None and least > most:
        yield FieldError(f"{where}.maxInputTokens", "is below minInputTokens, so that no call fits.")
    words = (("tags", given.tags), ("modelFamilies", given.model_families), ("metadata", tuple(given.metadata)))
    for field, said in words:
        if len(said) > MOST_WORDS:
            yield FieldError(f"{where}.{field}", f"names at most {MOST_WORDS}.")
        elif not all(0 < len(word) <= _LONGEST_WORD and word.strip() for word in said):
            yield FieldError(f"{where}.{field}", f"holds words of 1 to {_LONGEST_WORD} characters.")
    if any(len(value) > _LONGEST_WORD for value in given.metadata.values()):
        yield FieldError(f"{where}.metadata", f"holds values of at most {_LONGEST_WORD} characters.")
    if given.hours is not None:
        yield from _find_hour_faults(given.hours, f"{where}.hours")
    if given == RouteConditions():
        yield FieldError(where, "says nothing. Name a condition, or send null.")


def _find_hour_faults(given: Hours, where: str) -> Iterator[FieldError]:
    for field, text in (("start", given.start), ("end", given.end)):
        try:
            read_minute(text)
        except ValueError:
            yield FieldError(f"{where}.{field}", "is a time of day such as 08:30.")
    if find_zone(given.time_zone) is None:
        yield FieldError(f"{where}.timeZone", "is a time zone of the IANA database, such as Europe/Berlin.")
    if len(set(given.days)) < len(given.days):
        yield FieldError(f"{where}.days", "names each day once.")
