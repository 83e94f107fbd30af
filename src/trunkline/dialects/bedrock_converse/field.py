"""Checks of a client's fields (``messages.0.content.1.text``)."""

from __future__ import annotations

from typing import Final

from trunkline.dialects.field_reader import FieldReader, Remedies

NAME: Final = "bedrock_converse"
"""The dialect's name, under which ``extra`` and ``Opaque`` keep what is its own."""

_reader = FieldReader(
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

text = _reader.text
flag = _reader.flag
integer = _reader.integer
number = _reader.number
mapping = _reader.mapping
listing = _reader.listing
required = _reader.required
