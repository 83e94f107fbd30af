"""What the OpenAI chat wire can express, in the form in which it is read back."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from tests.strategies import chat

from trunkline.core.chat import (
    Audio,
    ChatRequest,
    ChatResponse,
    Choice,
    Image,
    Media,
    Message,
    Opaque,
    Part,
    Reasoning,
    ReasoningOptions,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)

maybe = chat.maybe

_marked = st.builds(
    Reasoning,
    chat.texts(),
    signature=chat.base64_data,
    summary=st.booleans(),
    format=maybe(st.sampled_from(["anthropic-claude-v1", "openai-responses-v1"])),
)
_sealed = st.builds(Reasoning, redacted=chat.base64_data, format=maybe(st.just("google-gemini-v1")))


@st.composite
def thoughts(draw: st.DrawFn) -> list[Part]:
    """Nothing, one plain thought, or several of which ids, if they have any, differ."""
    plain = draw(maybe(st.builds(Reasoning, chat.texts())))
    if plain is not None:
        return [plain]
    marked = draw(st.lists(_marked | _sealed, max_size=3))
    names = draw(
        st.lists(maybe(chat.names), min_size=len(marked), max_size=len(marked), unique_by=lambda name: name or object())
    )
    return [msgspec.structs.replace(thought, id=name) for thought, name in zip(marked, names, strict=True)]


_calls = st.builds(
    ToolCall, id=chat.names, name=chat.names, arguments=chat.arguments, signature=maybe(chat.base64_data)
)
_custom_calls = st.builds(
    lambda name, text: Opaque("openai_chat", {"id": name, "type": "custom", "custom": {"name": name, "input": text}}),
    chat.names,
    chat.texts(),
)
_pictures = st.builds(Image, chat.inline_images | chat.linked_media)


@st.composite
def turns(draw: st.DrawFn) -> Message:
    """An assistant's turn."""
    texts = draw(st.lists(chat.cached_texts, max_size=2))
    if texts and draw(st.booleans()):
        texts[-1] = msgspec.structs.replace(texts[-1], signature=draw(chat.base64_data))
    spoken = draw(maybe(chat.names))
    parts: list[Part] = [
        *draw(thoughts()),
        *texts,
        *draw(st.lists(chat.refusals, max_size=1)),
        *draw(st.lists(_pictures, max_size=1)),
        *([] if spoken is None else [Audio(Media(file_id=spoken), id=spoken)]),
        *draw(st.lists(_calls, max_size=2)),
        *draw(st.lists(_custom_calls, max_size=1)),
    ]
    return Message("assistant", tuple(parts), draw(maybe(chat.names)))


_opaque = st.builds(lambda url: Opaque("openai_chat", {"type": "video_url", "video_url": {"url": url}}), chat.urls)
_linked_files = chat.documents
_user = st.builds(
    Message,
    st.just("user"),
    st.lists(chat.cached_texts | chat.images | chat.sounds | _linked_files | _opaque, max_size=4).map(tuple),
    maybe(chat.names),
)
_system = st.builds(Message, st.just("system"), st.lists(chat.cached_texts, max_size=2).map(tuple), maybe(chat.names))
_results = st.builds(
    lambda result: Message("tool", (result,)),
    st.builds(
        ToolResult,
        call_id=chat.names,
        parts=st.lists(chat.cached_texts, max_size=2).map(tuple),
        name=maybe(chat.names),
    ),
)

_tools = st.builds(lambda tool, cache: msgspec.structs.replace(tool, cache=cache), chat.tools, maybe(chat.cache_hints))

_choices = chat.tool_choices | st.builds(
    ToolChoice, st.sampled_from(["auto", "required"]), st.lists(chat.names, min_size=2, max_size=3).map(tuple)
)

