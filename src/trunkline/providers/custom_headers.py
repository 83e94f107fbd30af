"""Header fields that users add to the calls of a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret

FIELD_LIMIT: Final = 32
VALUE_LIMIT: Final = 4096

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}", re.ASCII)

FORBIDDEN: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Fields that belong to the connection or the body (https://www.rfc-editor.org/rfc/rfc9110#name-connection): a second
opinion on them lets one message be read as two."""


def write_custom_headers(
    headers: Mapping[str, str | Secret], root: str = "configuration.headers"
) -> tuple[tuple[str, str], ...]:
    """``headers`` as pairs for the wire. Raises InvalidInput that names every wrong field and shows no value."""
    pairs = [(name, value.reveal() if isinstance(value, Secret) else value) for name, value in headers.items()]
    if errors := check_custom_headers(dict(pairs), root):
        raise InvalidInput(f"{errors[0].field}: {errors[0].message}", fields=tuple(errors))
    return tuple((name, value.strip()) for name, value in pairs)


def check_custom_headers(headers: Mapping[str, str], root: str = "configuration.headers") -> list[FieldError]:
    """What is wrong with ``headers``, by field. Values are never part of a message."""
    errors: list[FieldError] = []
    if len(headers) > FIELD_LIMIT:
        errors.append(FieldError(root, f"holds more than {FIELD_LIMIT} headers: leave some out."))
    seen: set[str] = set()
    for name, value in headers.items():
        field = f"{root}.{name[:100]}"
        if _TOKEN.fullmatch(name) is None:
            errors.append(FieldError(field, "is not the name of a header: use letters, digits and hyphens."))
        elif name.lower() in FORBIDDEN:
            errors.append(FieldError(field, "is set by Trunkline itself: leave it out."))
        elif name.lower() in seen:
            errors.append(FieldError(field, "is there twice, in another case: keep one of them."))
        elif not (value.isascii() and value.strip().isprintable()):
            errors.append(FieldError(field, "may hold printable ASCII characters only, on one line."))
        elif len(value) > VALUE_LIMIT:
            errors.append(FieldError(field, f"is longer than {VALUE_LIMIT} characters: shorten it."))
        seen.add(name.lower())
    return errors
