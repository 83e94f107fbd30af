"""What this dialect can express whole: the values for which reading what was written gives them back."""

from __future__ import annotations

import base64
from itertools import pairwise

import msgspec
from hypothesis import strategies as st

from trunkline.core.chat import (
    CacheHint,
    ChatRequest,
    ChatResponse,
    Choice,
    Citation,
    File,
    Image,
    Media,
    Message,
    Opaque,
    Part,
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
from trunkline.dialects.anthropic_messages.usage import merge_usage

NAME = "anthropic_messages"
OURS = "anthropic-claude-v1"

words = st.text(min_size=1, max_size=12)
said = words.map(str.strip).filter(bool)
"""What a turn may say: the vendor refuses white space alone, and white space at the end of the last turn."""
identifiers = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789_-", min_size=1, max_size=12)
signatures = identifiers
counts = st.integers(0, 10**6)


def maybe(strategy):
    return st.none() | strategy


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(words, json_values, max_size=3)
argument_texts = json_objects.map(lambda value: msgspec.json.encode(value).decode())
caches = maybe(st.builds(CacheHint, ttl=st.sampled_from([None, "5m", "1h"])))

citations = st.one_of(
    st.builds(
        lambda quote, title, index, start: Citation(
            quote=quote,
            title=title,
            extra={
                "type": "char_location",
                "document_index": index,
                "start_char_index": start,
                "end_char_index": start + 9,
            },
        ),
        words,
        maybe(words),
        counts,
        counts,
    ),
    st.builds(
        lambda quote, title, sealed: Citation(
            url="https://example.com/",
            quote=quote,
            title=title,
            extra={"type": "web_search_result_location", "encrypted_index": sealed},
        ),
        words,
        maybe(words),
        identifiers,
    ),
)
citation_lists = st.lists(citations, max_size=2).map(tuple)

references = st.builds(lambda name: Media(url=f"https://example.com/{name}"), identifiers) | st.builds(
    lambda name: Media(file_id=name), identifiers
)
encoded = st.binary(max_size=12).map(lambda data: base64.b64encode(data).decode())
image_media = references | st.builds(
    Media, data=encoded, media_type=st.sampled_from(["image/png", "image/jpeg", "image/gif", "image/webp"])
)
file_media = (
    references
    | st.builds(Media, data=encoded, media_type=st.just("application/pdf"))
    | st.builds(
        lambda text: Media(data=base64.b64encode(text.encode()).decode(), media_type="text/plain"), st.text(max_size=12)
    )
)

texts = st.builds(Text, said, cache=caches)
cited_texts = st.builds(Text, said, citations=citation_lists)
images = st.builds(Image, image_media, cache=caches)
files = st.builds(File, file_media, title=maybe(words), context=maybe(words), citations=st.booleans(), cache=caches)
search_results = st.builds(
    lambda source, text: Opaque(
        NAME,
        {"type": "search_result", "source": source, "title": "T", "content": [{"type": "text", "text": text}]},
    ),
    words,
    words,
)
server_calls = st.builds(
    lambda identity, query: Opaque(
        NAME, {"type": "server_tool_use", "id": identity, "name": "web_search", "input": {"query": query}}
    ),
    identifiers,
    words,
)
server_results = st.builds(
    lambda identity, title: Opaque(
        NAME,
        {
            "type": "web_search_tool_result",
            "tool_use_id": identity,
            "content": [
                {
                    "type": "web_search_result",
                    "url": "https://example.com/",
                    "title": title,
                    "encrypted_content": "x",
                    "page_age": None,
                }
            ],
        },
    ),
    identifiers,
    words,
)
thoughts = st.builds(Reasoning, st.text(max_size=12), signature=signatures, format=st.just(OURS)) | st.builds(
    Reasoning, redacted=identifiers, format=st.just(OURS)
)
formats = st.sampled_from([(OURS, None), ("google-gemini-v1", None), ("openai-responses-v1", "rs_1")])
shown_thoughts = st.one_of(
    st.builds(Reasoning, st.text(max_size=12)),
    st.builds(
        lambda text, seal, form: Reasoning(text, signature=seal, format=form[0], id=form[1]),
        st.text(max_size=12),
        signatures,
        formats,
    ),
    st.builds(lambda seal, form: Reasoning(redacted=seal, format=form[0], id=form[1]), signatures, formats),
)
"""What an answer may hold: thoughts of any vendor, signed or not."""
calls = st.builds(ToolCall, identifiers, identifiers, argument_texts, cache=caches)
results = st.builds(
    ToolResult,
    identifiers,
    st.lists(texts | images | files, max_size=3).map(tuple),
    is_error=st.booleans(),
    cache=caches,
)


def message(role, parts, most=3):
    return st.builds(Message, st.just(role), st.lists(parts, min_size=1, max_size=most).map(tuple))


user_messages = message("user", texts | images | files | search_results)
tool_messages = message("tool", results)
assistant_messages = message("assistant", cited_texts | texts | thoughts | calls | server_calls | server_results)
user_turns = st.one_of(
    user_messages.map(lambda one: [one]),
    tool_messages.map(lambda one: [one]),
    st.tuples(tool_messages, user_messages).map(list),
)
conversations = st.builds(
    lambda system, pairs: (*system, *(one for user, assistant in pairs for one in (*user, assistant))),
    st.lists(message("system", texts), max_size=1),
    st.lists(st.tuples(user_turns, assistant_messages), min_size=1, max_size=3),
)

schemas = json_objects.map(lambda rest: {"type": "object", **{k: v for k, v in rest.items() if k != "type"}})
tools = st.builds(
    Tool,
    identifiers,
    description=maybe(words),
    parameters=schemas,
    strict=maybe(st.booleans()),
    cache=caches,
    extra=st.sampled_from([{}, {NAME: {"defer_loading": True}}]),
)
own_fields = st.fixed_dictionaries(
    {},
    optional={
        "container": words,
        "tools": st.just([{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}]),
        "output_config": st.just({"task_budget": {"type": "tokens", "total": 20000}}),
        "metadata": st.just({"tenant": "t"}),
        "something_new": st.lists(words, min_size=1, max_size=2),
    },
)
efforts = st.sampled_from(["low", "medium", "high", "xhigh", "max"])


@st.composite
def requests(draw) -> ChatRequest:
    tool_list = tuple(draw(st.lists(tools, max_size=2)))
    own = draw(own_fields)
    reasoning = draw(
        st.none()
        | st.builds(ReasoningOptions, effort=efforts, effort_of_answer=st.just(True))
        | st.builds(ReasoningOptions, enabled=st.just(False), effort=maybe(efforts))
        | st.builds(
            ReasoningOptions,
            enabled=st.just(True),
            effort=maybe(efforts),
            budget_tokens=maybe(st.integers(1024, 20000)),
            include=maybe(st.booleans()),
        )
    )
    thinks = reasoning is not None and reasoning.enabled is True
    budget = (reasoning.budget_tokens or 0) if reasoning else 0
    choice, parallel = None, None
    if tool_list or own.get("tools"):
        choice = draw(
            st.sampled_from(
                [None, ToolChoice(), ToolChoice("none"), ToolChoice("required"), ToolChoice("required", ("f",))]
            )
        )
        if choice is not None and choice.mode != "none":
            parallel = draw(maybe(st.booleans()))
    stream = draw(st.booleans())
    return ChatRequest(
        model=draw(identifiers),
        messages=draw(conversations),
        tools=tool_list,
        tool_choice=choice,
        parallel_tools=parallel,
        sampling=Sampling(
            max_tokens=budget + draw(st.integers(1, 20000)),
            temperature=draw(maybe(st.just(1.0) if thinks else st.floats(0, 1))),
            top_p=draw(maybe(st.floats(0.95 if thinks else 0, 1))),
            top_k=None if thinks else draw(maybe(st.integers(0, 500))),
            stop=tuple(draw(st.lists(words.filter(lambda word: bool(word.strip())), max_size=2))),
        ),
        response_format=draw(maybe(st.builds(ResponseFormat, st.just("json_schema"), schema=schemas))),
        reasoning=reasoning,
        stream=stream,
        stream_usage=stream,
        user=draw(maybe(words)),
        service_tier=draw(st.sampled_from([None, "auto", "standard_only"])),
        extra={NAME: own} if own else {},
    )


@st.composite
def usages(draw) -> Usage:
    cached, written = draw(counts), draw(counts)
    output = draw(counts)
    return Usage(
        input=draw(st.integers(1, 10**6)) + cached + written,
        output=output,
        cached=cached,
        cache_write=written,
        cache_write_1h=draw(st.integers(0, written)),
        reasoning=draw(st.integers(0, output)),
        searches=draw(st.integers(0, 9)),
    )


stops = st.sampled_from(["stop", "length", "tool_calls", "pause", "refusal", "stop_sequence"])
answer_parts: st.SearchStrategy[Part] = st.one_of(
    st.builds(Text, st.text(max_size=12), citations=citation_lists),
    shown_thoughts,
    st.builds(ToolCall, identifiers, identifiers, argument_texts),
    server_calls,
    server_results,
)
responses = st.builds(
    lambda identity, model, parts, stop, sequence, usage, tier: ChatResponse(
        id=identity,
        model=model,
        choices=(Choice(tuple(parts), stop, sequence if stop == "stop_sequence" else None),),
        usage=usage,
        service_tier=tier,
    ),
    identifiers,
    identifiers,
    st.lists(answer_parts, max_size=4),
    stops,
    words,
    maybe(usages()),
    st.sampled_from([None, "standard", "priority"]),
)


def pieces(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted({cut % len(text) for cut in cuts} - {0}), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@st.composite
def streams(draw) -> list[ChatEvent]:
    before = draw(maybe(usages()))
    events: list[ChatEvent] = [
        Start(
            draw(identifiers),
            draw(identifiers),
            usage=before,
            service_tier=draw(maybe(st.just("standard"))),
            extra=draw(st.sampled_from([{}, {NAME: {"container": {"id": "c", "expires_at": "2026-01-01T00:00:00Z"}}}])),
        )
    ]
    called = 0
    kinds = st.sampled_from(["text", "thinking", "signed", "redacted", "call", "server"])
    for part, kind in enumerate(draw(st.lists(kinds, max_size=5))):
        if kind == "text":
            deltas = st.builds(TextDelta, words, part=st.just(part)) | st.builds(
                CitationDelta, citations, part=st.just(part)
            )
            events += draw(st.lists(deltas, min_size=1, max_size=4))
        elif kind == "thinking":
            events += [ReasoningDelta(text, part=part) for text in draw(st.lists(words, min_size=1, max_size=3))]
            if draw(st.booleans()):
                form, identity = draw(formats)
                events.append(ReasoningDelta(signature=draw(signatures), part=part, format=form, id=identity))
        elif kind == "signed":
            events.append(ReasoningDelta(signature=draw(signatures), part=part, format=OURS))
        elif kind == "redacted":
            form, identity = draw(formats)
            events.append(ReasoningDelta(redacted=draw(identifiers), part=part, format=form, id=identity))
        elif kind == "call":
            events.append(ToolCallStart(called, draw(identifiers), draw(identifiers)))
            cuts = draw(st.lists(counts, max_size=3))
            events += [ToolCallDelta(called, piece) for piece in pieces(draw(argument_texts), cuts)]
            called += 1
        else:
            opaque = draw(server_calls | server_results)
            events.append(OpaqueDelta(opaque.dialect, opaque.value))
    reason = draw(stops)
    ends = [{}]
    if reason == "length":
        ends.append({NAME: {"stop_reason": "model_context_window_exceeded"}})
    if reason == "refusal":
        ends.append({NAME: {"stop_details": {"type": "refusal", "category": "bio", "explanation": None}}})
    sequence = draw(words) if reason == "stop_sequence" else None
    events.append(Stop(reason, sequence, extra=draw(st.sampled_from(ends))))
    usage = merge_usage(before, draw(usages()))
    assert usage is not None
    return [*events, UsageReport(usage), End()]
