"""Files that models are to read, through OpenAI's own client: kept by the provider, and their maker's alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.contract.batches.conftest import Shop
from tests.contract.batches.vendors import OpenAI, serve

PURPOSES = ("user_data", "vision", "assistants", "fine-tune", "evals")
KEEPER = {"x-trunkline-configuration": "one"}


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[OpenAI]:
    """OpenAI, behind the configuration ``one``."""
    vendor = OpenAI()
    async with serve(vendor) as url:
        await shop.configure("one", "openai", "gpt-4o-mini", apiKey="sk-proj-1234567890abcdef", baseUrl=f"{url}/v1")
        yield vendor


async def keep(client: openai.AsyncOpenAI, purpose: Any = "user_data", content: bytes = b"%PDF-1.7") -> Any:
    return await client.files.create(file=("a.pdf", content), purpose=purpose, extra_headers=KEEPER)


async def chat(client: openai.AsyncOpenAI, file_id: str, model: str = "one", **more: Any) -> Any:
    content: Any = [{"type": "text", "text": "Read."}, {"type": "file", "file": {"file_id": file_id}}]
    return await client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], **more)


async def respond(client: openai.AsyncOpenAI, file_id: str) -> Any:
    content: Any = [{"type": "input_file", "file_id": file_id}]
    return await client.responses.create(model="one", input=[{"role": "user", "content": content}])


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_file_lives_at_the_provider_and_is_listed_read_and_deleted_here(
    shop: Shop, vendor: OpenAI, purpose: str
) -> None:
    client = shop.openai
    file = await keep(client, purpose)
    assert (file.purpose, file.filename, file.bytes) == (purpose, "a.pdf", 8)
    assert list(vendor.files.values()) == [b"%PDF-1.7"]
    assert (await client.files.retrieve(file.id)).id == file.id
    assert (await client.files.content(file.id)).content == b"%PDF-1.7"
    assert [one.id for one in (await client.files.list(purpose=purpose)).data] == [file.id]
    await client.files.delete(file.id)
    assert (vendor.deleted, vendor.files) == (["file-Kept1"], {})
    assert (await client.files.list()).data == []


async def test_calls_name_it_by_its_id_here(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    file = await keep(client)
    assert (await chat(client, file.id)).choices[0].message.content == "Hello."
    assert (await respond(client, file.id)).output_text == "Hello."
    assert (await chat(client, file.id, "one/gpt-4o")).model == "gpt-4o"
    # Such as was uploaded to the provider itself passes as it is, and so does what is but a text.
    vendor.files["file-Own"] = b"x"
    assert (await chat(client, "file-Own")).choices
    text = f'{{"file_id": "file-{"0" * 32}"}}'
    assert (await client.chat.completions.create(model="one", messages=[{"role": "user", "content": text}])).choices


async def test_other_configurations_are_sent_what_is_in_it(shop: Shop, vendor: OpenAI) -> None:
    await shop.configure("two", "openai", "gpt-4o-mini", apiKey="sk-proj-1234567890abcdef", baseUrl=f"{vendor.url}/v1")
    client = shop.openai
    file = await keep(client)
    assert (await chat(client, file.id, "two")).choices
    data = "data:application/pdf;base64,JVBERi0xLjc="
    assert vendor.calls[-1]["messages"][0]["content"][1]["file"] == {"filename": "a.pdf", "file_data": data}
    # A route goes to who keeps it.
    listed = (await shop.there.get("/api/configurations")).json()
    targets = [{"configurationId": one["id"]} for one in listed if one["name"] in {"one", "two"}]
    route = {"name": "both", "strategy": "priority", "targets": sorted(targets, key=lambda one: listed[0]["id"] in one)}
    assert (await shop.there.post("/api/routes", json=route)).status_code == 201
    for _ in range(3):
        assert (await chat(client, file.id, "both")).choices
        assert vendor.calls[-1]["messages"][0]["content"][1]["file"] == {"file_id": "file-Kept1"}


async def test_others_have_no_part_in_it(shop: Shop, vendor: OpenAI) -> None:
    mine = await keep(shop.openai)
    application = (await shop.there.post("/api/applications", json={"name": "App"})).json()["id"]
    for key in (
        (await shop.admin.make_key(name="Mine"))["key"],
        await shop.make_key(applicationId=application),
    ):
        stranger = shop.openai_with(key)
        assert (await stranger.files.list()).data == []
        for attempt in (
            stranger.files.retrieve(mine.id),
            stranger.files.content(mine.id),
            stranger.files.delete(mine.id),
        ):
            with pytest.raises(openai.NotFoundError):
                await attempt
        for call, place in (
            (chat(stranger, mine.id), r"messages\.0\.content\.1\.file\.file_id"),
            (respond(stranger, mine.id), r"input\.0\.content\.0\.file_id"),
        ):
            with pytest.raises(openai.BadRequestError, match=f"{place}: There is no file"):
                await call
    assert vendor.asked == ["POST /v1/files"]


def interpret(file_ids: list[str], model: str = "one") -> Any:
    tool = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": file_ids}}
    asked = {"role": "user", "content": [{"type": "input_text", "text": "Add up."}]}
    return {"model": model, "input": [asked], "tools": [tool]}


async def test_a_code_interpreter_is_handed_the_files_that_its_provider_keeps(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    file = await keep(client)
    await client.responses.create(**interpret(["file-Elsewhere", file.id]))
    assert vendor.calls[-1]["tools"][0]["container"]["file_ids"] == ["file-Elsewhere", "file-Kept1"]
    place = r"tools\.0\.container\.file_ids\.1"
    nobodys = f"file-{'0' * 32}"
    with pytest.raises(openai.BadRequestError, match=rf"{place}: There is no file"):
        await client.responses.create(**interpret(["file-Elsewhere", nobodys]))
    await shop.configure("two", "openai", "gpt-4o", apiKey="sk-proj-abcdef1234567890", baseUrl="http://127.0.0.1:9/v1")
    with pytest.raises(openai.BadRequestError, match=rf"{place}: names a file that the provider .* does not have"):
        await client.responses.create(**interpret(["file-Elsewhere", file.id], "two"))
    assert len(vendor.calls) == 1


async def test_a_file_goes_to_the_only_configuration_of_openai_unless_one_is_named(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    await shop.configure("demo")
    assert (await client.files.create(file=b"x", purpose="user_data")).id
    assert vendor.asked == ["POST /v1/files"]
    other = {"apiKey": "sk-proj-abcdef1234567890", "baseUrl": "http://127.0.0.1:9/v1"}
    two = await shop.configure("two", "openai", "gpt-4o", **other)
    with pytest.raises(openai.BadRequestError, match=r"x-trunkline-configuration: must name .* such as 'one', 'two'"):
        await client.files.create(file=b"x", purpose="user_data")
    assert (await shop.there.delete(f"/api/configurations/{two}")).status_code == 200
    assert (await client.files.create(file=b"x", purpose="user_data")).id


async def test_where_there_is_no_configuration_of_openai_an_upload_is_told_what_to_do(shop: Shop) -> None:
    await shop.configure("demo")
    with pytest.raises(openai.BadRequestError, match=r"must name .* You have none of OpenAI.* Add a configuration"):
        await shop.openai.files.create(file=b"x", purpose="user_data")
    assert (await shop.openai.files.list()).data == []


async def test_what_cannot_be_is_refused_and_nothing_is_kept(shop: Shop, vendor: OpenAI) -> None:
    await shop.configure("demo")
    client = shop.openai
    file = await keep(client)
    for call, told in (
        (
            client.files.create(file=b"x", purpose="user_data", extra_headers={"x-trunkline-configuration": "demo"}),
            "keeps no files in this format",
        ),
        (client.files.create(file=b"x", purpose="nothing"), "purpose: must be one of batch, user_data"),  # type: ignore[arg-type]
    ):
        with pytest.raises(openai.BadRequestError, match=told):
            await call
    lines = await client.files.create(file=("b.jsonl", b"{}"), purpose="batch")
    with pytest.raises(openai.BadRequestError, match="is a file of batches"):
        await chat(client, lines.id)
    assert [one.id for one in (await client.files.list(order="asc")).data] == [file.id, lines.id]
