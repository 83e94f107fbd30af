"""Where a request goes: an origin and the path and query to ask it for."""

from __future__ import annotations

import re
from typing import Final, Self
from urllib.parse import quote

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.outbound.host import read_host
from trunkline.outbound.origin import DEFAULT_PORTS, Origin

_SHAPE: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<target>.*)", re.DOTALL)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[^:]*))?", re.DOTALL)
_PORT: Final = re.compile(r"[0-9]{1,5}", re.ASCII)
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff]")
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
# What a path and query may hold bare (RFC 3986, section 3.3 and 3.4); "%" too, as escapes stay as they came.
_TARGET_CHARACTERS: Final = "/?:@!$&'()*+,;=-._~%[]|"


class Url(msgspec.Struct, frozen=True):
    """An absolute http(s) URL, taken apart once: who is asked (``origin``) and for what (``target``: path and query).

    ``target`` starts with ``/`` and is ASCII without spaces or control characters.
    """

    origin: Origin
    target: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a URL as a person would type it. Raises InvalidInput, with the remedy, for all that is ambiguous.

        Refused: schemes but http and https, userinfo, fragments, backslashes in the authority, spaces and control
        characters, ports out of range, and hosts that :func:`trunkline.outbound.host.read_host` refuses. Characters
        beyond ASCII in the path and query are percent-encoded as UTF-8.
        """
        if _UNSAFE.search(text):
            raise InvalidInput("The URL holds a space or a control character: remove it, or write %20 for a space.")
        if (shape := _SHAPE.fullmatch(text)) is None:
            raise InvalidInput("The URL is not absolute: start it with https:// or http://.")
        if _HALF_CHARACTER.search(text):
            raise InvalidInput("The URL holds half of a character: write it anew.")
        scheme = shape["scheme"].lower()
        if scheme not in DEFAULT_PORTS:
            raise InvalidInput(f"URLs of the scheme {scheme} are not supported: use https:// or http://.")
        if "#" in text:
            raise InvalidInput("The URL has a fragment: remove the # and what follows it.")
        authority = shape["authority"]
        if "@" in authority:
            raise InvalidInput(
                "The URL carries a user name or password: remove them, and send secrets in the field that is for them."
            )
        if "\\" in text:
            raise InvalidInput("The URL holds a backslash: write a slash.")
        parts = _AUTHORITY.fullmatch(authority)
        if parts is None:
            raise InvalidInput("The URL's host is not readable: an IPv6 address goes in brackets, like [2001:db8::7].")
        origin = Origin(scheme, read_host(parts["host"]), _read_port(parts["port"], DEFAULT_PORTS[scheme]))
        target = quote(shape["target"], safe=_TARGET_CHARACTERS)
        return cls(origin, target if target.startswith("/") else "/" + target)

    def join(self, path: str) -> Url:
        """``path`` (and its query) below this URL's own: ``…/v1`` joined with ``/models?x=1`` is ``…/v1/models?x=1``.

        This URL's own query, such as ``?api-version=1``, is kept, before that of ``path``. Nothing in ``path`` can
        change the origin.
        """
        own_path, _, own_query = self.target.partition("?")
        path, _, query = path.partition("?")
        target = f"{own_path.rstrip('/')}/{path.lstrip('/')}"
        queries = "&".join(part for part in (own_query, query) if part)
        return Url(self.origin, quote(f"{target}?{queries}" if queries else target, safe=_TARGET_CHARACTERS))

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"

    def __repr__(self) -> str:
        # Queries can hold keys, and a repr ends up in logs.
        path, question, _ = self.target.partition("?")
        return f"Url({self.origin}{path}{question and '?…'})"


def _read_port(text: str | None, default: int) -> int:
    if text is None or text == "":
        return default
    if _PORT.fullmatch(text) is None or not 1 <= int(text) <= 65535:
        raise InvalidInput("The URL's port is not a number from 1 to 65535.")
    return int(text)
