"""Tries one cell of the matrix: one client's wire, one provider's, one capability, streamed or not."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, replace
from email.message import Message

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY
from tests.contract.v1.matrix.capability import HELLO, Capability
from tests.contract.v1.matrix.clients.client import Client
from tests.contract.v1.matrix.said import Ask, Call, Json, Reply, Result, Turn, Unsayable, mask
from tests.contract.v1.matrix.vendors.vendor import Failing, Vendor
from tests.upstreams.scripted import Scripted, stream, whole

SECRET = "ABSKsecret-abcdefghijklmnop-7Qd"
STATUS = {"401": 502, "404": 404, "429": 429, "500": 502, "overloaded": 503}
"""What clients see. That the provider refuses our credential is no fault of theirs: it is a bad gateway."""


@dataclass(frozen=True)
class Outcome:
    """``told`` are the names in the header of what was dropped, or the message that refuses; ``differs`` is what either
    side found other than the other said it."""

    kind: str
    told: str = ""
    differs: str = ""


@dataclass
class Reached:
    """What a client got: the status, the headers, and the bytes."""

    status: int
    headers: Message
    raw: bytes


class CellRunner:
    """The gateway between one scripted provider and any client."""

    def __init__(self, bare: CallServer, upstream: Scripted) -> None:
        self._bare = bare
        self._upstream = upstream

    def run(
        self, client: Client, vendor: Vendor, capability: Capability, streamed: bool, lost: str = "", later: str = ""
    ) -> Outcome:
        """``lost`` is what may be missing from the request, as the client is told so; ``later`` from the second."""
        try:
            reply = client.sees(vendor.says(capability.reply))
            body = client.write(capability.ask, vendor.name, streamed)
        except Unsayable:
            return Outcome("unsayable")
        if capability.fault is not None:
            return self._fail(client, vendor, vendor.faults[capability.fault], capability.fault, body, streamed)
        first = self._exchange(client, vendor, capability.reply, body, streamed)
        if first.status == 400:
            return Outcome("refused", client.error(json.loads(first.raw)))
        assert first.status == 200, first.raw
        answer = client.gather(first.raw) if streamed else json.loads(first.raw)
        heard = self._heard(vendor, streamed)
        differs = _compare(_expected(capability.ask, lost), _heard_of(heard, capability.ask))
        told = first.headers.get("x-trunkline-dropped", "")
        seen = client.read(answer)
        differs += _compare(mask(reply), mask(seen))
        if capability.then is not None:
            again, said = _go_on(client, vendor, capability, answer, seen)
            second = self._exchange(client, vendor, HELLO, client.write(again, vendor.name, streamed), streamed)
            assert second.status == 200, second.raw
            told = ", ".join(dict.fromkeys([*filter(None, told.split(", ")), *_dropped(second)]))
            heard = self._heard(vendor, streamed)
            differs += _compare(_expected(said, f"{lost},{later}"), _heard_of(heard, said))
        return Outcome("dropped" if told else "passed", told, differs)

    def _exchange(self, client: Client, vendor: Vendor, reply: Reply, body: Json, streamed: bool) -> Reached:
        if streamed:
            self._upstream.script = stream(*vendor.stream(reply), kind=vendor.stream_kind)
        else:
            self._upstream.script = whole(json.dumps(vendor.answer(reply)).encode())
        return self._send(client, vendor, body, streamed)

    def _fail(self, client: Client, vendor: Vendor, fault: Failing, name: str, body: Json, streamed: bool) -> Outcome:
        more = "".join(f"{key}: {value}\r\n" for key, value in fault.headers)
        self._upstream.script = whole(json.dumps(fault.body).encode(), status=fault.status, more=more)
        reached = self._send(client, vendor, body, streamed)
        assert reached.headers["content-type"].startswith("application/json")
        assert client.error(json.loads(reached.raw))
        assert SECRET.encode() not in reached.raw
        wrong = "" if reached.status == STATUS[name] else f"status {reached.status} "
        if name == "429" and reached.headers["retry-after"] != "30":
            wrong += f"retry-after {reached.headers['retry-after']}"
        return Outcome("passed", differs=wrong)

    def _send(self, client: Client, vendor: Vendor, body: Json, streamed: bool) -> Reached:
        self._upstream.asked.clear()
        connection = http.client.HTTPConnection("127.0.0.1", self._bare.port, timeout=20)
        try:
            headers = {client.key_header: client.key_prefix + KEY, "content-type": "application/json"}
            connection.request("POST", client.path(vendor.name, streamed), json.dumps(body), headers)
            response = connection.getresponse()
            return Reached(response.status, response.headers, response.read())
        finally:
            connection.close()

    def _heard(self, vendor: Vendor, streamed: bool) -> Ask:
        (asked,) = self._upstream.asked
        assert asked.line == f"POST {vendor.path(vendor.model, streamed)} HTTP/1.1"
        assert asked.headers["content-type"] == "application/json"
        return vendor.hear(json.loads(asked.body), streamed)


def _dropped(reached: Reached) -> list[str]:
    return [name for name in (reached.headers.get("x-trunkline-dropped") or "").split(", ") if name]


def _go_on(client: Client, vendor: Vendor, capability: Capability, answer: Json, seen: Reply) -> tuple[Ask, Ask]:
    """The next request as the client says it, with its own copy of the answer, and as the provider should hear it."""
    assert capability.then is not None
    ids = {item.name: item.id for item in seen.items if isinstance(item, Call)}
    (results,) = capability.then.turns
    named = tuple(replace(item, id=ids[item.name]) for item in results.items if isinstance(item, Result))
    before = capability.ask.turns
    echo = Turn("assistant", (), client.echo(answer))
    said = Turn("assistant", vendor.says(capability.reply).items)
    return (
        replace(capability.ask, turns=(*before, echo, replace(results, items=named))),
        replace(capability.ask, turns=(*before, said, results)),
    )


def _expected(ask: Ask, lost: str) -> Ask:
    for name in filter(None, lost.split(",")):
        ask = ask.without(name)
    return ask


def _heard_of(heard: Ask, ask: Ask) -> Ask:
    """What was heard, less the limit of tokens that some wires demand when nobody asks for one."""
    return heard if "max_tokens" in ask.options else replace(heard, options=_without_limit(heard.options))


def _without_limit(options: Json) -> Json:
    return {name: value for name, value in options.items() if name != "max_tokens"}


def _compare(wanted: Ask | Reply, found: Ask | Reply) -> str:
    return "" if wanted == found else f"\nwanted {wanted}\nfound  {found}"
