"""Fields of a request, with errors in the vendor's own words, so that a client sees what it would see there."""

from __future__ import annotations

from typing import Final

from trunkline.dialects.strict_field import BROKEN_JSON, Object, Remedies, StrictFields, join, optional

__all__ = [
    "BROKEN_JSON",
    "Object",
    "flag",
    "integer",
    "join",
    "listing",
    "mapping",
    "number",
    "optional",
    "required",
    "text",
]

_FIELDS: Final = StrictFields(
    Remedies(
        text="Input should be a valid string",
        flag="Input should be a valid boolean",
        integer="Input should be a valid integer",
        number="Input should be a valid number",
        mapping="Input should be an object",
        listing="Input should be a valid list",
        required="Field required",
    )
)

text = _FIELDS.text
flag = _FIELDS.flag
integer = _FIELDS.integer
number = _FIELDS.number
mapping = _FIELDS.mapping
listing = _FIELDS.listing
required = _FIELDS.required
