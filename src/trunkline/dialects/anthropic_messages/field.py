"""Checks of a client's fields, in the words of the vendor's own validation errors."""

from __future__ import annotations

from trunkline.dialects.field_reader import FieldReader, Remedies

_reader = FieldReader(
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

text = _reader.text
flag = _reader.flag
integer = _reader.integer
number = _reader.number
mapping = _reader.mapping
listing = _reader.listing
required = _reader.required
