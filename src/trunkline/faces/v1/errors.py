"""Errors as answers in the client's dialect."""

from __future__ import annotations

from typing import Final

from trunkline.core.errors import TrunklineError, UnknownCoding
from trunkline.dialects.dialect import Dialect
from trunkline.faces.unpacking import SUPPORTED
from trunkline.faces.v1.status import WrongMethod, is_final, retry_after, status_of
from trunkline.gateway.answer import JSON, Answer, HeaderList

_ASKED_AGAIN: Final = frozenset({408, 409, 429, *range(500, 600)})
"""After which the SDKs of OpenAI and Anthropic try again by themselves."""


def write_error(dialect: Dialect, error: TrunklineError, request_id: str) -> Answer:
    """The answer for ``error`` in the client's dialect."""
    status = status_of(error)
    headers: HeaderList = [JSON]
    seconds = retry_after(error)
    if seconds is not None:
        headers.append((b"retry-after", b"%d" % max(1, round(seconds))))
    if status in _ASKED_AGAIN and is_final(error):
        headers.append((b"x-should-retry", b"false"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    elif isinstance(error, WrongMethod):
        headers.append((b"allow", ", ".join(error.allowed).encode()))
    elif isinstance(error, UnknownCoding):
        headers.append((b"accept-encoding", SUPPORTED.encode()))
    headers.extend(error.beside)
    return Answer(status, headers, body=dialect.write_error(error, status, request_id))
