"""Amazon Bedrock: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

Claude signs its thoughts here with the same signatures as elsewhere; Nova and Llama show none.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Final

from tests.contract.v1.matrix.vendors.bedrock_converse import frame
from tests.contract.v1.turns.makers import anthropic
from tests.contract.v1.turns.makers.maker import Heard, Maker, cut, sign
from tests.contract.v1.turns.scene import Call, Json, Refused, Scene, Thought, Words


def _content(scene: Scene, thinks: bool) -> list[Json]:
    blocks: list[Json] = []
    for place, item in enumerate(scene.items):
        match item:
            case Words():
                blocks.append({"text": item.text})
            case Thought("") if thinks:
                sealed = b64encode(sign(anthropic.HOUSE, place).encode()).decode()
                blocks.append({"reasoningContent": {"redactedContent": sealed}})
            case Thought() if thinks:
                said = {"text": item.text, "signature": sign(anthropic.HOUSE, place)}
                blocks.append({"reasoningContent": {"reasoningText": said}})
            case Call():
                name = f"tooluse_kZJMlvQmRJ6eAyJE5GIl{place}"
                blocks.append({"toolUse": {"toolUseId": name, "name": item.name, "input": item.arguments}})
            case _:
                pass
    return blocks


def _stop(scene: Scene) -> str:
    if any(isinstance(item, Refused) for item in scene.items):
        return "content_filtered"
    return "tool_use" if scene.has_tools else "end_turn"


_METADATA: Final[Json] = {
    "usage": {"inputTokens": 21, "outputTokens": 9, "totalTokens": 30},
    "metrics": {"latencyMs": 5},
}


def _answer(scene: Scene, thinks: bool) -> bytes:
    message = {"role": "assistant", "content": _content(scene, thinks)}
    return json.dumps({"output": {"message": message}, "stopReason": _stop(scene), **_METADATA}).encode()


def _stream(scene: Scene, thinks: bool) -> list[bytes]:
    out = [frame("messageStart", {"role": "assistant"})]
    for index, block in enumerate(_content(scene, thinks)):
        ((kind, value),) = block.items()
        deltas: list[Json]
        if kind == "text":
            deltas = [{"text": piece} for piece in cut(value)]
        elif kind == "toolUse":
            start = {"toolUse": {"toolUseId": value["toolUseId"], "name": value["name"]}}
            out.append(frame("contentBlockStart", {"contentBlockIndex": index, "start": start}))
            # A call without arguments has no delta but an empty one.
            pieces = cut(json.dumps(value["input"])) if value["input"] else [""]
            deltas = [{"toolUse": {"input": piece}} for piece in pieces]
        elif "redactedContent" in value:
            deltas = [{"reasoningContent": value}]
        else:
            said = value["reasoningText"]
            deltas = [{"reasoningContent": {"text": piece}} for piece in cut(said["text"])]
            deltas.append({"reasoningContent": {"signature": said["signature"]}})
        out += [frame("contentBlockDelta", {"contentBlockIndex": index, "delta": delta}) for delta in deltas]
        out.append(frame("contentBlockStop", {"contentBlockIndex": index}))
    out.append(frame("messageStop", {"stopReason": _stop(scene)}))
    return [*out, frame("metadata", _METADATA)]


def hear(body: Json) -> Heard:
    heard = Heard()
    for message in body["messages"]:
        for block in message["content"]:
            ((kind, value),) = block.items()
            match kind:
                case "text":
                    heard.say(value)
                case "toolUse":
                    heard.calls.append((value["toolUseId"], value["name"], value["input"]))
                case "toolResult":
                    texts = [part["text"] for part in value["content"]]
                    heard.results.append((value["toolUseId"], "".join(texts)))
                case _:
                    said = value.get("reasoningText") or {"text": "", "signature": value.get("redactedContent")}
                    heard.thoughts.append((said["text"], said["signature"]))
    return heard


def _thoughts(scene: Scene, thinks: bool) -> list[tuple[str, str]]:
    said = [block["reasoningContent"] for block in _content(scene, thinks) if "reasoningContent" in block]
    return [
        (one["reasoningText"]["text"], one["reasoningText"]["signature"])
        if "reasoningText" in one
        else ("", one["redactedContent"])
        for one in said
    ]


def _maker(thinks: bool) -> Maker:
    return Maker(
        lambda scene: _answer(scene, thinks),
        lambda scene: _stream(scene, thinks),
        hear,
        lambda scene: _thoughts(scene, thinks),
        "application/vnd.amazon.eventstream",
    )


CLAUDE: Final = _maker(True)
OTHERS: Final = _maker(False)
