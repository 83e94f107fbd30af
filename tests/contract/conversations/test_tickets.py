"""Tickets: what lets a browser's ``EventSource`` into one answer."""

from __future__ import annotations

import logging

import pytest

from tests.contract.conversations.talk import Talk


async def ticket_of(talk: Talk) -> str:
    made = await talk.client.post(f"{talk.path}/tickets")
    assert made.status_code == 201, made.text
    return made.json()["ticket"]


async def test_a_ticket_opens_the_stream_once_and_without_a_header(
    talk_on_each: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk = talk_on_each
    caplog.set_level(logging.DEBUG)
    answer = await talk.exchange("Hi", "Hello")
    anybody = talk.live.client()
    ticket = await ticket_of(talk)
    opened = await anybody.get(f"{talk.path}/stream?ticket={ticket}&messageId={answer['id']}")
    assert opened.status_code == 200, opened.text
    assert "Hello" in opened.text
    again = await anybody.get(f"{talk.path}/stream?ticket={ticket}")
    assert (again.status_code, "has been used" in again.text) == (401, True)
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert not [line for line in logged if ticket in line]
    seen = await anybody.get(f"{talk.path}/stream?ticket={await ticket_of(talk)}&lastEventId={answer['id']}:999")
    assert seen.status_code == 204, "it goes on where the reader was"


async def test_a_ticket_is_for_one_conversation_and_for_reading(talk: Talk) -> None:
    await talk.exchange("Hi", "Hello")
    other = (await talk.client.post("/api/conversations", json={"model": "Fake"})).json()
    anybody = talk.live.client()
    ticket = await ticket_of(talk)
    for method, path in (
        ("GET", f"/api/conversations/{other['id']}/stream"),
        ("GET", talk.path),
        ("POST", f"{talk.path}/stop"),
        ("GET", "/api/conversations"),
    ):
        refused = await anybody.request(method, f"{path}?ticket={ticket}")
        assert refused.status_code == 401, (path, refused.text)
    assert (await anybody.get(f"{talk.path}/stream?ticket={ticket[:-2]}")).status_code == 401
    assert (await anybody.get(f"{talk.path}/stream?ticket=%C3%BC.x")).status_code == 401
    assert (await anybody.get(f"{talk.path}/stream?ticket={ticket}")).status_code == 200, "no refusal has used it up"
    assert (await talk.client.post(f"/api/conversations/{other['id']}/tickets")).status_code == 404, "nothing to read"


async def test_a_ticket_goes_with_the_key_that_it_was_made_with(talk: Talk) -> None:
    await talk.exchange("Hi", "Hello")
    key = await talk.admin.make_key()
    made = await talk.live.client(key["key"]).post(f"{talk.path}/tickets")
    assert made.status_code == 201, made.text
    assert (await talk.admin.client.delete(f"/api/keys/{key['id']}")).status_code == 200
    refused = await talk.live.client().get(f"{talk.path}/stream?ticket={made.json()['ticket']}")
    assert refused.status_code == 401
