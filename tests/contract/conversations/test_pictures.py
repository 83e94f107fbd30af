"""Pictures: kept for their owner, shown to nobody else, and never anything but pictures."""

from __future__ import annotations

import base64

import pytest

from tests.contract.conversations.talk import Talk
from tests.contract.live_server import LiveServer

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 9
PDF = b"%PDF-1.7\n" + b"page" * 9
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def data_url(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


async def test_a_picture_is_what_its_bytes_say(live: LiveServer) -> None:
    admin = await live.admin()
    for content, claimed, kind, extension in (
        (PNG, "image/svg+xml", "image/png", "png"),
        (b"\xff\xd8\xff\xe0jpeg", "text/html", "image/jpeg", "jpg"),
        (b"GIF89a....", "image/gif", "image/gif", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ....", "", "image/webp", "webp"),
    ):
        kept = await admin.client.post("/api/pictures", content=content, headers={"content-type": claimed})
        assert kept.status_code == 201, kept.text
        assert kept.json()["contentType"] == kind
        shown = await admin.client.get(kept.json()["url"])
        assert shown.content == content
        assert (
            dict(shown.headers).items()
            >= {
                "content-type": kind,
                "x-content-type-options": "nosniff",
                "content-security-policy": "sandbox; default-src 'none'",
                "content-disposition": f'inline; filename="{kept.json()["id"]}.{extension}"',
                "cross-origin-resource-policy": "same-origin",
            }.items()
        )
        assert shown.headers["cache-control"].startswith("private")


async def test_nothing_else_is_kept(live: LiveServer) -> None:
    admin = await live.admin()
    for content in (b"", SVG, b"<html><script>alert(1)</script>", b"%PDF-1.7", b"RIFF\0\0\0\0WAVEfmt "):
        answer = await admin.client.post("/api/pictures", content=content, headers={"content-type": "image/png"})
        assert answer.status_code == 400, content
        assert "PNG, JPEG, WebP or GIF" in answer.json()["message"]


async def test_the_largest_picture(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    largest = PNG + bytes((20 << 20) - len(PNG))
    kept = await admin.client.post("/api/pictures", content=largest)
    assert kept.status_code == 201, kept.text
    assert len((await admin.client.get(kept.json()["url"])).content) == 20 << 20
    more = await admin.client.post("/api/pictures", content=largest + b"1")
    assert (more.status_code, "20 MB" in more.json()["message"]) == (400, True)
    far_more = await admin.client.post("/api/pictures", content=PNG + bytes(33 << 20))
    assert far_more.status_code == 413


async def test_a_picture_in_a_message_reaches_the_model(talk_on_each: Talk) -> None:
    talk = talk_on_each
    content = [{"type": "text", "text": "What is this?"}, {"type": "image", "url": data_url(PNG)}]
    async with talk.send(content) as (reader, provider):
        (sent,) = provider.body["messages"]
        assert sent["content"] == [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": data_url(PNG)}},
        ]
        await provider.end()
        await reader.rest()
    question = (await talk.see())["messages"][0]
    assert (question["content"], question["parts"][0]) == ("What is this?", content[0])
    shown = await talk.client.get(question["parts"][1]["url"])
    assert shown.content == PNG


async def test_a_pdf_in_a_message_reaches_the_model_and_can_be_sent_again(talk_on_each: Talk) -> None:
    talk = talk_on_each
    content = [
        {"type": "text", "text": "Sum up."},
        {"type": "file", "name": "plan.pdf", "url": data_url(PDF, "application/pdf")},
    ]
    sent = {"type": "file", "file": {"filename": "plan.pdf", "file_data": data_url(PDF, "application/pdf")}}
    async with talk.send(content) as (reader, provider):
        assert provider.body["messages"][0]["content"] == [{"type": "text", "text": "Sum up."}, sent]
        await provider.end()
        await reader.rest()
    part = (await talk.see())["messages"][0]["parts"][1]
    assert part == {"type": "file", "name": "plan.pdf", "url": part["url"]}
    shown = await talk.client.get(part["url"])
    assert (shown.content, shown.headers["content-type"]) == (PDF, "application/pdf")
    assert shown.headers["content-disposition"].startswith("attachment; ")
    again = {"type": "file", "name": "plan.pdf", "fileId": part["url"].rpartition("/")[2]}
    async with talk.send([again]) as (_, provider):
        assert provider.body["messages"][-1]["content"] == [sent]


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"name": "a.pdf", "url": data_url(PNG)}, "content[0].url"),
        ({"name": "a.pdf"}, "content[0]"),
        ({"url": data_url(b"%PDF-1.7")}, "content[0].name"),
        ({"name": "a.pdf", "fileId": "none"}, "content[0].fileId"),
    ],
)
async def test_a_file_that_is_no_pdf_is_refused(talk: Talk, part: dict[str, str], field: str) -> None:
    answer = await talk.client.post(f"{talk.path}/messages", json={"content": [{"type": "file"} | part]})
    assert answer.status_code in {400, 404}, answer.text
    assert answer.status_code == 404 or answer.json()["errors"][0]["field"] == field


