"""What the head of a request must be for its end to be beyond doubt: the rules that the parser leaves to its user.

Two programs that disagree on where a request ends can be made to disagree on whose it is (request smuggling), so what
is doubtful is refused: https://www.rfc-editor.org/rfc/rfc9112#section-11.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

Refusal = tuple[int, str]
"""A status and what is wrong."""

_HOST: Final = re.compile(rb"(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]*)(?::[0-9]*)?")

_VERSIONS: Final = frozenset({"1.0", "1.1"})


def judge_head(version: str, headers: Iterable[tuple[bytes, bytes]]) -> Refusal | None:
    """What is wrong with a head of HTTP ``version``; None when it is good. The names are in lower case.

    https://www.rfc-editor.org/rfc/rfc9112#section-3.2 on ``Host``; #section-6.1 on ``Transfer-Encoding``;
    https://www.rfc-editor.org/rfc/rfc9110#section-15.6.6 on versions.
    """
    if version not in _VERSIONS:
        return 505, "This server speaks HTTP/1.1 and HTTP/1.0."
    hosts = 0
    coding: bytes | None = None
    sized = False
    for name, value in headers:
        if name == b"host":
            hosts += 1
            if _HOST.fullmatch(value.strip()) is None:
                return 400, "The Host header is not a host and a port."
        elif name == b"transfer-encoding":
            coding = value if coding is None else coding + b"," + value
        elif name == b"content-length":
            sized = True
    if hosts != 1 and (hosts or version != "1.0"):
        return 400, "A request has one Host header."
    if coding is not None:
        return _judge_coding(version, coding, sized=sized)
    return None


def _judge_coding(version: str, coding: bytes, *, sized: bool) -> Refusal | None:
    if version == "1.0":
        return 400, "HTTP/1.0 has no Transfer-Encoding."
    if sized:
        return 400, "A request has a Content-Length or a Transfer-Encoding, not both."
    codings = [each.strip().lower() for each in coding.split(b",")]
    if codings == [b"chunked"]:
        return None
    if codings[-1] != b"chunked" or b"chunked" in codings[:-1]:
        return 400, "The last Transfer-Encoding must be chunked, and there only."
    return 501, "The only Transfer-Encoding here is chunked. Say how a body is compressed in Content-Encoding."
