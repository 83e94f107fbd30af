"""The requests of a batch, one a line, in each vendor's form.

- OpenAI: ``{"custom_id", "method", "url", "body"}``, https://platform.openai.com/docs/api-reference/batch/request-input;
- Anthropic: ``{"custom_id", "params"}``, https://docs.anthropic.com/en/api/creating-message-batches;
- Gemini: ``{"request", "metadata"}``, https://ai.google.dev/api/batch-api#InlinedRequest, and in a file
  ``{"key", "request"}``, https://ai.google.dev/gemini-api/docs/batch-api#input-file.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.gateway.batches.batch_record import Wire

LONGEST_ID: Final = 512
_ANTHROPIC_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """One request: ``number`` counts from 1, ``body`` is what would be posted by itself.

    ``metadata`` is what Gemini's callers tell their requests apart by, as JSON; ``keyed`` whether ``custom_id`` is the
    key that they gave it in a file.
    """

    number: int
    custom_id: str
    body: bytes
    metadata: bytes = b""
    keyed: bool = False


class _OpenAI(msgspec.Struct, frozen=True):
    custom_id: str
    body: msgspec.Raw
    url: str
    method: str = "POST"


class _Anthropic(msgspec.Struct, frozen=True):
    custom_id: str
    params: msgspec.Raw


class _Gemini(msgspec.Struct, frozen=True):
    request: msgspec.Raw
    metadata: msgspec.Raw = msgspec.Raw(b"")
    key: str | None = None


_openai: Final = msgspec.json.Decoder(_OpenAI)
_anthropic: Final = msgspec.json.Decoder(_Anthropic)
_gemini: Final = msgspec.json.Decoder(_Gemini)


def read_line(wire: Wire, number: int, raw: bytes, endpoint: str) -> BatchLine:
    """One line. Raises InvalidInput, which names the line, for what is no request to ``endpoint``."""
    keyed = False
    try:
        match wire:
            case "openai":
                asked = _openai.decode(raw)
                if asked.method != "POST":
                    raise wrong_line(number, "method must be POST.")
                if asked.url != endpoint:
                    raise wrong_line(
                        number, f"url is {asked.url[:80]!r}, but the endpoint of the batch is {endpoint!r}."
                    )
                custom_id, body, metadata = asked.custom_id, bytes(asked.body), b""
                if not 0 < len(custom_id) <= LONGEST_ID:
                    raise wrong_line(number, f"custom_id must have 1 to {LONGEST_ID} characters.")
            case "anthropic":
                wanted = _anthropic.decode(raw)
                custom_id, body, metadata = wanted.custom_id, bytes(wanted.params), b""
                if _ANTHROPIC_ID.fullmatch(custom_id) is None:
                    raise wrong_line(number, "custom_id must have 1 to 64 letters, digits, hyphens and underscores.")
            case "gemini":
                inlined = _gemini.decode(raw)
                keyed = inlined.key is not None
                custom_id, body, metadata = inlined.key or "", bytes(inlined.request), bytes(inlined.metadata)
                if not keyed:
                    custom_id = str(number)
                elif not 0 < len(custom_id) <= LONGEST_ID:
                    raise wrong_line(number, f"key must have 1 to {LONGEST_ID} characters.")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise wrong_line(number, f"it is no request of a batch: {error}") from None
    return BatchLine(number=number, custom_id=custom_id, body=body, metadata=metadata, keyed=keyed)


def wrong_line(number: int, message: str) -> InvalidInput:
    """The error for one line of a batch."""
    return InvalidInput.of(f"line {number}", message, code="invalid_line")
