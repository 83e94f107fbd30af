"""URLs that people give, at which the server calls somebody for them."""

from __future__ import annotations

from contextlib import suppress
from typing import Final, Protocol

from trunkline.core.errors import InvalidInput
from trunkline.outbound import ForbiddenAddress, ResolveFailed, TimedOut, Url
from trunkline.outbound.origin import Origin

LONGEST_URL: Final = 2_048


class Judge(Protocol):
    """What tells whether an origin may be called; :class:`trunkline.outbound.Client` does."""

    async def judge(self, origin: Origin) -> None:
        """See :meth:`trunkline.outbound.Client.judge`."""
        ...


async def read_callable_url(text: str, field: str, judge: Judge) -> Url:
    """The URL in that field. Raises InvalidInput for what is none, and for one that may not be called."""
    if len(text) > LONGEST_URL:
        raise InvalidInput.of(field, f"has more than {LONGEST_URL:,} characters.")
    try:
        url = Url.parse(text)
    except InvalidInput as error:
        raise InvalidInput.of(field, error.message) from None
    try:
        # Who cannot be found now may be later, and is judged again before each call.
        with suppress(ResolveFailed, TimedOut):
            await judge.judge(url.origin)
    except ForbiddenAddress as error:
        words = f"{error.message} Name an address that is public, or one that TRUNKLINE_LOCAL_UPSTREAMS allows."
        raise InvalidInput.of(field, words) from None
    return url
