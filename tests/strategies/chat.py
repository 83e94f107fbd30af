"""Hypothesis strategies for the neutral form, from its leaves up. A dialect narrows them to what its wire can express.

Texts hold anything but lone surrogates, which no JSON in UTF-8 can carry.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import msgspec
from hypothesis import strategies as st

from trunkline.core.chat import (
    Audio,
    AudioOptions,
    CacheHint,
    Citation,
    File,
    Image,
    LogProb,
    Media,
    Reasoning,
    Refusal,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    Usage,
)

CHARACTERS = st.characters(exclude_categories=("Cs",))


def texts(max_size: int = 30) -> st.SearchStrategy[str]:
    """A text that is not empty."""
    return st.text(CHARACTERS, min_size=1, max_size=max_size)


names = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"), min_size=1, max_size=24
)
"""What every vendor takes as the name of a tool or as an id."""

models = st.sampled_from(
    ["gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash", "openai/gpt-oss-20b:free", "llama3.2:3b"]
)

base64_data = st.binary(min_size=1, max_size=24).map(lambda data: b64encode(data).decode())

urls = st.sampled_from(
    [
        "https://example.com/a.png",
        "http://127.0.0.1:8080/x?y=1&z=2#f",
        "https://example.com/%C3%A4/ü.pdf",
        "gs://bucket/file",
    ]
)

finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
numbers = st.integers(-10, 10) | st.floats(-2, 2, allow_nan=False)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | st.text(CHARACTERS, max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=8), inner, max_size=3),
    max_leaves=8,
)

json_objects = st.dictionaries(st.text(CHARACTERS, min_size=1, max_size=8), json_values, max_size=3)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value, or None."""
    return st.none() | strategy


cache_hints = st.builds(CacheHint, maybe(st.sampled_from(["5m", "1h"])))

image_types = st.sampled_from(["image/png", "image/jpeg", "image/webp"])

inline_images = st.builds(Media, data=base64_data, media_type=image_types)
linked_media = st.builds(Media, url=urls)
# A PDF in the place of a picture is read as the file that it is.
linked_pictures = st.builds(Media, url=urls.filter(lambda url: not url.endswith(".pdf")))
file_media = st.builds(Media, file_id=names)

citations = st.builds(
    Citation,
    url=urls,
    title=maybe(texts()),
    quote=maybe(texts()),
    start=st.integers(0, 1000),
    end=st.integers(0, 1000),
)

plain_texts = st.builds(Text, texts())
cached_texts = st.builds(Text, texts(), cache=maybe(cache_hints))

images = st.builds(
    Image,
    inline_images | linked_pictures,
    detail=maybe(st.sampled_from(["auto", "low", "high"])),
    cache=maybe(cache_hints),
)

sounds = st.builds(
    Audio, st.builds(Media, data=base64_data, media_type=st.sampled_from(["audio/wav", "audio/mpeg", "audio/flac"]))
)

documents = st.builds(
    File,
    st.builds(Media, data=base64_data, media_type=st.just("application/pdf")) | file_media,
    name=texts(),
    cache=maybe(cache_hints),
)

thoughts = st.builds(Reasoning, texts(), signature=maybe(base64_data))
sealed_thoughts = st.builds(Reasoning, redacted=base64_data)

arguments = json_objects.map(lambda value: msgspec.json.encode(value).decode())
"""JSON text of an object, as models write arguments."""

tool_calls = st.builds(ToolCall, id=names, name=names, arguments=arguments)

refusals = st.builds(Refusal, texts())

tools = st.builds(
    Tool,
    name=names,
    description=maybe(texts()),
    parameters=maybe(
        st.just({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
        | st.just({"type": "object", "properties": {}})
    ),
    strict=maybe(st.booleans()),
)

tool_choices = st.builds(ToolChoice, st.sampled_from(["auto", "none", "required"])) | st.builds(
    ToolChoice, st.just("required"), st.tuples(names)
)

response_formats = st.builds(ResponseFormat, st.sampled_from(["text", "json"])) | st.builds(
    ResponseFormat,
    st.just("json_schema"),
    name=names,
    description=maybe(texts()),
    schema=maybe(st.just({"type": "object", "properties": {}})),
    strict=maybe(st.booleans()),
)

samplings = st.builds(
    Sampling,
    max_tokens=maybe(st.integers(1, 128_000)),
    temperature=maybe(numbers),
    top_p=maybe(numbers),
    top_k=maybe(st.integers(1, 200)),
    min_p=maybe(numbers),
    frequency_penalty=maybe(numbers),
    presence_penalty=maybe(numbers),
    repetition_penalty=maybe(numbers),
    seed=maybe(st.integers(-(2**31), 2**31)),
    stop=st.lists(texts(6), max_size=4).map(tuple),
    n=maybe(st.integers(1, 8)),
    logprobs=maybe(st.booleans()),
    top_logprobs=maybe(st.integers(0, 20)),
    logit_bias=maybe(st.dictionaries(st.integers(0, 50_000).map(str), st.integers(-100, 100), max_size=3)),
)

audio_options = st.builds(AudioOptions, voice=texts(), format=st.sampled_from(["wav", "mp3", "pcm16"]))

_rivals = st.builds(
    LogProb, token=texts(6), logprob=finite, bytes=maybe(st.lists(st.integers(0, 255), max_size=4).map(tuple))
)
logprobs = st.builds(
    LogProb,
    token=texts(6),
    logprob=finite,
    bytes=maybe(st.lists(st.integers(0, 255), max_size=4).map(tuple)),
    top=st.lists(_rivals, max_size=2).map(tuple),
)

counts = st.integers(0, 200_000)

usages = st.builds(
    Usage,
    input=counts,
    output=counts,
    cached=counts,
    cache_write=counts,
    reasoning=counts,
    audio_input=counts,
    audio_output=counts,
    image_input=counts,
    searches=counts,
    cost_nanos=maybe(st.integers(0, 10**12)),
)
"""Counts are drawn apart: no dialect may reckon one from the others where the wire tells both."""


@st.composite
def cuts(draw: st.DrawFn, data: bytes, most: int = 12) -> list[bytes]:
    """``data`` in pieces, cut at arbitrary byte positions; empty pieces may be among them."""
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=most)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]
