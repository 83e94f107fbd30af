"""Fields of a request, with errors that say what each must be."""

from __future__ import annotations

from typing import Final

from trunkline.dialects.strict_field import BROKEN_JSON, Object, Remedies, StrictFields, join, optional

__all__ = [
    "BROKEN_JSON",
    "NAME",
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

NAME: Final = "bedrock_converse"
"""The dialect's name, under which ``extra`` and ``Opaque`` keep what is its own."""

_FIELDS: Final = StrictFields(
    Remedies(
        text="must be a text",
        flag="must be true or false",
        integer="must be a whole number",
        number="must be a number",
        mapping="must be an object",
        listing="must be a list",
        required="is required",
    )
)

text = _FIELDS.text
flag = _FIELDS.flag
integer = _FIELDS.integer
number = _FIELDS.number
mapping = _FIELDS.mapping
listing = _FIELDS.listing
required = _FIELDS.required
