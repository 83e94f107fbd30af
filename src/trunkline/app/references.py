"""Keys by reference, as the settings allow them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from trunkline.external_secrets.reference_rule import ReferenceRule
from trunkline.external_secrets.references import References
from trunkline.settings import Settings


@asynccontextmanager
async def open_references(settings: Settings) -> AsyncGenerator[References]:
    """What follows references in this process, until the block ends. Asks nobody before a call needs a key."""
    references = References(
        ReferenceRule.parse_all(settings.secret_references),
        refresh=settings.secret_refresh_seconds,
        keep=settings.secret_keep_seconds,
    )
    try:
        yield references
    finally:
        await references.close()
