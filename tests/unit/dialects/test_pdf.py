"""A PDF in the place of a picture is taken for what it is, in every dialect, read and passing."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from trunkline.core.chat import File, Image, Media
from trunkline.core.errors import Unsupported
from trunkline.dialects import anthropic_messages, gemini, openai_chat, openai_responses
from trunkline.dialects.anthropic_messages import passthrough as anthropic_passing
from trunkline.dialects.gemini import passthrough as gemini_passing
from trunkline.dialects.openai_chat import passthrough as chat_passing
from trunkline.dialects.openai_chat.passing_edit import PassingEdit
from trunkline.dialects.openai_responses import passthrough as responses_passing
from trunkline.dialects.passthrough import Changes, Form
from trunkline.dialects.pdf import find_pdf

DATA = "JVBERi0xLjQK"
PNG = "iVBORw0KGgo="
AT = "https://example.com/a/Report.PDF?page=1#top"
PICTURE = "https://example.com/a.png?of=b.pdf"
URLS = [f"data:application/pdf;base64,{DATA}", f"data:image/png;base64,{DATA}", f"data:Application/PDF;base64,{DATA}"]


@pytest.mark.parametrize(
    ("media", "found"),
    [
        (Media(data=DATA), True),
        (Media(data=DATA, media_type="image/png"), True),
        (Media(data="AAAA", media_type="application/pdf"), True),
        (Media(data="AAAA", media_type="Application/PDF; x=y"), True),
        (Media(data=PNG, media_type="image/png"), False),
        (Media(url=AT), True),
        (Media(url=AT, media_type="image/png"), False),
        (Media(url=AT, media_type="application/octet-stream"), True),
        (Media(url=PICTURE), False),
        (Media(file_id="file.pdf"), False),
    ],
)
def test_what_is_one(media: Media, *, found: bool) -> None:
    assert (find_pdf(media) is not None) is found


def chat(url: str) -> dict[str, Any]:
    parts = [{"type": "text", "text": "Sum it up."}, {"type": "image_url", "image_url": {"url": url, "detail": "low"}}]
    return {"model": "m", "messages": [{"role": "user", "content": parts}]}


def responses(url: str) -> dict[str, Any]:
    parts = [{"type": "input_text", "text": "Sum it up."}, {"type": "input_image", "image_url": url, "detail": "low"}]
    return {"model": "m", "input": [{"role": "user", "content": parts}]}


def messages(source: dict[str, Any]) -> dict[str, Any]:
    block = {"type": "image", "source": source, "cache_control": {"type": "ephemeral"}}
    return {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [block]}]}


def contents(part: dict[str, Any]) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [part]}]}


def base64(data: str, media_type: str) -> dict[str, Any]:
    return {"type": "base64", "media_type": media_type, "data": data}


class TestRead:
    @pytest.mark.parametrize("url", [*URLS, AT])
    def test_from_clients_of_openai(self, url: str) -> None:
        for dialect, body in ((openai_chat.DIALECT, chat(url)), (openai_responses.DIALECT, responses(url))):
            part = dialect.read_request(msgspec.json.encode(body)).messages[0].parts[1]
            assert isinstance(part, File)
            assert part.media.url == AT or (part.media.media_type or "").lower() == "application/pdf"

    @pytest.mark.parametrize(
        "source", [base64(DATA, "application/pdf"), base64(DATA, "image/png"), {"type": "url", "url": AT}]
    )
    def test_from_clients_of_anthropic(self, source: dict[str, Any]) -> None:
        (part,) = anthropic_messages.DIALECT.read_request(msgspec.json.encode(messages(source))).messages[0].parts
        assert isinstance(part, File)
        assert part.cache is not None

    @pytest.mark.parametrize(
        "part", [{"inlineData": {"mimeType": "image/png", "data": DATA}}, {"fileData": {"fileUri": AT}}]
    )
    def test_from_clients_of_gemini(self, part: dict[str, Any]) -> None:
        (read,) = gemini.DIALECT.read_request(msgspec.json.encode(contents(part))).messages[0].parts
        assert isinstance(read, File)

    def test_a_picture_stays_one(self) -> None:
        part = openai_chat.DIALECT.read_request(msgspec.json.encode(chat(PICTURE))).messages[0].parts[1]
        assert part == Image(Media(url=PICTURE), "low")


class TestPassing:
    @staticmethod
    def content(body: dict[str, Any], **form: Any) -> Any:
        out, told = PassingEdit(Changes(model="m", form=Form(**form)))(msgspec.json.encode(body))
        assert told == ()
        return json.loads(out)["messages"][0]["content"]

    @pytest.mark.parametrize("files", ["bytes", "addresses"])
    @pytest.mark.parametrize("url", URLS)
    def test_bytes_are_a_file_for_chat(self, url: str, files: str) -> None:
        text, part = self.content(chat(url), files=files)
        assert text == {"type": "text", "text": "Sum it up."}
        assert (part["type"], part["file"]["filename"]) == ("file", "document")
        assert part["file"]["file_data"].lower() == f"data:application/pdf;base64,{DATA}".lower()

    def test_in_mistrals_form_too(self) -> None:
        plain: dict[str, Any] = chat("")
        plain["messages"][0]["content"][1]["image_url"] = URLS[0]
        for body in (chat(URLS[0]), plain):
            part = self.content(body, files="documents")[1]
            assert part == {"type": "document_url", "document_url": URLS[0]}
        assert self.content(chat(AT), files="documents")[1] == {"type": "document_url", "document_url": AT}

    def test_an_address_goes_where_it_is_fetched(self) -> None:
        assert self.content(chat(AT), files="addresses")[1] == {"type": "file", "file": {"file_data": AT}}
        with pytest.raises(Unsupported) as refused:
            self.content(chat(AT), files="bytes")
        assert refused.value.fields[0].field == "messages.0.content.1.image_url"

    @pytest.mark.parametrize("url", URLS)
    def test_bytes_are_a_file_for_responses(self, url: str) -> None:
        out, told = responses_passing.edit(msgspec.json.encode(responses(url)), Changes(model="m"))
        part = json.loads(out)["input"][0]["content"][1]
        assert part["file_data"].lower() == f"data:application/pdf;base64,{DATA}".lower()
        assert (part.keys(), told) == ({"type", "file_data", "filename"}, ())

    def test_an_address_is_a_file_for_responses(self) -> None:
        out, _ = responses_passing.edit(msgspec.json.encode(responses(AT)), Changes(model="m"))
        assert json.loads(out)["input"][0]["content"][1] == {"type": "input_file", "file_url": AT}

    def test_what_a_tool_gave_as_well(self) -> None:
        picture = {"type": "input_image", "image_url": URLS[0]}
        body = {"model": "m", "input": [{"type": "function_call_output", "call_id": "c", "output": [picture]}]}
        out, _ = responses_passing.edit(msgspec.json.encode(body), Changes(model="m"))
        assert json.loads(out)["input"][0]["output"][0]["type"] == "input_file"

    @pytest.mark.parametrize(
        ("source", "sent"),
        [
            (base64(DATA, "application/pdf"), base64(DATA, "application/pdf")),
            (base64(DATA, "image/png"), base64(DATA, "application/pdf")),
            ({"type": "url", "url": AT}, {"type": "url", "url": AT}),
        ],
    )
    def test_it_is_a_document_for_anthropic(self, source: dict[str, Any], sent: dict[str, Any]) -> None:
        out, told = anthropic_passing.edit(msgspec.json.encode(messages(source)), Changes(model="m"))
        document = {"type": "document", "source": sent, "cache_control": {"type": "ephemeral"}}
        assert (json.loads(out)["messages"][0]["content"], told) == ([document], ())

    def test_also_in_a_tools_result(self) -> None:
        image = {"type": "image", "source": base64(DATA, "application/pdf")}
        result = {"type": "tool_result", "tool_use_id": "t", "content": [image]}
        body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [result]}]}
        out, _ = anthropic_passing.edit(msgspec.json.encode(body), Changes(model="m"))
        assert json.loads(out)["messages"][0]["content"][0]["content"][0]["type"] == "document"

    def test_its_type_is_told_to_gemini(self) -> None:
        part = {"inlineData": {"mimeType": "image/png", "data": DATA}}
        out, told = gemini_passing.edit(msgspec.json.encode(contents(part)), Changes(model="m"))
        assert json.loads(out)["contents"][0]["parts"][0]["inlineData"]["mimeType"] == "application/pdf"
        assert told == ()

    @pytest.mark.parametrize(
        ("passing", "body"),
        [
            (chat_passing, chat(PICTURE)),
            (chat_passing, {"model": "m", "messages": [{"role": "user", "content": f'"image_url": "{AT}" is one?'}]}),
            (responses_passing, responses(PICTURE)),
            (anthropic_passing, messages({"type": "url", "url": PICTURE})),
            (anthropic_passing, messages(base64(PNG, "image/png"))),
            (gemini_passing, contents({"inlineData": {"mimeType": "image/png", "data": PNG}})),
        ],
    )
    def test_what_is_none_is_not_touched(self, passing: Any, body: dict[str, Any]) -> None:
        out, told = passing.PASSTHROUGH.editor(Changes(model="m"))(msgspec.json.encode(body))
        assert (json.loads(out), told) == (body, ())


class TestJpg:
    """https://www.iana.org/assignments/media-types knows image/jpeg only, and vendors refuse image/jpg."""

    def test_is_renamed_where_it_passes(self) -> None:
        url = f"data:image/jpg;base64,{PNG}"
        out, _ = PassingEdit(Changes(model="m"))(msgspec.json.encode(chat(url)))
        assert json.loads(out)["messages"][0]["content"][1]["image_url"]["url"] == f"data:image/jpeg;base64,{PNG}"
        out, _ = responses_passing.edit(msgspec.json.encode(responses(url)), Changes(model="m"))
        assert json.loads(out)["input"][0]["content"][1]["image_url"] == f"data:image/jpeg;base64,{PNG}"
        for name, kind in (("inlineData", "mimeType"), ("inline_data", "mime_type")):
            part = {name: {kind: "image/jpg", "data": "/9j/"}}
            out, _ = gemini_passing.edit(msgspec.json.encode(contents(part)), Changes(model="m"))
            assert json.loads(out)["contents"][0]["parts"][0][name][kind] == "image/jpeg"

    def test_is_renamed_where_it_is_read(self) -> None:
        url = "data:image/JPG;base64,AAAA"
        for dialect, body in (
            (openai_chat.DIALECT, chat(url)),
            (openai_responses.DIALECT, responses(url)),
            (anthropic_messages.DIALECT, messages(base64("AAAA", "image/jpg"))),
            (gemini.DIALECT, contents({"inlineData": {"mimeType": "image/jpg", "data": "AAAA"}})),
        ):
            part = dialect.read_request(msgspec.json.encode(body)).messages[0].parts[-1]
            assert isinstance(part, Image)
            assert part.media.media_type == "image/jpeg"

    def test_words_about_it_are_not_touched(self) -> None:
        body = chat(PICTURE)
        body["messages"][0]["content"][0]["text"] = 'is "url":"data:image/jpg;base64" right?'
        out, _ = PassingEdit(Changes(model="m"))(msgspec.json.encode(body))
        assert json.loads(out) == body
