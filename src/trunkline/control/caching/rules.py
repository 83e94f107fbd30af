"""What a route, a configuration or a feature may say of answers that are kept."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.caching import LEAST_THRESHOLD, Caching
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.storage import caching as rows
from trunkline.storage.database import Transaction
from trunkline.storage.retention import find_days

DAY_SECONDS: Final = 86_400


class CachingRules:
    """Answers are kept for ``longest`` seconds at most, and never longer than conversations are.

    ``conversation_days`` is the installation's word on those; None keeps them.
    """

    def __init__(self, longest: int = DAY_SECONDS, conversation_days: int | None = None) -> None:
        self._longest = longest
        self._conversation_days = conversation_days

    async def check(
        self, tx: Transaction, workspace_id: str, caching: Caching | None, before: Caching | None = None
    ) -> None:
        """Raise InvalidInput, which names every wrong field, unless ``caching`` is as it was ``before``."""
        if caching is None or caching == before:
            return
        wrong: list[FieldError] = []
        if not 1 <= caching.ttl_seconds <= self._longest:
            limit = f"is 1 to {self._longest} seconds, the longest that answers are kept (TRUNKLINE_CACHE_SECONDS)."
            wrong.append(FieldError("caching.ttlSeconds", limit))
        elif (days := await self._find_days(tx, workspace_id)) and caching.ttl_seconds > days * DAY_SECONDS:
            wrong.append(
                FieldError(
                    "caching.ttlSeconds",
                    f"is at most {days * DAY_SECONDS} seconds: conversations are kept for {days} days here, and what"
                    " was answered no longer. Choose less, or keep conversations longer (GET /api/retention).",
                )
            )
        semantic = caching.semantic
        if semantic is not None:
            if not LEAST_THRESHOLD <= semantic.threshold <= 1:
                wrong.append(FieldError("caching.semantic.threshold", f"is {LEAST_THRESHOLD} to 1."))
            if not await rows.makes_for_all(tx, workspace_id, semantic.model):
                wrong.append(
                    FieldError(
                        "caching.semantic.model",
                        "names no active route, and no configuration that is shared with the workspace and has a model."
                        " Share one that makes embeddings.",
                    )
                )
        if wrong:
            raise InvalidInput.of_all(tuple(wrong))

    async def _find_days(self, tx: Transaction, workspace_id: str) -> int | None:
        own = (await find_days(tx, workspace_id)).get("conversations")
        said = [days for days in (own, self._conversation_days) if days is not None]
        return min(said, default=None)


def read_caching(stored: object) -> Caching | None:
    """What a row or a saved state says."""
    return None if stored is None else msgspec.convert(stored, Caching)


def write_caching(caching: Caching | None) -> dict[str, JsonValue] | None:
    """As rows and saved states hold it."""
    return None if caching is None else msgspec.to_builtins(caching)
