"""Anthropic's files through its own client: kept by the provider where it can, and shown to any model."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest

from tests.contract.batches.conftest import Shop
from tests.contract.batches.test_anthropic_batches import client_of
from tests.contract.batches.vendors import Anthropic, OpenAI, serve

PDF = b"%PDF-1.7 a report"
PNG = b"\x89PNG\r\n\x1a\n a picture"
BETAS = ["files-api-2025-04-14"]
KEEPER = {"x-trunkline-configuration": "claude"}


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[Anthropic]:
    """Anthropic, behind the configuration ``claude``."""
    vendor = Anthropic()
    async with serve(vendor) as url:
        await shop.configure(
            "claude", "anthropic", "claude-haiku-4-5", apiKey="sk-ant-1234567890abcdefghijkl", baseUrl=url
        )
        yield vendor


@pytest.fixture
async def gpt(shop: Shop) -> AsyncIterator[OpenAI]:
    """OpenAI, behind the configuration ``gpt``."""
    vendor = OpenAI()
    async with serve(vendor) as url:
        await shop.configure("gpt", "openai", "gpt-4o-mini", apiKey="sk-proj-1234567890abcdef", baseUrl=f"{url}/v1")
        yield vendor


@pytest.fixture
async def client(shop: Shop) -> anthropic.AsyncAnthropic:
    return client_of(shop, shop.key)


async def keep(
    client: anthropic.AsyncAnthropic,
    file: Any = ("a.pdf", PDF, "application/pdf"),
    *,
    at: str | None = "claude",
    **more: Any,
) -> Any:
    headers = {} if at is None else {"x-trunkline-configuration": at}
    return await client.beta.files.upload(file=file, betas=BETAS, extra_headers=headers, **more)


def document(file_id: str) -> dict[str, Any]:
    return {"type": "document", "source": {"type": "file", "file_id": file_id}}


async def ask(client: anthropic.AsyncAnthropic, block: dict[str, Any], model: str = "claude") -> Any:
    content: Any = [block, {"type": "text", "text": "Read."}]
    return await client.beta.messages.create(
        model=model, max_tokens=50, messages=[{"role": "user", "content": content}], betas=BETAS
    )


async def test_a_file_lives_at_anthropic_and_is_shown_read_and_deleted_here(
    shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    file = await keep(client, ("dir/a.pdf", PDF, "application/pdf"), expires_in_seconds=7_200)
    assert (file.type, file.filename, file.mime_type, file.size_bytes) == ("file", "a.pdf", "application/pdf", len(PDF))
    assert file.downloadable
    assert (file.expires_at - file.created_at).total_seconds() == 7_200
    assert (vendor.files, vendor.expiries) == ({"file_Kept1": PDF}, ["7200"])
    assert await client.beta.files.retrieve_metadata(file.id) == file
    assert await (await client.beta.files.download(file.id)).read() == PDF
    # The same file in OpenAI's form.
    assert [one.id for one in (await shop.openai.files.list()).data] == [file.id]
    gone = await client.beta.files.delete(file.id)
    assert (gone.id, gone.type) == (file.id, "file_deleted")
    assert vendor.deleted == ["file_Kept1"]
    with pytest.raises(anthropic.NotFoundError):
        await client.beta.files.retrieve_metadata(file.id)


async def test_lists_come_in_pages_of_both_kinds(shop: Shop, client: anthropic.AsyncAnthropic) -> None:
    made = [(await keep(client, (f"{name}.txt", b"x", "text/plain"), at=None)).id for name in "abc"]
    first = await client.beta.files.list(limit=2)
    assert [one.id for one in first.data] == [made[2], made[1]]
    assert [one.id async for one in first] == made[::-1]
    some = await client.beta.files.list(ids=[made[0], f"file-{'0' * 32}", made[2]])
    assert [one.id for one in some.data] == [made[0], made[2]]
    headers = {"x-api-key": shop.key, "anthropic-version": "2023-06-01", "anthropic-beta": BETAS[0]}

    async def page(query: str) -> Any:
        return (await shop.there.get(f"/v1/files?{query}", headers=headers)).json()

    told = await page(f"limit=1&after_id={made[2]}")
    assert ([one["id"] for one in told["data"]], told["has_more"]) == ([made[1]], True)
    assert (told["first_id"], told["last_id"], told["next_page"]) == (made[1], made[1], f"page_{made[1]}")
    told = await page(f"limit=1&before_id={made[0]}")
    assert ([one["id"] for one in told["data"]], told["has_more"]) == ([made[1]], True)
    told = await page(f"before_id={made[1]}")
    assert ([one["id"] for one in told["data"]], told["has_more"]) == ([made[2]], False)
    assert "before_id" in (await page(f"before_id={made[0]}&after_id={made[2]}"))["error"]["message"]
    assert "limit" in (await page("limit=1001"))["error"]["message"]
    assert "next_page" in (await page("page=2"))["error"]["message"]


async def test_messages_name_it_by_its_id_here(shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic) -> None:
    file = await keep(client)
    picture = await keep(client, ("a.png", PNG, "image/png"))
    assert (await ask(client, document(file.id))).content[0].text == "Hello."
    assert (await ask(client, {"type": "image", "source": {"type": "file", "file_id": picture.id}})).content
    assert (await ask(client, {"type": "container_upload", "file_id": file.id})).content
    sent = [one["messages"][0]["content"][0] for one in vendor.calls]
    assert sent[0] == document("file_Kept1")
    assert sent[1] == {"type": "image", "source": {"type": "file", "file_id": "file_Kept2"}}
    assert sent[2] == {"type": "container_upload", "file_id": "file_Kept1"}
    # Who says nothing of the beta is served as well.
    content: Any = [document(file.id)]
    assert (
        await client.messages.create(model="claude", max_tokens=9, messages=[{"role": "user", "content": content}])
    ).content
    # Such as was uploaded to the provider itself passes as it is, and so does what a model gives a tool.
    vendor.files["file_Own"] = b"x"
    assert (await ask(client, document("file_Own"))).content
    called = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"file_id": file.id}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "ok"}
    talk: Any = [
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": [called]},
        {"role": "user", "content": [result]},
    ]
    tools: Any = [{"name": "look", "input_schema": {"type": "object"}}]
    assert (await client.messages.create(model="claude", max_tokens=9, messages=talk, tools=tools)).content
    assert vendor.calls[-1]["messages"][1]["content"][0]["input"] == {"file_id": file.id}


async def test_other_providers_are_sent_what_is_in_it(
    shop: Shop, vendor: Anthropic, gpt: OpenAI, client: anthropic.AsyncAnthropic
) -> None:
    file = await keep(client)
    picture = await keep(client, ("a.png", PNG, "image/png"), at=None)
    note = await keep(client, ("a.txt", b"Buy milk.", "text/plain"), at=None)
    assert list(vendor.files.values()) == [PDF]
    assert (await ask(client, document(file.id), "gpt")).content[0].text == "Hello."
    url = f"data:application/pdf;base64,{base64.b64encode(PDF).decode()}"
    assert gpt.calls[-1]["messages"][0]["content"][0]["file"]["file_data"] == url
    assert (await ask(client, {"type": "image", "source": {"type": "file", "file_id": picture.id}}, "gpt")).content
    shown = gpt.calls[-1]["messages"][0]["content"][0]["image_url"]["url"]
    assert shown == f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    # What is kept here alone goes to Anthropic that way, too.
    assert (await ask(client, document(note.id))).content
    source = {"type": "text", "media_type": "text/plain", "data": "Buy milk."}
    assert vendor.calls[-1]["messages"][0]["content"][0] == {"type": "document", "source": source}
    # And OpenAI's clients may name it, in chats and in responses.
    content: Any = [{"type": "file", "file": {"file_id": file.id}}, {"type": "text", "text": "Read."}]
    chat: Any = {"model": "claude", "messages": [{"role": "user", "content": content}]}
    assert (await shop.openai.chat.completions.create(**chat)).choices
    source = {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(PDF).decode()}
    assert vendor.calls[-1]["messages"][0]["content"][0]["source"] == source
    parts: Any = [{"type": "input_file", "file_id": file.id}, {"type": "input_image", "file_id": picture.id}]
    await shop.openai.responses.create(model="gpt", input=[{"role": "user", "content": parts}])
    sent = gpt.calls[-1]["input"][0]["content"]
    assert sent[0] == {"type": "input_file", "filename": "a.pdf", "file_data": url}
    assert sent[1] == {"type": "input_image", "image_url": shown}
    # Who counts need not have it.
    counted = await client.messages.count_tokens(
        model="gpt",
        messages=[{"role": "user", "content": [document(note.id)]}],  # type: ignore[typeddict-item]
    )
    assert counted.input_tokens > 0


async def test_the_default_configuration_keeps_what_names_none(
    shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    await keep(client, at=None)
    assert vendor.files == {}
    listed = (await shop.there.get("/api/configurations")).json()
    answer = await shop.there.patch(
        f"/api/workspaces/{shop.workspace_id}", json={"defaultConfigurationId": listed[0]["id"]}
    )
    assert answer.status_code == 200, answer.text
    await keep(client, at=None)
    assert list(vendor.files.values()) == [PDF]


async def test_others_have_no_part_in_it(shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic) -> None:
    mine = await keep(client)
    application = (await shop.there.post("/api/applications", json={"name": "App"})).json()["id"]
    for key in ((await shop.admin.make_key(name="Mine"))["key"], await shop.make_key(applicationId=application)):
        stranger = client_of(shop, key)
        assert (await stranger.beta.files.list()).data == []
        assert (await stranger.beta.files.list(ids=[mine.id])).data == []
        for attempt in (
            stranger.beta.files.retrieve_metadata(mine.id),
            stranger.beta.files.download(mine.id),
            stranger.beta.files.delete(mine.id),
            ask(stranger, document(mine.id)),
        ):
            with pytest.raises(anthropic.NotFoundError) as refused:
                await attempt
            assert refused.value.body["error"]["type"] == "not_found_error"  # type: ignore[index]
        with pytest.raises(anthropic.NotFoundError, match=r"messages\.0\.content\.0\.source\.file_id: There is no"):
            await ask(stranger, document(mine.id))
    assert vendor.asked == ["POST /v1/files"]


async def test_what_cannot_be_is_refused_and_the_field_is_named(
    shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    await shop.configure("demo")
    sheet = await keep(client, ("a.xlsx", b"PK", "application/vnd.ms-excel"), at=None)
    lines = await shop.openai.files.create(file=("b.jsonl", b"{}"), purpose="batch")
    for call, told in (
        (ask(client, {"type": "container_upload", "file_id": sheet.id}), r"content\.0\.file_id: names a file"),
        (ask(client, document(sheet.id)), r"content\.0\.source: Only PDF and text files"),
        (ask(client, document(lines.id)), "is a file of batches"),
        (keep(client, at="demo"), "keeps no files in this format"),
        (keep(client, at="nobody"), "x-trunkline-configuration: must name"),
        (keep(client, ("a.pdf", b"", "application/pdf")), "file: is empty"),
        (keep(client, expires_in_seconds=60), "expires_in_seconds: must be a whole number from 3,600"),
    ):
        with pytest.raises(anthropic.BadRequestError, match=told):
            await call
    content: Any = [{"type": "file", "file": {"file_id": lines.id}}]
    with pytest.raises(openai.BadRequestError, match="is a file of batches"):
        await shop.openai.chat.completions.create(model="demo", messages=[{"role": "user", "content": content}])
