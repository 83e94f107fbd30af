"""Everything that the Ollama dialect can express, generated."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from trunkline.core.chat import (
    ChatRequest,
    ChatResponse,
    Choice,
    Image,
    LogProb,
    Media,
    Message,
    Reasoning,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)
from trunkline.core.chat_events import (
    End,
    ImageDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)

from .fixture import PNG

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)
names = st.text("abcdefghijklmnop_.-:", min_size=1, max_size=10)
counts = st.integers(0, 5000)
times = st.integers(0, 2**32)
floats = st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 3))
objects = st.dictionaries(names, st.none() | st.booleans() | st.integers(-9, 9) | words | st.lists(words, max_size=2))
arguments = objects.map(lambda value: msgspec.json.encode(value).decode())
schemas = objects.map(lambda value: {"type": "object", "properties": {key: {"type": "string"} for key in value}})
images = st.sampled_from(
    [
        Image(Media(data=PNG, media_type="image/png")),
        Image(Media(data="/9j/4AAQSkZJRg==", media_type="image/jpeg")),
        Image(Media(data="R0lGODlhAQABAAAAACw=", media_type="image/gif")),
        Image(Media(data="UklGRiIAAABXRUJQ", media_type="image/webp")),
        Image(Media(data="AAAA")),
    ]
)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


@st.composite
def turns(draw: st.DrawFn, prefix: str, *, answer: bool) -> tuple:
    """Thought, text, pictures and calls, in the one order that the wire has; never nothing."""
    parts: list[object] = []
    if answer and draw(st.booleans()):
        parts.append(Reasoning(draw(words)))
    if draw(st.booleans()):
        parts.append(Text(draw(words)))
    parts += draw(st.lists(images, max_size=2))
    if answer:
        parts += [
            ToolCall(f"{prefix}-{number}", draw(names), draw(arguments)) for number in range(draw(st.integers(0, 2)))
        ]
    return tuple(parts) or (Text("."),)


@st.composite
def requests(draw: st.DrawFn) -> ChatRequest:
    messages = [Message("system", (Text(draw(words)),))] if draw(st.booleans()) else []
    for index in range(draw(st.integers(1, 3))):
        messages.append(Message("user", draw(turns("", answer=False))))
        said = draw(turns(f"call-{index}", answer=True))
        messages.append(Message("assistant", said))
        for part in said:
            if isinstance(part, ToolCall):
                found = draw(st.lists(st.builds(Text, words), max_size=1)) + draw(st.lists(images, max_size=1))
                messages.append(Message("tool", (ToolResult(part.id, tuple(found), name=part.name),)))
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={"keep_alive": st.sampled_from(["5m", 0, -1]), "options": st.just({"num_ctx": 4096})},
        )
    )
    stream = draw(st.booleans())
    return ChatRequest(
        model=draw(names),
        messages=tuple(messages),
        tools=tuple(draw(st.lists(st.builds(Tool, names, maybe(words), schemas), max_size=2))),
        sampling=draw(
            st.builds(
                Sampling,
                max_tokens=maybe(counts),
                temperature=maybe(floats),
                top_p=maybe(floats),
                top_k=maybe(counts),
                min_p=maybe(floats),
                frequency_penalty=maybe(floats),
                presence_penalty=maybe(floats),
                repetition_penalty=maybe(floats),
                seed=maybe(st.integers(-(2**62), 2**62)),
                stop=st.lists(words, max_size=2).map(tuple),
                logprobs=maybe(st.booleans()),
                top_logprobs=maybe(st.integers(0, 20)),
            )
        ),
        response_format=draw(
            maybe(st.just(ResponseFormat("json")) | st.builds(ResponseFormat, st.just("json_schema"), schema=schemas))
        ),
        reasoning=draw(
            maybe(
                st.builds(ReasoningOptions, enabled=st.booleans())
                | st.builds(ReasoningOptions, effort=st.sampled_from(["low", "medium", "high"]))
            )
        ),
        stream=stream,
        stream_usage=stream,
        extra={"ollama": extra} if extra else {},
    )


tokens = st.none() | st.lists(st.integers(0, 255), max_size=3).map(tuple)
probabilities = st.builds(
    LogProb, words, floats, tokens, st.lists(st.builds(LogProb, words, floats, tokens), max_size=2).map(tuple)
)
logprobs = st.none() | st.lists(probabilities, min_size=1, max_size=2).map(tuple)
usages = st.builds(Usage, input=counts, output=counts, cached=st.integers(0, 9))


@st.composite
def responses(draw: st.DrawFn) -> ChatResponse:
    parts = draw(turns("call", answer=True))
    natural = "tool_calls" if any(isinstance(part, ToolCall) for part in parts) else "stop"
    extra = draw(st.just({}) | st.just({"ollama": {"total_duration": 5, "load_duration": 1}}))
    return ChatResponse(
        id="",
        model=draw(names),
        choices=(Choice(parts, draw(st.sampled_from([natural, "length"])), logprobs=draw(logprobs)),),
        created=draw(times),
        usage=draw(maybe(usages)),
        extra=extra,
    )


@st.composite
def streams(draw: st.DrawFn) -> list[object]:
    """Deltas in any order, calls whole."""
    events: list[object] = [Start(model=draw(names), created=draw(times))]
    calls = 0
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["text", "thought", "image", "call"]))
        if kind == "text":
            events.append(TextDelta(draw(words), logprobs=draw(logprobs)))
        elif kind == "thought":
            events.append(ReasoningDelta(draw(words)))
        elif kind == "image":
            events.append(ImageDelta(draw(images).media))
        else:
            events.append(ToolCallStart(calls, f"call-{calls}", draw(names)))
            events.append(ToolCallDelta(calls, draw(arguments)))
            calls += 1
    events.append(Stop(draw(st.sampled_from(["tool_calls" if calls else "stop", "length"]))))
    if draw(st.booleans()):
        events.append(UsageReport(draw(usages)))
    return [*events, End()]
