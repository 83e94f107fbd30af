"""What a model was given, as a list of items: https://platform.openai.com/docs/api-reference/responses/input-items."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.chat import JsonValue, Message
from trunkline.dialects.openai_responses.item_writing import ItemWriter
from trunkline.dialects.openai_responses.seal import make_id

_PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fco",
    "reasoning": "rs",
    "image_generation_call": "ig",
}


def write_input_items(messages: Sequence[Message], response: str) -> list[dict[str, JsonValue]]:
    """The items of ``messages``, in order, each with an id that is made of ``response`` where it has none."""
    writer = ItemWriter()
    for place, message in enumerate(messages):
        writer.write(message, place)
    items: list[dict[str, JsonValue]] = []
    for index, given in enumerate(writer.items):
        if not isinstance(given, dict):
            continue
        item: dict[str, JsonValue] = {"type": "message", "status": "completed", **given}
        kind = str(item["type"])
        if kind == "message" and isinstance(text := item.get("content"), str):
            said = "output_text" if item.get("role") == "assistant" else "input_text"
            piece: dict[str, JsonValue] = {"type": said, "text": text}
            item["content"] = [{**piece, "annotations": []} if said == "output_text" else piece]
        if kind == "reasoning":
            del item["status"]
        if not isinstance(item.get("id"), str) or not item["id"]:
            item["id"] = make_id(_PREFIXES.get(kind, "item"), f"{response}_in", index)
        items.append(item)
    return items
