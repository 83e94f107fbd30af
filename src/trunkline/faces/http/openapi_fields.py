"""What the fields of the API's schemas mean, in words. The words are in ``field_meanings.toml`` beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PLACE = Path(__file__).with_name("field_meanings.toml")


def describe_fields(schemas: Mapping[str, Any]) -> None:
    """Say of each field of the ``schemas`` what it means, unless its schema says so itself."""
    meanings = tomllib.loads(_PLACE.read_text(encoding="utf-8"))
    every: Mapping[str, str] = meanings["every"]
    for schema_name, schema in schemas.items():
        own: Mapping[str, str] = meanings.get(schema_name, {})
        for name, field in schema.get("properties", {}).items():
            meaning = own.get(name) or every.get(name)
            if meaning is not None:
                field.setdefault("description", meaning)
