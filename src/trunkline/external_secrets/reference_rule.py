"""Which references the operator allows: the setting ``TRUNKLINE_SECRET_REFERENCES``."""

from __future__ import annotations

import re
from typing import Final, Self

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.core.secret_reference import looks_like_reference
from trunkline.outbound.origin import Origin, write_origin
from trunkline.outbound.url import Url

SETTING: Final = "TRUNKLINE_SECRET_REFERENCES"


class ReferenceRule(msgspec.Struct, frozen=True):
    """One entry: a reference, in which ``*`` stands for any characters, and where its key may be sent.

    Without ``origins`` it may be sent anywhere: then whoever may add a configuration can have it sent to a server of
    theirs, and read it there.
    """

    pattern: str
    origins: tuple[str, ...] = ()

    @classmethod
    def parse_all(cls, text: str | None) -> tuple[Self, ...]:
        """The setting: entries with commas between, each with ``for`` and origins after it, or alone.

        ``env:OPENAI_API_KEY for https://api.openai.com, vault:secret/data/ai/*``. Raises InvalidInput.
        """
        entries = [entry.split() for entry in (text or "").split(",") if entry.strip() not in {"", "none"}]
        return tuple(cls._parse(entry) for entry in entries)

    @classmethod
    def _parse(cls, words: list[str]) -> Self:
        pattern, *rest = words
        if not looks_like_reference(pattern):
            raise InvalidInput.of(SETTING, f"{pattern!r} must begin with env:, file:/, vault: or aws-sm:.")
        if rest and (rest[0] != "for" or len(rest) == 1):
            raise InvalidInput.of(SETTING, f"after {pattern!r} must come “for” and origins, or a comma.")
        return cls(pattern, tuple(write_origin(_read_origin(word)) for word in rest[1:]))

    def allows(self, reference: str) -> bool:
        """Whether it is about ``reference``."""
        shape = ".*".join(re.escape(part) for part in self.pattern.split("*"))
        return re.fullmatch(shape, reference) is not None

    def allows_at(self, origin: str) -> bool:
        """Whether its keys may be sent to ``origin``."""
        return not self.origins or origin in self.origins


def _read_origin(word: str) -> Origin:
    try:
        url = Url.parse(word)
    except InvalidInput as error:
        raise InvalidInput.of(SETTING, f"{word!r} is no origin. {error.message}") from None
    if url.target != "/":
        raise InvalidInput.of(SETTING, f"{word!r} has a path; an origin is {url.origin}.")
    return url.origin
