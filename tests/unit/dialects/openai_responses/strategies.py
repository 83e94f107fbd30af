"""What the responses wire can express, in the form in which it is read back."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from tests.strategies import chat

from trunkline.core.chat import (
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
    Part,
    Reasoning,
    ReasoningOptions,
    Refusal,
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
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)

NAME = "openai_responses"
OURS = "openai-responses-v1"

maybe = chat.maybe

item_ids = st.integers(0, 2**64).map(lambda number: f"{number:016x}")

file_citations = st.builds(
    lambda file, name: Citation(
        title=name, extra={NAME: {"type": "file_citation", "file_id": file, "filename": name, "index": 3}}
    ),
    chat.names,
    chat.texts(),
)
citations = st.lists(chat.citations | file_citations, max_size=2).map(tuple)


@st.composite
def thoughts(draw: st.DrawFn, formats: list[str], *, bare: bool) -> list[Part]:
    """The thoughts of one item."""
    identity = f"rs_{draw(item_ids)}"
    summaries = draw(st.lists(chat.texts(), max_size=2))
    contents = draw(st.lists(chat.texts(), max_size=1))
    found = [Reasoning(text, id=identity, summary=True) for text in summaries]
    found += [Reasoning(text, id=identity) for text in contents]
    if draw(st.booleans()) or not (found or bare):
        seal, form = draw(chat.base64_data), draw(st.sampled_from(formats))
        if found:
            if form != OURS:  # who signs thoughts shows them, and no summary
                found = [msgspec.structs.replace(thought, summary=False) for thought in found]
            found[-1] = msgspec.structs.replace(found[-1], signature=seal, format=form)
        else:
            found.append(Reasoning(redacted=seal, id=identity, format=form))
    return [*found] if found else [Reasoning(id=identity)]


def _identity(group: list[Part]) -> object:
    """What no two items of an answer have in common."""
    return getattr(group[0], "id", None) or object()


def opaque_items() -> st.SearchStrategy[Opaque]:
    return st.builds(
        lambda name, query: Opaque(
            NAME,
            {
                "id": f"ws_{name}",
                "type": "web_search_call",
                "status": "completed",
                "action": {"type": "search", "query": query, "queries": [query]},
            },
        ),
        item_ids,
        chat.texts(),
    )


def pictures() -> st.SearchStrategy[Image]:
    return st.builds(
        lambda name, media: Image(msgspec.structs.replace(media, extra={NAME: {"id": f"ig_{name}"}})),
        item_ids,
        chat.inline_images,
    )


_calls = st.builds(ToolCall, id=chat.names, name=chat.names, arguments=chat.arguments)
_signed_calls = st.builds(
    ToolCall, id=chat.names, name=chat.names, arguments=chat.arguments, signature=maybe(chat.base64_data)
)


@st.composite
def turns(draw: st.DrawFn) -> Message:
    """An assistant's turn."""
    said = st.builds(Text, chat.texts(), citations=citations) | chat.refusals
    groups = st.one_of(
        thoughts([OURS], bare=True),
        st.lists(said, min_size=1, max_size=2),
        _calls.map(lambda call: [call]),
        opaque_items().map(lambda item: [item]),
        pictures().map(lambda image: [image]),
    )
    drawn = draw(st.lists(groups, min_size=1, max_size=4, unique_by=_identity))
    return Message("assistant", tuple(part for group in drawn for part in group))


_images = st.builds(
    Image,
    chat.inline_images | chat.linked_pictures | chat.file_media,
    detail=maybe(st.sampled_from(["auto", "low", "high", "original"])),
)
_documents = st.builds(
    File, st.builds(Media, data=chat.base64_data, media_type=st.just("application/pdf")), name=chat.texts()
) | st.builds(File, chat.linked_media | chat.file_media, name=maybe(chat.texts()))

_answers = st.builds(
    lambda name, text: Opaque(NAME, {"type": "custom_tool_call_output", "call_id": name, "output": text}),
    chat.names,
    chat.texts(),
)
_user = st.builds(
    Message,
    st.just("user"),
    st.lists(chat.plain_texts | _images | chat.sounds | _documents, max_size=4).map(tuple),
) | _answers.map(lambda item: Message("user", (item,)))
_system = st.builds(Message, st.just("system"), st.lists(chat.plain_texts, max_size=2).map(tuple))
_results = st.builds(
    lambda result: Message("tool", (result,)),
    st.builds(
        ToolResult,
        call_id=chat.names,
        parts=st.lists(chat.plain_texts | _images | _documents, max_size=2).map(tuple),
    ),
)

