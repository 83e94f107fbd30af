from __future__ import annotations

import contextlib
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_operations.form_body import MAX_PARTS, FormBody, read_boundary, read_parts

Field = tuple[str, bytes, str | None]

contents = st.one_of(
    st.binary(max_size=60), st.lists(st.sampled_from([b"\r\n", b"--", b"-", b"b", b"x"])).map(b"".join)
)
names = st.text("abcdefgmodl_[];= ", min_size=1, max_size=12).filter(lambda name: name != "model" and name.strip())
files = st.none() | st.text("ab;=. é", min_size=1, max_size=10)
fields = st.lists(st.tuples(names, contents, files), max_size=5)
boundaries = st.text("bx-'.=?", min_size=1, max_size=20)


def write(given_fields: list[Field], boundary: str, *, lead: bytes = b"", tail: bytes = b"\r\n") -> bytes:
    pieces = [lead]
    for place, (name, content, file) in enumerate(given_fields):
        more = "" if file is None else f'; filename="{file}"\r\nContent-Type: application/octet-stream'
        start = "\r\n" if place or lead else ""
        pieces.append(f'{start}--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode())
        pieces.append(content)
    return b"".join(pieces) + f"\r\n--{boundary}--".encode() + tail


def refuses(raw: bytes, boundary: str = "B") -> str:
    with pytest.raises(InvalidInput) as raised:
        FormBody(raw, boundary)
    return raised.value.message


def clean(given_fields: list[Field], boundary: str) -> bool:
    """Whether no content holds the boundary, as every writer makes sure."""
    return all(f"--{boundary}".encode() not in b"\r\n" + content for _, content, _ in given_fields)


@given(fields, st.integers(0, 5), boundaries, st.text(min_size=1, max_size=20), st.booleans())
def test_only_the_model_changes(others: list[Field], place: int, boundary: str, model: str, preamble: bool) -> None:
    if "\r" in model or "\n" in model or not clean([*others, ("model", model.encode(), None)], boundary):
        return
    lead = b"This is a form." if preamble else b""
    before = [*others[:place], ("model", b"name", None), *others[place:]]
    after = [*others[:place], ("model", model.encode(), None), *others[place:]]
    form = FormBody(write(before, boundary, lead=lead), boundary)
    assert form.model == "name"
    assert form.edit(model) == write(after, boundary, lead=lead)


@given(fields, boundaries)
def test_every_field_is_found(given_fields: list[Field], boundary: str) -> None:
    if not clean(given_fields, boundary) or not given_fields:
        return
    raw = write(given_fields, boundary)
    parts = read_parts(raw, boundary)
    found = [(part.name, raw[part.start : part.end], part.is_file) for part in parts]
    assert found == [(name, content, file is not None) for name, content, file in given_fields]


@given(
    st.binary(max_size=200) | st.lists(st.sampled_from([b"--B", b"\r\n", b"--", b'name="model"', b" "])).map(b"".join)
)
def test_garbage_is_refused_or_read_but_never_a_fault(raw: bytes) -> None:
    with contextlib.suppress(InvalidInput):
        read_parts(raw, "B")


def test_another_reader_agrees() -> None:
    raw = write([("model", b"m", None), ("file", b"\x00\r\nx", "a.wav"), ("prompt", "Köln".encode(), None)], "B")
    message = BytesParser().parsebytes(b"Content-Type: multipart/form-data; boundary=B\r\n\r\n" + raw)
    theirs = [
        (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
        for part in message.get_payload()
    ]
    assert theirs == [(part.name, raw[part.start : part.end]) for part in read_parts(raw, "B")]


def test_texts_and_files() -> None:
    form = FormBody(
        write(
            [("stream", b"True", None), ("model", b"m", None), ("image[]", b"", "a.png"), ("prompt", b"hi", None)], "B"
        ),
        "B",
    )
    assert form.streams
    assert form.has_file("image", "image[]")
    assert not form.has_file("prompt")
    assert (form.text("prompt"), form.text("image[]"), form.text("none")) == ("hi", None, None)
    assert form.characters("prompt", "none", "model") == 3


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "boundary is not in it"),
        (b"--B", "followed by something else"),
        (b"--Bx\r\n", "followed by something else"),
        (b"--B\r\n", "ends before"),
        (b"--B\r\n\r\n--B--", "no header"),
        (b'--B\r\nContent-Disposition: form-data; name="model"\r\n\r\nm', "ends before"),
        (b'--B\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--BB\r\n', "followed by something else"),
        (write([("a", b"", None)], "B").replace(b"form-data", b"attachment"), "Content-Disposition"),
        (write([("a", b"", None)], "B").replace(b'name="a"', b"x=1"), "no name"),
        (write([("model", b"m", None)], "B").replace(b'"model"', b'"a"; name="model"'), "or two"),
        (write([("model", b"m", None)], "B").replace(b'name="model"', b"name*=utf-8''model"), "no name"),
        (write([("model", b"m", None)], "B").replace(b'"model"', b'"a"; name*=utf-8\'\'model'), "or two"),
        (write([("model", b"m", None)], "B").replace(b'"model"', b'"a"\n name="model"'), "control character"),
        (write([("model", b"m", "a.txt")], "B"), "name the model"),
        (write([("model", b"", None)], "B"), "name the model"),
        (write([("model", b"\xff", None)], "B"), "UTF-8"),
        (write([("model", b"a", None), ("model", b"b", None)], "B"), "more than once"),
        (write([("a", b"", None)] * (MAX_PARTS + 1), "B"), "more than"),
    ],
)  # fmt: skip
def test_what_is_refused(raw: bytes, words: str) -> None:
    assert words in refuses(raw)


def test_a_model_cannot_end_its_field() -> None:
    form = FormBody(write([("model", b"m", None)], "B"), "B")
    with pytest.raises(InvalidInput):
        form.edit("m\r\n--B--")


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", "abc"),
        ('Multipart/Form-Data; charset=utf-8; Boundary="a b:c"', "a b:c"),
        ("application/json", None),
        ("", None),
    ],
)
def test_boundaries(content_type: str, boundary: str | None) -> None:
    assert read_boundary(content_type) == boundary


@pytest.mark.parametrize("boundary", ["", '""', '"a "', f'"{"a" * 71}"', "ä", '"a\\"b"'])
def test_boundaries_that_are_none(boundary: str) -> None:
    with pytest.raises(InvalidInput):
        read_boundary(f"multipart/form-data; boundary={boundary}")
