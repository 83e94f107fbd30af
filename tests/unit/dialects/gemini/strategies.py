"""Everything that the Gemini dialect can express, generated."""

from __future__ import annotations

from base64 import b64encode

import msgspec
from hypothesis import strategies as st

from trunkline.core.chat import (
    Audio,
    AudioOptions,
    ChatRequest,
    ChatResponse,
    Choice,
    Citation,
    File,
    Image,
    LogProb,
    Media,
    Message,
    Opaque,
    Reasoning,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
)
from trunkline.core.chat_events import (
    CitationDelta,
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

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)
names = st.text("abcdefghijklmnop_.-", min_size=1, max_size=10)
counts = st.integers(0, 5000)
floats = st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 3))
signatures = st.none() | st.binary(min_size=1, max_size=8).map(lambda raw: b64encode(raw).decode())
base64 = st.binary(min_size=1, max_size=12).map(lambda raw: b64encode(raw).decode())
objects = st.dictionaries(names, st.none() | st.booleans() | st.integers(-9, 9) | words | st.lists(words, max_size=2))
arguments = objects.map(lambda value: msgspec.json.encode(value).decode())
schemas = objects.map(lambda value: {"type": "object", "properties": {key: {"type": "string"} for key in value}})


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def media(*types: str) -> st.SearchStrategy[Media]:
    kinds = st.sampled_from(types)
    return (
        st.builds(Media, data=base64, media_type=kinds)
        | st.builds(Media, url=names.map("https://example.com/{}".format), media_type=kinds)
        | st.builds(
            Media,
            file_id=names.map("https://generativelanguage.googleapis.com/v1beta/files/{}".format),
            media_type=kinds,
        )
    )


images = st.builds(Image, media("image/png", "image/webp"))
audios = st.builds(Audio, media("audio/wav"))
files = st.builds(File, media("application/pdf", "video/mp4"))
thoughts = st.builds(Reasoning, text=words, signature=signatures, summary=st.just(True)).map(
    lambda part: msgspec.structs.replace(part, format="google-gemini-v1" if part.signature else None)
)
opaques = st.builds(
    Opaque,
    st.just("gemini"),
    st.fixed_dictionaries({"executableCode": st.fixed_dictionaries({"language": st.just("PYTHON"), "code": words})}),
)
texts = st.builds(Text, words, signature=signatures)
user_parts = texts | images | audios | files
plain = words.filter(lambda text: not text.startswith("{"))
answers = st.builds(Text, plain | objects.filter(bool).map(lambda o: msgspec.json.encode(o).decode()))


@st.composite
def exchanges(draw: st.DrawFn, start: int) -> list[Message]:
    """A turn of the user, an answer of the model with calls, and the results of them in one message."""
    turn = [Message("user", tuple(draw(st.lists(user_parts, min_size=1, max_size=3))))]
    parts = draw(st.lists(texts | thoughts | opaques, min_size=1, max_size=3))
    calls = [
        ToolCall(f"call-{start}-{index}", draw(names), draw(arguments), signature=draw(signatures))
        for index in range(draw(st.integers(0, 2)))
    ]
    turn.append(Message("assistant", (*parts, *calls)))
    if calls:
        results: list[ToolResult] = []
        for call in calls:
            is_error = draw(st.booleans())
            text = draw(st.lists(st.builds(Text, words) if is_error else answers, min_size=is_error, max_size=1))
            pictures = draw(st.lists(images, max_size=1))
            results.append(ToolResult(call.id, (*text, *pictures), name=call.name, is_error=is_error))
        turn.append(Message("tool", tuple(results)))
    return turn


@st.composite
def requests(draw: st.DrawFn) -> ChatRequest:
    messages = [Message("system", tuple(draw(st.lists(texts, min_size=1, max_size=2))))] if draw(st.booleans()) else []
    for index in range(draw(st.integers(1, 3))):
        messages += draw(exchanges(index))
    tools = draw(st.lists(st.builds(Tool, names, maybe(words), maybe(schemas)), max_size=2))
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "safetySettings": st.just([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]),
                "cachedContent": words,
                "tools": st.just([{"googleSearch": {}}]),
                "toolConfig": st.just({"retrievalConfig": {"languageCode": "en"}}),
                "generationConfig": st.just({"mediaResolution": "MEDIA_RESOLUTION_LOW"}),
            },
        )
    )
    return ChatRequest(
        model="",
        messages=tuple(messages),
        tools=tuple(tools),
        tool_choice=draw(
            maybe(
                st.builds(ToolChoice, st.just("auto"), st.lists(names, max_size=2).map(tuple))
                | st.builds(ToolChoice, st.just("required"), st.lists(names, max_size=2).map(tuple))
                | st.just(ToolChoice("none"))
            )
        ),
        sampling=draw(
            st.builds(
                Sampling,
                max_tokens=maybe(counts),
                temperature=maybe(floats),
                top_p=maybe(floats),
                top_k=maybe(counts),
                frequency_penalty=maybe(floats),
                presence_penalty=maybe(floats),
                seed=maybe(st.integers(-(2**31), 2**31 - 1)),
                stop=st.lists(words, max_size=2).map(tuple),
                n=maybe(st.integers(1, 4)),
                logprobs=maybe(st.booleans()),
                top_logprobs=maybe(st.integers(0, 5)),
            )
        ),
        response_format=draw(
            maybe(
                st.builds(ResponseFormat, st.sampled_from(["text", "json"]))
                | st.builds(ResponseFormat, st.just("json_schema"), schema=schemas)
            )
        ),
        reasoning=draw(
            maybe(
                st.builds(ReasoningOptions, enabled=maybe(st.booleans()), include=st.booleans())
                | st.builds(ReasoningOptions, effort=st.sampled_from(["minimal", "low", "medium", "high", "xhigh"]))
                | st.builds(ReasoningOptions, budget_tokens=st.integers(1, 9000), include=maybe(st.booleans()))
            )
        ),
        modalities=draw(st.sampled_from([(), ("text",), ("text", "image"), ("audio",)])),
        audio=draw(maybe(st.builds(AudioOptions, voice=words))),
        service_tier=draw(maybe(st.sampled_from(["flex", "standard", "priority"]))),
        store=draw(maybe(st.booleans())),
        extra={"gemini": extra} if extra else {},
    )