_tools = st.builds(
    Tool,
    name=chat.names,
    description=maybe(chat.texts()),
    parameters=maybe(st.just({"type": "object", "properties": {"city": {"type": "string"}}})),
    strict=st.booleans(),
    extra=st.just({}) | st.just({NAME: {"defer_loading": True}}),
)
_choices = chat.tool_choices | st.builds(
    ToolChoice, st.sampled_from(["auto", "required"]), st.lists(chat.names, min_size=2, max_size=3).map(tuple)
)
_formats = st.builds(ResponseFormat, st.sampled_from(["text", "json"])) | st.builds(
    ResponseFormat,
    st.just("json_schema"),
    name=chat.names,
    description=maybe(chat.texts()),
    schema=st.just({"type": "object", "properties": {}}),
    strict=maybe(st.booleans()),
)
_reasoning = st.builds(
    ReasoningOptions,
    effort=maybe(st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
    summary=maybe(st.sampled_from(["auto", "concise", "detailed"])),
).map(lambda options: None if options == ReasoningOptions() else options)
_samplings = st.builds(
    Sampling,
    max_tokens=maybe(st.integers(16, 128_000)),
    temperature=maybe(chat.numbers),
    top_p=maybe(chat.numbers),
    logprobs=st.none() | st.just(True),
    top_logprobs=maybe(st.integers(0, 20)),
)
_extra = st.fixed_dictionaries(
    {},
    optional={
        "previous_response_id": item_ids.map(lambda name: f"resp_{name}"),
        "conversation": st.just({"id": "conv_1"}),
        "prompt_cache_key": chat.names,
        "truncation": st.just("auto"),
        "max_tool_calls": st.integers(1, 9),
        "include": st.just(["file_search_call.results"]),
        "text": st.just({"verbosity": "low"}),
        "reasoning": st.just({"context": "all_turns"}),
        "tools": st.just([{"type": "web_search"}]),
        "background": st.just(False),
    },
)


def _apart(messages: list[Message]) -> tuple[Message, ...]:
    """Turns of the assistant that follow each other are one on this wire."""
    apart: list[Message] = []
    for message in messages:
        if not (apart and message.role == apart[-1].role == "assistant"):
            apart.append(message)
    return tuple(apart)


@st.composite
def requests(draw: st.DrawFn) -> ChatRequest:
    """A whole request."""
    stream = draw(st.booleans())
    extra = draw(_extra)
    tools = draw(st.lists(_tools, max_size=2).map(tuple))
    return ChatRequest(
        model=draw(chat.models),
        messages=_apart(draw(st.lists(_system | _user | turns() | _results, min_size=1, max_size=5))),
        tools=tools,
        tool_choice=draw(maybe(_choices)) if tools else None,
        parallel_tools=draw(maybe(st.booleans())) if tools else None,
        sampling=draw(_samplings),
        response_format=draw(maybe(_formats)),
        reasoning=draw(maybe(_reasoning)),
        stream=stream,
        stream_usage=stream,
        user=draw(maybe(chat.texts())),
        service_tier=draw(maybe(st.sampled_from(["auto", "flex"]))),
        metadata=draw(maybe(st.dictionaries(chat.texts(), chat.texts(), max_size=2))),
        store=draw(maybe(st.booleans())),
        extra={NAME: extra} if extra else {},
    )


_rivals = st.builds(LogProb, token=chat.texts(6), logprob=chat.finite, bytes=st.just((104, 105)))
_logprobs = st.lists(
    st.builds(
        LogProb,
        token=chat.texts(6),
        logprob=chat.finite,
        bytes=st.lists(st.integers(0, 255), max_size=4).map(tuple),
        top=st.lists(_rivals, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=2,
).map(tuple)

usages = st.builds(
    Usage,
    input=chat.counts,
    output=chat.counts,
    cached=chat.counts,
    cache_write=chat.counts,
    reasoning=chat.counts,
    audio_input=chat.counts,
    audio_output=chat.counts,
    image_input=chat.counts,
    searches=st.integers(0, 9),
    cost_nanos=maybe(st.integers(0, 10**12)),
)


@st.composite
def responses(draw: st.DrawFn) -> ChatResponse:
    """A whole answer."""
    said = (
        st.builds(Text, chat.texts(), citations=citations, signature=maybe(chat.base64_data)).map(lambda part: [part])
        | chat.refusals.map(lambda part: [part])
        | thoughts([OURS, "anthropic-claude-v1"], bare=False)
        | _signed_calls.map(lambda part: [part])
        | opaque_items().map(lambda part: [part])
        | pictures().map(lambda part: [part])
    )
    parts = tuple(part for group in draw(st.lists(said, max_size=5, unique_by=_identity)) for part in group)
    if any(isinstance(part, ToolCall) for part in parts):
        stop = "tool_calls"
    elif any(isinstance(part, Refusal) for part in parts):
        stop = "refusal"
    else:
        stop = "stop"
    spoken = any(isinstance(part, Text) for part in parts)
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "temperature": st.just(0.5),
                "tool_choice": st.just("none"),
                "metadata": st.just({"a": "b"}),
                "truncation": st.just("auto"),
            },
        )
    )
    return ChatResponse(
        id=f"resp_{draw(item_ids)}",
        model=draw(chat.models),
        choices=(
            Choice(
                parts,
                draw(st.sampled_from([stop, "length", "content_filter"])),
                logprobs=draw(maybe(_logprobs)) if spoken else None,
            ),
        ),
        created=draw(st.integers(0, 2**40)),
        usage=draw(maybe(usages)),
        service_tier=draw(maybe(st.just("default"))),
        extra={NAME: extra} if extra else {},
    )


