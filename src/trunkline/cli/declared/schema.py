"""The JSON Schema of the file, for editors: it completes fields and says what they mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from trunkline.cli.declared.shapes import BASES, FILE
from trunkline.faces.http.openapi_fields import describe_fields


def write_schema() -> str:
    """The schema as a page of the reference (https://json-schema.org/draft/2020-12/schema)."""
    made: dict[str, Any] = FILE.model_json_schema(by_alias=True)
    definitions = cast("dict[str, Any]", made.pop("$defs"))
    describe_fields({BASES.get(name, name): schema for name, schema in definitions.items()})
    for schema in (made, *definitions.values()):
        # What an editor shows as a heading would only be the field's name once more.
        for field in cast("Mapping[str, dict[str, Any]]", schema.get("properties", {})).values():
            field.pop("title", None)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "$defs": definitions}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
