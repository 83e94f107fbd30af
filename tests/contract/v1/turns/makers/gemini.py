"""Gemini and Vertex AI: https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/thought-signatures

The first call of a step carries the signature, as does the last part of an answer in text; streams tell that one in an
empty text at the end. Calls have ids from Gemini 3 on.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.contract.v1.turns.makers.maker import Heard, Maker, cut, event, sign
from tests.contract.v1.turns.scene import Call, Json, Refused, Scene, Thought, Words

HOUSE: Final = "google"


def _parts(scene: Scene, ids: bool) -> list[Json]:
    parts: list[Json] = []
    signed = not any(isinstance(item, Thought) for item in scene.items)
    for place, item in enumerate(scene.items):
        match item:
            case Words():
                parts.append({"text": item.text})
            case Thought(""):
                pass  # it is told by a signature alone
            case Thought():
                parts.append({"text": item.text, "thought": True})
            case Call():
                call: Json = {"name": item.name, "args": item.arguments}
                parts.append({"functionCall": {"id": f"fc{place}x7", **call} if ids else call})
                first = not any("functionCall" in part for part in parts[:-1])
                # Gemini 3 signs the first call whether or not it shows its thoughts.
                if first and (ids or not signed):
                    parts[-1]["thoughtSignature"] = sign(HOUSE, place)
            case Refused():
                pass
    if parts and not scene.has_tools and not signed:
        parts[-1]["thoughtSignature"] = sign(HOUSE, len(scene.items) - 1)
    return parts


def _piece(parts: list[Json], finish: str | None) -> Json:
    candidate: Json = {"index": 0}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    if finish:
        candidate["finishReason"] = finish
    usage = {"promptTokenCount": 21, "candidatesTokenCount": 9, "totalTokenCount": 30}
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": "gemini-2.5-flash",
        "responseId": "mAitaLmkHPPlz7IPvtfUqQ4",
    }


def _finish(scene: Scene) -> str:
    return "PROHIBITED_CONTENT" if any(isinstance(item, Refused) for item in scene.items) else "STOP"


def _stream(scene: Scene, ids: bool) -> list[bytes]:
    parts: list[Json] = []
    for part in _parts(scene, ids):
        if "text" in part:
            parts += [{**part, "text": piece} for piece in cut(part["text"])]
            if part.get("thoughtSignature"):
                for piece in parts[-len(cut(part["text"])) :]:
                    del piece["thoughtSignature"]
                parts.append({"text": "", "thoughtSignature": part["thoughtSignature"]})
        else:
            parts.append(part)
    last = parts.pop() if parts else None
    out = [event(_piece([part], None)) for part in parts]
    return [*out, event(_piece([last] if last else [], _finish(scene)))]


def hear(body: Json) -> Heard:
    heard = Heard()
    for content in body["contents"]:
        for part in content["parts"]:
            signature = part.get("thoughtSignature")
            if signature:
                heard.thoughts.append(("", signature))
            if "functionCall" in part:
                call = part["functionCall"]
                heard.calls.append((call.get("id") or "", call["name"], call.get("args") or {}))
            elif "functionResponse" in part:
                result = part["functionResponse"]
                heard.results.append((result.get("id") or "", _result(result["response"])))
            elif not part.get("thought"):
                heard.say(part["text"])
    return heard


def _result(response: Any) -> str:
    (text,) = response.values()
    return text


def _thoughts(scene: Scene, ids: bool) -> list[tuple[str, str]]:
    return [("", part["thoughtSignature"]) for part in _parts(scene, ids) if "thoughtSignature" in part]


def _maker(ids: bool) -> Maker:
    return Maker(
        lambda scene: json.dumps(_piece(_parts(scene, ids), _finish(scene))).encode(),
        lambda scene: _stream(scene, ids),
        hear,
        lambda scene: _thoughts(scene, ids),
    )


SECOND: Final = _maker(False)
THIRD: Final = _maker(True)