@st.composite
def _thinking(draw: st.DrawFn, part: int) -> list[ChatEvent]:
    """The deltas of one reasoning item, of which the parts are numbered from ``part``."""
    identity = f"rs_{part:016x}"
    shapes = [True] * draw(st.integers(0, 2)) + [False] * draw(st.integers(0, 1))
    events: list[ChatEvent] = [
        ReasoningDelta(text, part=part + place, summary=summary, id=identity)
        for place, summary in enumerate(shapes)
        for text in draw(st.lists(chat.texts(), min_size=1, max_size=2))
    ]
    if not shapes:
        return [ReasoningDelta(redacted=draw(chat.base64_data), part=part, id=identity, format=OURS)]
    if draw(st.booleans()):
        last = part + len(shapes) - 1
        form = draw(st.sampled_from([OURS, "anthropic-claude-v1"]))
        events.append(
            ReasoningDelta("", draw(chat.base64_data), part=last, summary=shapes[-1], id=identity, format=form)
        )
    return events


@st.composite
def streams(draw: st.DrawFn) -> list[ChatEvent]:
    """A whole stream that ends well. Parts are numbered in the order in which they begin."""
    events: list[ChatEvent] = [
        Start(
            f"resp_{draw(item_ids)}",
            draw(chat.models),
            draw(st.integers(0, 2**40)),
            service_tier=draw(maybe(st.just("flex"))),
        )
    ]
    texts = parts = calls = 0
    refused = False
    for kind in draw(st.lists(st.sampled_from(["text", "refusal", "thought", "call", "image", "opaque"]), max_size=5)):
        match kind:
            case "text":
                said = draw(st.lists(st.tuples(chat.texts(), maybe(_logprobs)), min_size=1, max_size=3))
                events += [TextDelta(text, logprobs=logprobs, part=texts) for text, logprobs in said]
                events += [CitationDelta(citation, part=texts) for citation in draw(citations)]
                texts += 1
            case "refusal":
                refused = True
                events += [RefusalDelta(text) for text in draw(st.lists(chat.texts(), min_size=1, max_size=2))]
            case "thought":
                more = draw(_thinking(parts))
                parts += len({event.part for event in more if isinstance(event, ReasoningDelta)})
                events += more
            case "call":
                events.append(
                    ToolCallStart(
                        calls,
                        f"{draw(chat.names)}{calls}",
                        draw(chat.names),
                        signature=draw(maybe(chat.base64_data)),
                    )
                )
                arguments = draw(chat.arguments)
                cut = draw(st.integers(1, len(arguments)))
                events += [ToolCallDelta(calls, text) for text in (arguments[:cut], arguments[cut:]) if text]
                calls += 1
            case "image":
                media = draw(chat.inline_images)
                events.append(ImageDelta(msgspec.structs.replace(media, extra={NAME: {"id": f"ig_{len(events)}"}})))
            case _:
                search = {"id": f"ws_{len(events)}", "type": "web_search_call", "status": "completed"}
                events.append(OpaqueDelta(NAME, {**search, "action": {"type": "open_page", "url": draw(chat.urls)}}))
    if calls:
        reason = "tool_calls"
    elif refused:
        reason = "refusal"
    else:
        reason = "stop"
    events.append(Stop(draw(st.sampled_from([reason, "length", "content_filter"]))))
    usage = draw(maybe(usages))
    return [*events, *([] if usage is None else [UsageReport(usage)]), End()]
