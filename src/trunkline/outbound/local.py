"""Which upstreams on private networks this instance may call: the setting TRUNKLINE_LOCAL_UPSTREAMS."""

from __future__ import annotations

from typing import Self

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.outbound.origin import Origin
from trunkline.outbound.url import Url

SETTING = "TRUNKLINE_LOCAL_UPSTREAMS"


class LocalUpstreams(msgspec.Struct, frozen=True):
    """What may be reached beside the public internet: loopback addresses, exact origins, both or nothing."""

    loopback: bool = False
    origins: frozenset[Origin] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the setting: ``none``, ``loopback``, or a list of origins with commas between.

        A list may name ``loopback`` too: ``loopback,http://10.0.0.5:8000``. Raises InvalidInput that names the entry.
        """
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        if entries == ["none"]:
            return cls()
        if not entries:
            raise InvalidInput(f"{SETTING} is empty: write none, loopback, or origins like http://10.0.0.5:8000.")
        return cls("loopback" in entries, frozenset(_read_origin(entry) for entry in entries if entry != "loopback"))


def _read_origin(entry: str) -> Origin:
    try:
        url = Url.parse(entry)
    except InvalidInput as error:
        raise InvalidInput(f"{SETTING}: “{entry}” is not an origin. {error.message}") from None
    if url.target != "/":
        raise InvalidInput(f"{SETTING}: “{entry}” has a path or query; an origin is {url.origin}.")
    return url.origin
