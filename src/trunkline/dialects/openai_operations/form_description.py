"""A form as JSON that says what its fields are, for readers of what was captured."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.dialects.openai_operations.form_body import FormBody, Part


def describe_form(form: FormBody) -> bytes:
    """Each text as it is; each file by its name, media type and size in bytes. A field that comes often is a list."""
    fields: dict[str, list[JsonValue]] = {}
    for part in form.parts:
        fields.setdefault(part.name, []).append(_describe(form.raw, part))
    return msgspec.json.encode({name: each[0] if len(each) == 1 else each for name, each in fields.items()})


def _describe(raw: bytes, part: Part) -> JsonValue:
    if not part.is_file:
        return raw[part.start : part.end].decode("utf-8", "replace")
    file: JsonObject = {"filename": part.filename, "bytes": part.end - part.start}
    return file | {"mediaType": part.media_type} if part.media_type else file
