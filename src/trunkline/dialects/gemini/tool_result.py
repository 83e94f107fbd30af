"""What a tool answered: ``functionResponse``. https://ai.google.dev/api/caching#FunctionResponse

The answer is a JSON object on this wire: ``{"output": …}`` or ``{"error": …}``, or any other object as it is. The text
of a JSON object is therefore sent as that object, and any other text as ``output``. Media stand in ``parts``.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import Audio, File, Image, JsonValue, Text, ToolResult
from trunkline.core.errors import InvalidInput
from trunkline.dialects.gemini.call_ids import CallIds
from trunkline.dialects.gemini.fields import Fields
from trunkline.dialects.gemini.media import read_file, read_inline, write_media
from trunkline.dialects.raw_json import BROKEN_JSON


def read_result(fields: Fields, ids: CallIds) -> ToolResult:
    """A result, with the id of its call."""
    name = fields.text("name")
    if not name:
        raise InvalidInput.of(fields.at("name"), "is required: the name of the function that answered")
    call_id = ids.result(name, fields.text("id"))
    response = fields.object("response") or {}
    parts: list[Text | Image | Audio | File] = []
    is_error = False
    match response:
        case {"output": str(text), **rest} if not rest:
            parts.append(Text(text))
        case {"error": str(text), **rest} if not rest:
            parts.append(Text(text))
            is_error = True
        case _ if response:
            parts.append(Text(msgspec.json.encode(response).decode()))
        case _:
            pass
    for index, value in enumerate(fields.array("parts")):
        part = Fields(value, f"{fields.at('parts')}.{index}")
        inline = part.fields("inlineData")
        reference = part.fields("fileData")
        if inline is not None:
            parts.append(read_inline(inline, None, part.rest()))
        elif reference is not None:
            parts.append(read_file(reference, None, part.rest()))
        else:
            raise InvalidInput.of(part.path, "must hold inlineData or fileData")
    return ToolResult(call_id, tuple(parts), name=name, is_error=is_error)


def write_result(result: ToolResult, call_name: str | None, where: str) -> dict[str, JsonValue]:
    """A part for the wire. Several texts are joined by a newline. ``call_name`` is used when the result has no name."""
    texts = [part.text for part in result.parts if isinstance(part, Text)]
    media: list[JsonValue] = [
        write_media(part.media, f"{where}.parts.{index}.media")
        for index, part in enumerate(result.parts)
        if not isinstance(part, Text)
    ]
    response: JsonValue = {}
    if texts:
        response = _response("\n".join(texts), result.is_error)
    elif result.is_error:
        response = {"error": ""}
    out: dict[str, JsonValue] = {
        "id": result.call_id,
        "name": result.name or call_name or result.call_id,
        "response": response,
    }
    if media:
        out["parts"] = media
    return {"functionResponse": out}


def _response(text: str, is_error: bool) -> JsonValue:
    if is_error:
        return {"error": text}
    if text.startswith("{"):
        try:
            value: JsonValue = msgspec.json.decode(text)
        except BROKEN_JSON:
            value = None
        # An object that looks like our own wrapping would come back as something else.
        if isinstance(value, dict) and value and value.keys() not in ({"output"}, {"error"}):
            return value
    return {"output": text}
