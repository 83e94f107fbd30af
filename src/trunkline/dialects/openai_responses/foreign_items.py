"""What a client's history holds that OpenAI refuses, taken out of ``input``.

A client that keeps its conversation sends back what it got, whoever answered: thoughts that another vendor sealed
(OpenAI: "could not be verified", https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items) and
items with ids that this gateway made up (see :mod:`trunkline.dialects.openai_responses.seal`), which no vendor knows.
SDKs put into their copies of items what no request has, ``parsed`` and ``parsed_arguments``, and null for all that was
not said ("Invalid type for 'input[1].status': expected one of 'in_progress', 'completed', or 'incomplete', but got null
instead").
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.openai_responses.seal import OURS, read_seal, vendor_id
from trunkline.dialects.raw_json import decode

_SEAL: Final = re.compile(rb'"encrypted_content"\s*:\s*"[^":]*:')
_NULLS: Final = tuple(
    re.compile(rb'"%b"\s*:\s*null' % name) for name in (b"status", b"content", b"phase", b"namespace", b"async_")
)
_COPIED: Final = frozenset({"parsed", "parsed_arguments", "extra_content"})
"""The last is where this gateway puts Google's signatures."""
_PREFIXES: Final = ("msg", "fc", "rs", "ctc", "ig")


def has_foreign(body: bytes) -> bool:
    """Whether ``body`` may hold such items; in doubt, yes."""
    if b"_resp_" in body or (b'"encrypted_content"' in body and _SEAL.search(body) is not None):
        return True
    if b'"parsed' in body or b'"extra_content"' in body:
        return True
    return any(pattern.search(body) is not None for pattern in _NULLS)


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
        kept.append(_tidy(item))
    return msgspec.Raw(msgspec.json.encode(kept)), dropped


def _tidy(item: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """``item`` without what an SDK put into its copy, its parts likewise."""
    tidied: dict[str, JsonValue] = {
        name: field for name, field in item.items() if field is not None and name not in _COPIED
    }
    content = tidied.get("content")
    if isinstance(content, list):
        tidied["content"] = [_tidy(part) if isinstance(part, dict) else part for part in content]
    return tidied


def _is_made(identity: str) -> bool:
    return any(identity.startswith(f"{prefix}_") and vendor_id(identity, prefix) is None for prefix in _PREFIXES)


def _is_foreign(seal: JsonValue) -> bool:
    return isinstance(seal, str) and read_seal(seal)[1] != OURS
