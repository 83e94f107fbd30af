"""An answer that is kept here, as OpenAI shows those that it keeps.

https://platform.openai.com/docs/api-reference/responses/get
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.dialects import openai_responses
from trunkline.gateway.exchanges.kept_response import KeptResponse

_MOST: Final = 100
_USUAL: Final = 20


def write_own(response_id: str, kept: KeptResponse) -> bytes:
    """The whole answer. Raises NotFound for one of a version that did not keep it."""
    if not kept.body:
        raise NotFound(
            f"The response {response_id!r} can be gone on from, but was stored before answers could be read again.",
            code="response_not_found",
        )
    return kept.body


def write_deleted(response_id: str) -> bytes:
    """That it is forgotten."""
    return msgspec.json.encode({"id": response_id, "object": "response", "deleted": True})


def write_input_items(response_id: str, kept: KeptResponse, query: Mapping[str, str]) -> bytes:
    """A page of what the model was given: all before the answer itself, the newest first unless ``order`` is ``asc``.

    Raises InvalidInput that names the parameter.
    """
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise InvalidInput.of("order", "must be asc or desc")
    limit = query.get("limit", str(_USUAL))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:4]) <= _MOST and len(limit) <= 3):
        raise InvalidInput.of("limit", f"must be a number from 1 to {_MOST}")
    items = openai_responses.write_input_items(kept.messages[:-1], response_id)
    if order == "desc":
        items.reverse()
    names = [item["id"] for item in items]
    after = query.get("after")
    if after is not None:
        if after not in names:
            raise InvalidInput.of("after", "is the id of no item of this response")
        items = items[names.index(after) + 1 :]
    page = items[: int(limit)]
    listed: dict[str, JsonValue] = {
        "object": "list",
        "data": [dict(item) for item in page],
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(items) > len(page),
    }
    return msgspec.json.encode(listed)
