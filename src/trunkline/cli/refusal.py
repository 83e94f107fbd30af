"""What a server that refuses, or does not answer, is understood to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TrunklineError,
    Unauthenticated,
    Unavailable,
)
from trunkline.outbound import ConnectFailed, OutboundError, Url

_ERRORS: Final[Mapping[int, type[TrunklineError]]] = {
    400: InvalidInput,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    503: Unavailable,
}


class _Inner(msgspec.Struct):
    message: str = ""


class _Refusal(msgspec.Struct):
    """Both shapes of errors: that of the management faces and OpenAI's."""

    message: str = ""
    error: _Inner | str | None = None


def read_refusal(status: int, document: bytes) -> TrunklineError:
    """The error of ``core.errors`` that an answer is, in the server's own words."""
    kind = _ERRORS.get(status, TrunklineError)
    try:
        refusal = msgspec.json.decode(document, type=_Refusal)
    except msgspec.MsgspecError:
        return kind(f"The server answered with status {status}, in a way that is not Trunkline's.")
    inner = refusal.error.message if isinstance(refusal.error, _Inner) else ""
    message = inner or refusal.message or f"The server answered with status {status}."
    return kind(message)


def explain_silence(url: Url, error: OutboundError) -> Unavailable:
    """What to tell when no (whole) answer came."""
    if isinstance(error, ConnectFailed):
        return Unavailable(
            f"No server answers at {url.origin}. Start it with `make run`, or say where it is: TRUNKLINE_URL=http://…"
        )
    return Unavailable(f"The server at {url.origin} gave no whole answer. {error.message}")