async def test_a_large_picture_in_a_message(talk: Talk) -> None:
    large = data_url(PNG + bytes((20 << 20) - len(PNG)))
    async with talk.send([{"type": "image", "url": large}]) as (_, provider):
        assert provider.body["messages"][0]["content"] == [{"type": "image_url", "image_url": {"url": large}}]
    too_large = {"content": [{"type": "image", "url": data_url(PNG + bytes(20 << 20))}]}
    answer = await talk.client.post(f"{talk.path}/messages", json=too_large | {"parentId": None})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "content[0].url")


async def test_pictures_that_a_model_makes_are_kept_and_go_with_the_next_question(talk: Talk) -> None:
    async with talk.send("Draw a cat.") as (reader, provider):
        image = {"type": "image_url", "image_url": {"url": data_url(PNG)}}
        await provider.send({"choices": [{"index": 0, "delta": {"images": [image]}}]})
        await provider.say(" There.")
        await provider.end()
        events = await reader.rest()
    kinds = [event.event for event in events]
    assert [kind for kind in kinds if kind != "delta"] == ["start", "image", "done"]
    url = events[kinds.index("image")].data["url"]
    assert (await talk.client.get(url)).content == PNG
    answer = await talk.message(events[0].data["messageId"])
    assert answer["parts"] == [
        {"type": "text", "text": "…"},
        {"type": "image", "url": url},
        {"type": "text", "text": " There."},
    ]
    async with talk.read("GET", f"/stream?lastEventId={events[kinds.index('image')].at}") as again:
        assert [event.event for event in await again.rest()] == ["delta", "done"]
    async with talk.send("Make it blue.") as (reader, provider):
        assert [(turn["role"], turn["content"]) for turn in provider.body["messages"]] == [
            ("user", "Draw a cat."),
            ("assistant", "… There."),
            (
                "user",
                [
                    {"type": "image_url", "image_url": {"url": data_url(PNG)}},
                    {"type": "text", "text": "Make it blue."},
                ],
            ),
        ]


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://pictures.example/cat.png?u=1", "https://pictures.example/cat.png?u=1"),
        ("javascript:alert(1)", "cannot be shown"),
        (data_url(SVG, "image/svg+xml"), "cannot be shown"),
        ("data:text/html,<script>", "cannot be shown"),
    ],
)
async def test_what_a_model_calls_a_picture_elsewhere_is_told_as_text(talk: Talk, url: str, text: str) -> None:
    async with talk.send("Draw a cat.") as (reader, provider):
        image = {"type": "image_url", "image_url": {"url": url}}
        await provider.send({"choices": [{"index": 0, "delta": {"images": [image]}}]})
        await provider.end()
        events = await reader.rest()
    assert "image" not in {event.event for event in events}
    assert text in reader.text


async def test_a_picture_of_another_conversation_is_copied(talk: Talk) -> None:
    kept = (await talk.client.post("/api/pictures", content=PNG)).json()
    content = [{"type": "image", "pictureId": kept["id"]}]
    await talk.exchange(content, " one")
    other = (await talk.client.post("/api/conversations", json={"model": "Fake"})).json()
    second = Talk(talk.live, talk.provider, talk.admin, other["id"])
    await second.exchange(content, " two")
    assert (await second.see())["title"] == "Picture"
    assert (await talk.client.delete(talk.path)).status_code == 200
    (part,) = (await second.see())["messages"][0]["parts"]
    assert part["url"] != kept["url"]
    assert (await talk.client.get(part["url"])).content == PNG
