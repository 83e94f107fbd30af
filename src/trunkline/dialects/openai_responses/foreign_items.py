"""What a client's history holds of other vendors, which OpenAI refuses, taken out of ``input``.

A client that keeps its conversation sends back what it got, whoever answered: thoughts that another vendor sealed
(OpenAI: "could not be verified", https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items) and
items with ids that this gateway made up (see :mod:`trunkline.dialects.openai_responses.seal`), which no vendor knows.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.openai_responses.seal import OURS, read_seal, vendor_id
from trunkline.dialects.raw_json import decode

_SEAL: Final = re.compile(rb'"encrypted_content"\s*:\s*"[^":]*:')
_PREFIXES: Final = ("msg", "fc", "rs", "ctc", "ig")


def has_foreign(body: bytes) -> bool:
    """Whether ``body`` may hold such items; in doubt, yes."""
    return b"_resp_" in body or (b'"encrypted_content"' in body and _SEAL.search(body) is not None)


def strip_foreign(items: msgspec.Raw) -> tuple[msgspec.Raw, set[str]]:
    """``items`` without them, and what was left out: made-up ids are no loss, thoughts are."""
    value = decode(items)
    if not isinstance(value, list):
        return items, set()
    kept: list[JsonValue] = []
    dropped: set[str] = set()
    for item in value:
        if not isinstance(item, dict):
            kept.append(item)
            continue
        made = isinstance(identity := item.get("id"), str) and _is_made(identity)
        if item.get("type") == "reasoning" and (made or _is_foreign(item.get("encrypted_content"))):
            dropped.add("reasoning")
            continue
        if made and item.get("type") != "item_reference":
            item = {name: field for name, field in item.items() if name != "id"}  # noqa: PLW2901 - less its id
        kept.append(item)
    return msgspec.Raw(msgspec.json.encode(kept)), dropped


def _is_made(identity: str) -> bool:
    return any(identity.startswith(f"{prefix}_") and vendor_id(identity, prefix) is None for prefix in _PREFIXES)


def _is_foreign(seal: JsonValue) -> bool:
    return isinstance(seal, str) and read_seal(seal)[1] != OURS
