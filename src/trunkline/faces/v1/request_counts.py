"""How many requests were answered, and how, for ``/metrics``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from trunkline.core.metric import Sample

PLAIN: Final = ("openai_chat", "chat", 200)
"""The key of a plain call that went well."""


class RequestCounts(Counter[tuple[str, str, int]]):
    """By dialect, endpoint and HTTP status: those of refused requests, too, which are in no books."""

    def read(self) -> Iterator[Sample]:
        """All of them."""
        for (dialect, endpoint, status), number in self.items():
            yield Sample("trunkline_http_requests", (dialect, endpoint, str(status)), number)
