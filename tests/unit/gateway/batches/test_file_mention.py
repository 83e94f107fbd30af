from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.chat import Media
from trunkline.core.errors import InvalidInput
from trunkline.gateway.batches.file_mention import find_mentions

OURS = f"file-{'0' * 32}"
PDF = Media(data="JVBERi0=", media_type="application/pdf")
PNG = Media(data="iVBORw0KGgo=", media_type="image/png")
URL = "data:application/pdf;base64,JVBERi0="


def body(*content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(content)}]}


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({"type": "document", "source": {"type": "file", "file_id": OURS}}, "messages.0.content.0.source"),
        ({"type": "container_upload", "file_id": OURS}, "messages.0.content.0"),
        ({"type": "file", "file": {"file_id": OURS}}, "messages.0.content.0.file"),
        ({"type": "input_image", "file_id": OURS}, "messages.0.content.0"),
        ({"type": "tool_result", "content": [{"source": {"file_id": OURS}}]}, "messages.0.content.0.content.0.source"),
    ],
)
def test_the_place_of_an_id_is_told(block: Any, path: str) -> None:
    (found,) = find_mentions(body(block))
    assert (found.field, found.file_id) == (f"{path}.file_id", OURS)


def test_each_of_a_list_is_told_and_only_an_id_can_stand_in_it() -> None:
    tool = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-abc", OURS, 7]}}
    document: Any = {"model": "m", "tools": [tool]}
    (found,) = find_mentions(document)
    assert (found.field, found.file_id) == ("tools.0.container.file_ids.1", OURS)
    with pytest.raises(InvalidInput, match=r"tools\.0\.container\.file_ids\.1: names a file"):
        found.inline(PDF, "a.pdf")
    found.name("file-theirs")
    assert document["tools"][0]["container"]["file_ids"] == ["file-abc", "file-theirs", 7]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "document", "source": {"type": "file", "file_id": "file_011CNha8iCJcU1wXNR6q4V8w"}},
        {"type": "text", "text": f'{{"file_id": "{OURS}"}}'},
        {"type": "tool_use", "input": {"file_id": OURS}},
        {"type": "tool_use", "input": {"files": [{"file_id": OURS}]}},
    ],
)
def test_what_was_not_given_here_or_is_but_a_word_is_none(block: Any) -> None:
    assert list(find_mentions(body(block))) == []


@pytest.mark.parametrize(
    ("block", "media", "written"),
    [
        (
            {"type": "document", "title": "A", "source": {"type": "file", "file_id": OURS}},
            PDF,
            {
                "type": "document",
                "title": "A",
                "source": {"type": "base64", "media_type": "application/pdf", "data": PDF.data},
            },
        ),
        (
            {"type": "document", "source": {"type": "file", "file_id": OURS}},
            Media(data="SGku", media_type="text/markdown"),
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Hi."}},
        ),
        (
            {"type": "image", "source": {"type": "file", "file_id": OURS}},
            PNG,
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG.data}},
        ),
        (
            {"type": "file", "file": {"file_id": OURS}},
            PDF,
            {"type": "file", "file": {"filename": "a.pdf", "file_data": URL}},
        ),
        (
            {"type": "input_file", "file_id": OURS, "filename": "mine.pdf"},
            PDF,
            {"type": "input_file", "filename": "mine.pdf", "file_data": URL},
        ),
        (
            {"type": "input_image", "file_id": OURS, "detail": "low"},
            PNG,
            {"type": "input_image", "detail": "low", "image_url": "data:image/png;base64,iVBORw0KGgo="},
        ),
    ],
)
def test_content_takes_the_place_of_an_id(block: Any, media: Media, written: Any) -> None:
    document = body(block)
    for found in find_mentions(document):
        found.inline(media, "a.pdf")
    assert document == body(written)


@pytest.mark.parametrize(
    ("block", "media", "told"),
    [
        ({"type": "container_upload", "file_id": OURS}, PDF, r"messages\.0\.content\.0\.file_id: .*only an id"),
        ({"type": "document", "source": {"type": "file", "file_id": OURS}}, PNG, r"0\.source: Only PDF and text"),
    ],
)
def test_what_has_no_room_for_content_says_so(block: Any, media: Media, told: str) -> None:
    (found,) = find_mentions(body(block))
    with pytest.raises(InvalidInput, match=told):
        found.inline(media, "a.pdf")
