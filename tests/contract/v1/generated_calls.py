"""Calls as nobody thought of them: bodies of chats, and what a provider answers, usual, odd and broken."""

from __future__ import annotations

import gzip
import json
from typing import Any

from hypothesis import strategies as st

from tests.contract.v1.plain_lane import HEADERS, LIMITED, answer, request

Draw = st.DrawFn

TEXTS = st.text(max_size=30)
NUMBERS = st.integers(-(2**65), 2**65) | st.floats()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
CALLED = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAAAAACw="}}

PARTS = st.lists(
    TEXTS.map(lambda text: {"type": "text", "text": text}) | st.just(PICTURE) | st.just({"type": "unheard"}),
    min_size=1,
    max_size=3,
)
MESSAGES: st.SearchStrategy[list[Any]] = st.one_of(
    st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": TEXTS}), min_size=1, max_size=3),
    st.lists(
        st.fixed_dictionaries(
            {"role": st.sampled_from(["system", "developer", "user", "assistant"]), "content": TEXTS | PARTS},
            optional={"name": TEXTS},
        ),
        min_size=1,
        max_size=4,
    ),
    st.just(
        [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": None, "tool_calls": [CALLED]},
            {"role": "tool", "tool_call_id": "call_1", "content": "42"},
        ]
    ),
    st.lists(st.fixed_dictionaries({"role": TEXTS | st.just("tool"), "content": VALUES}), max_size=2),
)
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "temperature": st.floats(0, 2) | VALUES,
    "top_p": st.floats(0, 1),
    "max_tokens": st.integers(1, 10_000) | NUMBERS,
    "max_completion_tokens": st.integers(1, 10_000),
    "n": st.integers(0, 3),
    "stop": TEXTS | st.lists(TEXTS, max_size=5),
    "seed": st.integers(),
    "user": TEXTS,
    "stream": st.just(False) | st.none(),
    "presence_penalty": st.floats(-2, 2),
    "logprobs": st.booleans(),
    "logit_bias": st.dictionaries(TEXTS, NUMBERS, max_size=2),
    "metadata": st.dictionaries(TEXTS, TEXTS, max_size=2),
    "reasoning_effort": st.sampled_from(["none", "low", "high", "much"]),
    "response_format": st.sampled_from([{"type": "text"}, {"type": "json_object"}, {"type": "json_schema"}]),
    "service_tier": st.sampled_from(["auto", "flex", "slow"]),
    "store": st.booleans(),
    "tools": st.sampled_from([[], [TOOL], [TOOL, TOOL], [{}]]),
    "tool_choice": st.sampled_from(["auto", "required", "none", {"type": "function", "function": {"name": "f"}}]),
    "parallel_tool_calls": st.booleans(),
}


@st.composite
def asked(draw: Draw) -> bytes:
    """The request of a chat, which may be no JSON, or refused for what it says."""
    model = draw(st.sampled_from(["gpt", "gpt", "gpt", "gpt", "gpd"]))
    body: dict[str, Any] = {"model": model, "messages": draw(MESSAGES)}
    for name in draw(st.lists(st.sampled_from(sorted(PARAMETERS)), unique=True, max_size=3)):
        body[name] = draw(PARAMETERS[name])
    if draw(st.integers(0, 3)) == 0:
        body |= draw(st.dictionaries(TEXTS, VALUES, max_size=2))
    written = json.dumps(body, ensure_ascii=draw(st.booleans())).encode()
    if draw(st.integers(0, 9)) == 0:
        written = written[: draw(st.integers(0, len(written)))]
    fields = HEADERS[draw(st.sampled_from(sorted(HEADERS)))] if draw(st.integers(0, 3)) == 0 else []
    return request(written, *fields)


@st.composite
def answered(draw: Draw, usual: bytes) -> list[bytes]:
    """What a provider whose answer is otherwise the HTTP message ``usual`` says; where it is asked again, the usual."""
    body = usual.partition(b"\r\n\r\n")[2]
    match draw(st.sampled_from(["whole", "packed", "other", "other", "refused", "cut"])):
        case "packed":
            return [answer(gzip.compress(body, mtime=0), "200 OK", "Content-Encoding: gzip"), usual]
        case "other":
            fields: dict[str, Any] = json.loads(body)
            for name in draw(st.lists(st.sampled_from(sorted(fields)), unique=True, min_size=1, max_size=2)):
                fields[name] = draw(VALUES)
            more = draw(st.sampled_from([(), LIMITED, ("Connection: close",)]))
            written = json.dumps(fields).encode()
            return [answer(written, "200 OK", *more, length=draw(st.booleans())), usual]
        case "refused":
            statuses = ["400 Bad Request", "401 Unauthorized", "404 Not Found", "429 Too Many Requests", "500 No"]
            said = draw(
                st.sampled_from([b'{"error":{"message":"bad","type":"invalid_request_error"}}', b"<html>", b"{}"])
            )
            return [answer(said, draw(st.sampled_from(statuses)), "retry-after: 120"), usual]
        case "cut":
            # What ends so is taken for whole by whoever plays it.
            kept = usual[: draw(st.integers(0, len(usual) - 2))].rstrip(b"}")
            return [kept, usual]
        case _:
            return [usual]
