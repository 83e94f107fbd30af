"""Errors that come when a stream has begun: what a whole answer would say, as an event of the client's wire."""

from __future__ import annotations

from typing import Any

import msgspec

from trunkline.core.errors import TrunklineError
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_chat.stream_writer import DONE
from trunkline.dialects.sse import write_event
from trunkline.faces.v1.status import status_of


def write_in_band(dialect: Dialect, error: TrunklineError, request_id: str, *, array: bool) -> bytes:
    """The last bytes of a stream. ``array``: one of Gemini's that is a single JSON array."""
    body = dialect.write_error(error, status_of(error), request_id)
    match dialect.name:
        case "gemini":
            return b"[%b]" % body if array else write_event(body)
        case "anthropic_messages":
            return write_event(body, "error")
        case "ollama":
            return body + b"\n"
        case "openai_responses":
            return write_event(_flatten(body), "error")
        case _:
            return write_event(body) + DONE


def _flatten(body: bytes) -> bytes:
    """https://platform.openai.com/docs/api-reference/responses-streaming/error has at the top what the vendor's SDKs
    raise from below ``error``: it stands in both places.
    """
    error: dict[str, Any] = msgspec.json.decode(body)["error"]
    told = {name: error.get(name) for name in ("code", "message", "param")}
    return msgspec.json.encode({"type": "error", "sequence_number": 0, **told, "error": error})
