"""Reads the host of a URL strictly, so that every spelling is either one plain name or address, or refused.

Resolvers accept far more than people write: ``0x7f.1``, ``2130706433`` and ``127.1`` are all the loopback address to
``inet_aton``. What is accepted here has one meaning only, and is judged again by the address that it resolves to.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

import idna

from trunkline.core.errors import InvalidInput

# Underscores are no host name by RFC 952, but names of containers and services carry them.
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


def read_host(text: str) -> str:
    """Return ``text`` as a host in its one canonical form: ASCII, lower case, an IPv6 address without brackets.

    Names beyond ASCII become their IDNA 2008 form (https://www.rfc-editor.org/rfc/rfc5891, mapped by UTS #46), and
    whatever then looks like a number must be a dotted IPv4 address, as in https://url.spec.whatwg.org/#ends-in-a-number-checker
    but without its octal, hexadecimal and short forms. Raises InvalidInput.
    """
    if text.startswith("["):
        return _read_ipv6(text)
    host = text.lower() if text.isascii() else _to_ascii(text)
    if not host:
        raise InvalidInput("The URL names no host: write it like https://api.example.com/v1.")
    if host.endswith("."):
        raise InvalidInput("The host ends in a dot: leave the dot out.")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(
            "The host is not a name or an address: it may hold letters, digits, hyphens and dots, and an IPv6 address "
            "goes in brackets."
        )
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            raise InvalidInput(
                "The host is an IPv4 address in an unusual form: write four decimal numbers, like 192.0.2.7."
            ) from None
    return host


def _read_ipv6(text: str) -> str:
    try:
        if not text.endswith("]") or "%" in text:
            raise AddressValueError
        return str(IPv6Address(text[1:-1]))
    except AddressValueError:
        raise InvalidInput("The host is not an IPv6 address: write it like [2001:db8::7], without a zone.") from None


def _to_ascii(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise InvalidInput("The host is not a valid international domain name.") from None
