"""What this face says of a configuration that is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator

from trunkline.core.errors import NotFound


async def name_missing() -> AsyncIterator[None]:
    """Around a request: the name by which this face knows configurations, where there is none of that id."""
    try:
        yield
    except NotFound as error:
        if error.code == "configuration_not_found":
            raise NotFound("Model config not found", code=error.code) from error
        raise