_reasoning = st.builds(
    ReasoningOptions,
    enabled=maybe(st.booleans()),
    effort=maybe(st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
    summary=maybe(st.sampled_from(["auto", "concise", "detailed"])),
    include=maybe(st.booleans()),
) | st.builds(ReasoningOptions, enabled=maybe(st.booleans()), budget_tokens=st.integers(0, 32_000))

_extra = st.fixed_dictionaries(
    {},
    optional={
        "verbosity": st.sampled_from(["low", "high"]),
        "prompt_cache_key": chat.names,
        "web_search_options": st.just({"search_context_size": "low"}),
        "prediction": st.just({"type": "content", "content": "so it goes"}),
        "tools": st.just([{"type": "custom", "custom": {"name": "grep"}}]),
        "provider": chat.json_objects,
    },
)


@st.composite
def requests(draw: st.DrawFn) -> ChatRequest:
    """A whole request."""
    stream = draw(st.booleans())
    extra = draw(_extra)
    tools = draw(st.lists(_tools, max_size=3).map(tuple))
    reasoning = draw(maybe(_reasoning))
    return ChatRequest(
        model=draw(chat.models),
        messages=tuple(draw(st.lists(_system | _user | turns() | _results, min_size=1, max_size=5))),
        tools=tools,
        tool_choice=draw(maybe(_choices)) if tools else None,
        parallel_tools=draw(maybe(st.booleans())) if tools else None,
        sampling=draw(chat.samplings),
        response_format=draw(maybe(chat.response_formats)),
        reasoning=None if reasoning == ReasoningOptions() else reasoning,
        modalities=draw(st.sampled_from([(), ("text",), ("image", "text")])),
        audio=draw(maybe(chat.audio_options)),
        stream=stream,
        stream_usage=stream and draw(st.booleans()),
        user=draw(maybe(chat.texts())),
        service_tier=draw(maybe(st.sampled_from(["auto", "flex"]))),
        metadata=draw(maybe(st.dictionaries(chat.texts(), chat.texts(), max_size=2))),
        store=draw(maybe(st.booleans())),
        extra={"openai_chat": extra} if extra else {},
    )


@st.composite
def choices(draw: st.DrawFn, index: int) -> Choice:
    """One answer of a whole response."""
    spoken = st.builds(
        Audio,
        st.builds(Media, data=chat.base64_data),
        id=chat.names,
        transcript=chat.texts(),
        expires_at=st.integers(1, 2**31),
    )
    text = draw(
        maybe(
            st.builds(
                Text,
                chat.texts(),
                citations=st.lists(chat.citations, max_size=2).map(tuple),
                signature=maybe(chat.base64_data),
            )
        )
    )
    calls = draw(st.lists(_calls, max_size=2))
    refusal = draw(st.lists(chat.refusals, max_size=1))
    parts: list[Part] = [
        *draw(thoughts()),
        *([] if text is None else [text]),
        *refusal,
        *draw(st.lists(_pictures, max_size=2)),
        *draw(st.lists(spoken, max_size=1)),
        *calls,
    ]
    if calls:
        stop = "tool_calls"
    elif refusal:
        stop = "refusal"
    else:
        stop = draw(st.sampled_from(["stop", "length", "content_filter"]))
    return Choice(tuple(parts), stop, index=index, logprobs=draw(maybe(st.lists(chat.logprobs, max_size=2).map(tuple))))


@st.composite
def responses(draw: st.DrawFn) -> ChatResponse:
    """A whole answer; its usage is known, as the wire tells zeros otherwise."""
    return ChatResponse(
        id=draw(chat.names),
        model=draw(chat.models),
        choices=tuple(draw(choices(index)) for index in range(draw(st.integers(1, 2)))),
        created=draw(st.integers(0, 2**40)),
        usage=draw(chat.usages),
        service_tier=draw(maybe(st.just("default"))),
    )


def _deltas(choice: int) -> st.SearchStrategy[ChatEvent]:
    of = st.just(choice)
    return st.one_of(
        st.builds(
            TextDelta,
            chat.texts(),
            choice=of,
            logprobs=maybe(st.lists(chat.logprobs, min_size=1, max_size=2).map(tuple)),
            signature=maybe(chat.base64_data),
        ),
        st.builds(
            ReasoningDelta,
            chat.texts(),
            signature=maybe(chat.base64_data),
            choice=of,
            part=st.integers(0, 2),
            summary=st.booleans(),
            id=maybe(chat.names),
            format=maybe(chat.names),
        ),
        st.builds(ReasoningDelta, signature=chat.base64_data, choice=of),
        st.builds(ReasoningDelta, redacted=chat.base64_data, choice=of, part=st.integers(0, 2)),
        st.builds(RefusalDelta, chat.texts(), choice=of),
        st.builds(ImageDelta, chat.inline_images | chat.linked_media, choice=of),
        st.builds(
            AudioDelta,
            data=st.just("") | chat.base64_data,
            transcript=st.just("") | chat.texts(),
            id=maybe(chat.names),
            expires_at=maybe(st.integers(1, 2**31)),
            choice=of,
        ),
        st.builds(CitationDelta, chat.citations, choice=of),
    )


def _count_thoughts(said: list[ChatEvent]) -> list[ChatEvent]:
    """Thoughts counted from 0, as they are on the wire: SDKs take a gap amiss."""
    places: dict[int, int] = {}
    return [
        msgspec.structs.replace(event, part=places.setdefault(event.part, len(places)))
        if isinstance(event, ReasoningDelta)
        else event
        for event in said
    ]


@st.composite
def streams(draw: st.DrawFn) -> list[ChatEvent]:
    """A whole stream that ends well."""
    events: list[ChatEvent] = [
        Start(
            draw(chat.names), draw(chat.models), draw(st.integers(0, 2**40)), service_tier=draw(maybe(st.just("flex")))
        )
    ]
    stops: list[ChatEvent] = []
    for choice in range(draw(st.integers(1, 2))):
        said = _count_thoughts(draw(st.lists(_deltas(choice), max_size=5)))
        asked: list[ChatEvent] = []
        for index in range(draw(st.integers(0, 2))):
            asked.append(
                ToolCallStart(index, draw(chat.names), draw(chat.names), choice, draw(maybe(chat.base64_data)))
            )
            asked.extend(
                # White space before arguments is nothing.
                ToolCallDelta(index, text.lstrip() or "{}", choice)
                for text in draw(st.lists(chat.texts(), min_size=1, max_size=3))
            )
        # A new id under a taken index begins a new call, so one call's id must not stand for another's.
        events += said + asked
        if asked:
            reason = "tool_calls"
        elif any(isinstance(event, RefusalDelta) for event in said):
            reason = "refusal"
        else:
            reason = draw(st.sampled_from(["stop", "length", "content_filter"]))
        stops.append(Stop(reason, choice=choice))
    usage = draw(maybe(chat.usages))
    return [*events, *stops, *([] if usage is None else [UsageReport(usage)]), End()]