@st.composite
def citations_of(draw: st.DrawFn, text: str, *, unique: bool = False) -> tuple[Citation, ...]:
    citations: list[Citation] = []
    for _ in range(draw(st.integers(0, 2))):
        end = draw(st.integers(1, len(text)))
        start = draw(st.integers(0, end))
        placed = {"start": start, "end": end} if draw(st.booleans()) else {}
        citation = Citation(url=draw(words), title=draw(maybe(words)), quote=draw(maybe(words)), **placed)
        if not unique or citation not in citations:
            citations.append(citation)
    return tuple(citations)


@st.composite
def cited(draw: st.DrawFn) -> Text:
    text = draw(words)
    return Text(text, citations=draw(citations_of(text)), signature=draw(signatures))


@st.composite
def usages(draw: st.DrawFn, images: int = 0) -> Usage:
    audio, picture, rest, thought, heard, said = (draw(counts) for _ in range(6))
    return Usage(
        input=audio + picture + rest,
        output=thought + heard + said,
        cached=draw(st.integers(0, rest)),
        reasoning=thought,
        audio_input=audio,
        audio_output=heard,
        image_input=picture,
        images=images,
    )


probabilities = st.builds(
    LogProb, words, floats, top=st.lists(st.builds(LogProb, words, floats), max_size=2).map(tuple)
)


@st.composite
def choices(draw: st.DrawFn, index: int) -> Choice:
    parts = draw(st.lists(cited() | thoughts | opaques | st.builds(Image, media("image/png")), max_size=4))
    calls = [
        ToolCall(f"call-{index}-{number}", draw(names), draw(arguments), signature=draw(signatures))
        for number in range(draw(st.integers(0, 2)))
    ]
    natural = "tool_calls" if calls else "stop"
    return Choice(
        parts=(*parts, *calls),
        stop=draw(st.sampled_from([natural, "length", "content_filter", "pause", "error"])),
        index=index,
        logprobs=draw(maybe(st.lists(probabilities, min_size=1, max_size=3).map(tuple))),
    )


@st.composite
def responses(draw: st.DrawFn) -> ChatResponse:
    found = tuple(draw(choices(index)) for index in range(draw(st.integers(1, 2))))
    images = sum(isinstance(part, Image) for choice in found for part in choice.parts)
    return ChatResponse(
        id=draw(names),
        model=draw(names),
        choices=found,
        created=draw(st.integers(0, 2**32)),
        usage=draw(maybe(usages(images))),
    )


@st.composite
def streams(draw: st.DrawFn) -> list[object]:
    """One choice or two, whose deltas are mixed; calls come last in each choice."""
    events: list[object] = [
        Start(id=draw(names), model=draw(names), created=draw(st.integers(0, 2**32))),
    ]
    number = draw(st.integers(1, 2))
    images = 0
    chosen = st.integers(0, number - 1)
    events += [TextDelta(draw(words), index) for index in range(number)]
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["text", "thought", "image"]))
        if kind == "text":
            logprobs = draw(maybe(st.lists(probabilities, min_size=1, max_size=2).map(tuple)))
            events.append(TextDelta(draw(words), draw(chosen), logprobs, draw(signatures)))
        elif kind == "thought":
            signature = draw(signatures)
            events.append(
                ReasoningDelta(
                    draw(words),
                    signature,
                    choice=draw(chosen),
                    summary=True,
                    format="google-gemini-v1" if signature else None,
                )
            )
        else:
            images += 1
            events.append(ImageDelta(draw(media("image/png")), draw(chosen), draw(signatures)))
    called: set[int] = set()
    stops: list[object] = []
    for index in range(number):
        for call in range(draw(st.integers(0, 2))):
            called.add(index)
            events.append(ToolCallStart(call, f"call-{index}-{call}", draw(names), index, draw(signatures)))
            events.append(ToolCallDelta(call, draw(arguments), index))
        natural = "tool_calls" if index in called else "stop"
        stops.append(Stop(draw(st.sampled_from([natural, "length", "content_filter"])), choice=index))
    for index in range(number):
        text = "".join(event.text for event in events if isinstance(event, TextDelta) and event.choice == index)
        events += [CitationDelta(citation, index) for citation in draw(citations_of(text, unique=True))]
    events += stops
    if draw(st.booleans()):
        events.append(UsageReport(draw(usages(images))))
    return [*events, End()]
