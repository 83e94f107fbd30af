"""What this dialect can express whole: the values for which reading what was written gives them back."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import strategies as st
from tests.strategies.chat import base64_data, cache_hints, json_objects, maybe, names, texts

from trunkline.core.chat import (
    Audio,
    ChatRequest,
    ChatResponse,
    Choice,
    Citation,
    File,
    Image,
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
    ChatEvent,
    CitationDelta,
    End,
    OpaqueDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.bedrock_converse.media import DOCUMENTS, IMAGES, SOUNDS
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED

NAME = "bedrock_converse"

counts = st.integers(0, 10**6)
words = texts().filter(lambda text: bool(text.strip()))
arguments = json_objects.map(lambda value: msgspec.json.encode(value).decode())


def media(formats: dict[str, str]):
    kinds = st.sampled_from(sorted(formats.values()))
    place = st.builds(
        lambda name, kind, owner: Media(
            url=f"s3://my-bucket/{name}",
            media_type=kind,
            extra={NAME: {"bucketOwner": "111122223333"}} if owner else {},
        ),
        names,
        kinds,
        st.booleans(),
    )
    return place | st.builds(Media, data=base64_data, media_type=kinds)


locations = st.sampled_from(
    [
        {"documentChar": {"documentIndex": 0, "start": 1, "end": 5}},
        {"searchResultLocation": {"searchResultIndex": 2, "start": 0, "end": 1}},
    ]
)
citations = st.builds(
    lambda title, quote, location, source: Citation(
        title=title, quote=quote, extra={"location": location, **({"source": source} if source else {})}
    ),
    maybe(words),
    maybe(words),
    locations,
    maybe(names),
) | st.builds(
    lambda quote: Citation(
        url="https://example.com/", quote=quote, extra={"location": {"web": {"url": "https://example.com/"}}}
    ),
    words,
)
plain_texts = st.builds(Text, words, cache=maybe(cache_hints))
cited_texts = st.builds(Text, words, citations=st.lists(citations, min_size=1, max_size=2).map(tuple))
images = st.builds(Image, media(IMAGES), cache=maybe(cache_hints))
document_names = st.text("abcXYZ019()[]-", min_size=1, max_size=12)
files = st.builds(
    File,
    media(DOCUMENTS),
    name=document_names,
    context=maybe(words),
    citations=st.booleans(),
    cache=maybe(cache_hints),
)
sounds = st.builds(Audio, media(SOUNDS))
videos = st.just(Opaque(NAME, {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://my-bucket/a.mp4"}}}}))
guarded = st.builds(lambda text: Opaque(NAME, {"guardContent": {"text": {"text": text}}}), words)
signed = st.builds(Reasoning, st.text(max_size=12), signature=names, format=st.just(SIGNED))
sealed = st.builds(Reasoning, redacted=base64_data, format=st.just(SEALED))
calls = st.builds(ToolCall, names, names, arguments, cache=maybe(cache_hints))
plain_files = files.map(lambda file: msgspec.structs.replace(file, cache=None))
results = st.builds(
    ToolResult,
    names,
    st.lists(st.builds(Text, words) | st.builds(Image, media(IMAGES)) | plain_files, min_size=1, max_size=3).map(tuple),
    is_error=st.booleans(),
    cache=maybe(cache_hints),
)


def message(role, parts, most=3):
    return st.builds(Message, st.just(role), st.lists(parts, min_size=1, max_size=most).map(tuple))


user_messages = message("user", plain_texts | images | files | sounds | videos | guarded)
tool_messages = message("tool", results)
assistant_messages = message("assistant", plain_texts | cited_texts | signed | sealed | calls)
user_turns = st.one_of(
    user_messages.map(lambda one: [one]),
    tool_messages.map(lambda one: [one]),
    st.tuples(tool_messages, user_messages).map(list),
)


def has_unique_documents(messages: tuple[Message, ...]) -> bool:
    parts = [part for one in messages for part in one.parts]
    parts += [piece for part in parts if isinstance(part, ToolResult) for piece in part.parts]
    found = [part.name for part in parts if isinstance(part, File)]
    return len(found) == len(set(found))


def ends_in_white_space(messages: tuple[Message, ...]) -> bool:
    """The vendor refuses white space at the end of a last turn of the assistant: it would be taken away."""
    last = messages[-1].parts[-1] if messages[-1].parts else None
    return isinstance(last, Text) and last.text != last.text.rstrip()


conversations = (
    st.builds(
        lambda system, pairs: (*system, *(one for user, assistant in pairs for one in (*user, assistant))),
        st.lists(message("system", plain_texts | guarded), max_size=1),
        st.lists(st.tuples(user_turns, assistant_messages), min_size=1, max_size=3),
    )
    .filter(has_unique_documents)
    .filter(lambda messages: not ends_in_white_space(messages))
)
schemas = json_objects.map(lambda rest: {"type": "object", **{k: v for k, v in rest.items() if k != "type"}})
tools = st.builds(
    Tool,
    names,
    description=maybe(words),
    parameters=schemas,
    strict=maybe(st.booleans()),
    cache=maybe(cache_hints),
)
own_fields = st.fixed_dictionaries(
    {},
    optional={
        "guardrailConfig": st.just({"guardrailIdentifier": "abc", "guardrailVersion": "1"}),
        "additionalModelRequestFields": st.just({"anthropic_beta": ["x"]}),
        "additionalModelResponseFieldPaths": st.just(["/stop_sequence"]),
        "performanceConfig": st.just({"latency": "optimized"}),
        "tools": st.just([{"systemTool": {"name": "nova_grounding"}}]),
    },
)
efforts = st.sampled_from(["low", "medium", "high", "xhigh", "max"])


@st.composite
def requests(draw) -> ChatRequest:
    own = draw(own_fields)
    messages = draw(conversations)
    declared = tuple(draw(st.lists(tools, min_size=1, max_size=2)))
    budget = draw(maybe(st.integers(1024, 20000)))
    reasoning = draw(
        st.none()
        | st.builds(ReasoningOptions, effort=efforts, effort_of_answer=st.just(True))
        | st.builds(ReasoningOptions, enabled=st.just(False), effort=maybe(efforts))
        | st.builds(
            ReasoningOptions,
            enabled=st.just(True),
            effort=maybe(efforts),
            budget_tokens=st.just(budget),
            include=maybe(st.booleans()),
        )
    )
    return ChatRequest(
        model="",
        messages=messages,
        tools=declared,
        tool_choice=draw(st.sampled_from([None, ToolChoice(), ToolChoice("required"), ToolChoice("required", ("f",))])),
        sampling=Sampling(
            max_tokens=draw(maybe(st.integers(1, 20000).map(lambda most: most + (budget or 0)))),
            temperature=draw(maybe(st.floats(0, 1))),
            top_p=draw(maybe(st.floats(0, 1))),
            top_k=draw(maybe(st.integers(0, 500))),
            stop=tuple(draw(st.lists(words, max_size=2))),
        ),
        response_format=draw(
            maybe(
                st.builds(
                    ResponseFormat,
                    st.just("json_schema"),
                    name=maybe(names),
                    description=maybe(words),
                    schema=schemas,
                )
            )
        ),
        reasoning=reasoning,
        service_tier=draw(st.sampled_from([None, "priority", "default", "flex", "reserved"])),
        metadata=draw(maybe(st.dictionaries(names, names, min_size=1, max_size=2))),
        extra={NAME: own} if own else {},
    )


@st.composite
def usages(draw) -> Usage:
    cached, written = draw(counts), draw(counts)
    return Usage(
        input=draw(st.integers(1, 10**6)) + cached + written,
        output=draw(counts),
        cached=cached,
        cache_write=written,
        cache_write_1h=draw(st.integers(0, written)),
    )


stops = st.sampled_from(["stop", "length", "tool_calls", "content_filter", "stop_sequence", "error"])
server_calls = st.builds(
    lambda identity, query: Opaque(
        NAME, {"toolUse": {"toolUseId": identity, "name": "g", "type": "server_tool_use", "input": {"q": query}}}
    ),
    names,
    words,
)
server_results = st.builds(
    lambda identity, text: Opaque(
        NAME, {"toolResult": {"toolUseId": identity, "type": "g", "status": "success", "content": [{"text": text}]}}
    ),
    names,
    words,
)
answer_parts = st.one_of(
    st.builds(Text, st.text(max_size=12)),
    cited_texts,
    st.builds(Reasoning, st.text(max_size=12)),
    signed,
    sealed,
    st.builds(ToolCall, names, names, arguments),
    st.builds(Image, media(IMAGES)),
    server_calls,
    server_results,
)
response_extras = st.sampled_from(
    [
        {},
        {NAME: {"trace": {"guardrail": {"actionReason": "x"}}}},
        {NAME: {"additionalModelResponseFields": {"a": 1}}},
    ]
)
responses = st.builds(
    lambda parts, stop, sequence, usage, tier, extra: ChatResponse(
        id="",
        model="",
        choices=(Choice(tuple(parts), stop, sequence if stop == "stop_sequence" else None),),
        usage=usage,
        service_tier=tier,
        extra=extra,
    ),
    st.lists(answer_parts, max_size=4),
    stops,
    maybe(words),
    maybe(usages()),
    maybe(st.sampled_from(["priority", "default"])),
    response_extras,
)


def pieces(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted({cut % len(text) for cut in cuts} - {0}), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@st.composite
def streams(draw) -> list[ChatEvent]:
    events: list[ChatEvent] = [Start()]
    called = 0
    kinds = st.sampled_from(["text", "thinking", "sealed", "call", "server"])
    for part, kind in enumerate(draw(st.lists(kinds, max_size=5))):
        if kind == "text":
            deltas = st.builds(TextDelta, words, part=st.just(part)) | st.builds(
                CitationDelta, citations, part=st.just(part)
            )
            events += draw(st.lists(deltas, min_size=1, max_size=4))
        elif kind == "thinking":
            events += [ReasoningDelta(text, part=part) for text in draw(st.lists(words, min_size=1, max_size=3))]
            if draw(st.booleans()):
                events.append(ReasoningDelta(signature=draw(names), part=part, format=SIGNED))
        elif kind == "sealed":
            events.append(ReasoningDelta(redacted=draw(base64_data), part=part, format=SEALED))
        elif kind == "call":
            events.append(ToolCallStart(called, draw(names), draw(names)))
            cuts = draw(st.lists(counts, max_size=3))
            events += [ToolCallDelta(called, piece) for piece in pieces(draw(arguments), cuts)]
            called += 1
        else:
            opaque = draw(server_calls | server_results)
            events.append(OpaqueDelta(opaque.dialect, opaque.value))
    reason = draw(stops)
    extra = (
        {NAME: {"stopReason": "model_context_window_exceeded"}} if reason == "length" and draw(st.booleans()) else {}
    )
    events.append(Stop(reason, draw(maybe(words)) if reason == "stop_sequence" else None, extra=extra))
    return [*events, UsageReport(draw(usages())), End()]
