"""Extensions in a real server with two workers: what works is used, what does not is named and left out."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.e2e.server import TRUNKLINE, Server, wait_for
from tests.extension_packages import PROVIDER, install
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted

KEY = "acme-canary-0123456789abcdef"
AT_HOME = PROVIDER.replace('base_url="https://api.acme.example/v1",', "requires_base_url=True,")
CHAT = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "acme-large",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
}  # fmt: skip


@pytest.fixture
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        running.script = scripted.whole(json.dumps(CHAT).encode())
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def make_server(tmp_path: Path, site: Path, *packages: str) -> Server:
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    server = Server(tmp_path, TRUNKLINE_EXTENSIONS=", ".join(packages), TRUNKLINE_WORKERS="2", PYTHONPATH=path)
    server.start()
    server.sign_in()
    return server


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    status, answer = server.ask(method, path, body)
    assert status < 300, answer
    return answer


def run(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [TRUNKLINE, *arguments]
    return subprocess.run(
        command, env=server.environment(), cwd=server.folder, capture_output=True, text=True, check=False
    )


def test_a_provider_serves_calls_and_broken_packages_are_named(tmp_path: Path, site: Path, upstream: Scripted) -> None:
    names = [install(site, "acme", AT_HOME), install(site, "broken", "raise RuntimeError('no luck')")]
    install(site, "silent", PROVIDER)
    server = make_server(tmp_path, site, *names, "trunkline-missing")
    try:
        # In the list that forms are made of, with its schema.
        (listed,) = [each for each in ask(server, "GET", "/api/providers") if each["name"] == "acme"]
        assert (listed["displayName"], listed["requiresBaseUrl"]) == ("Acme AI", True)
        assert "temperature" in ask(server, "GET", "/api/providers/acme/schema")["properties"]
        place = {"provider": "acme", "baseUrl": f"{upstream.url}/v1", "apiKey": KEY}
        draft = {"name": "ours", "model": "acme-large", **place}
        ask(server, "POST", "/api/configurations", draft)
        key = server.make_key()
        # A connection each, so that both workers serve some.
        for _ in range(8):
            with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key) as client:
                answer = client.chat.completions.create(
                    model="acme/acme-large", messages=[{"role": "user", "content": "Say ok."}]
                )
                assert answer.choices[0].message.content == "ok"
        sent = [request for request in upstream.asked if request.line.startswith("POST /v1/chat/completions ")]
        assert len(sent) == 8
        assert {request.headers["authorization"] for request in sent} == {f"Bearer {KEY}"}

        lines = {each["package"]: each for each in json.loads(run(server, "extensions", "list", "--json").stdout)}
        assert {name: line["state"] for name, line in lines.items() if name.startswith("trunkline-")} == {
            "trunkline-acme": "loaded",
            "trunkline-broken": "left out",
            "trunkline-missing": "left out",
            "trunkline-silent": "off",
        }
        assert "RuntimeError: no luck" in lines["trunkline-broken"]["reason"]
        told = run(server, "doctor")
        assert told.returncode == 1
        assert "extension trunkline-acme" in told.stdout
        assert "RuntimeError: no luck" in told.stdout
        log = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        left_out = {(line["package"], line["process"]) for line in log if line["event"] == "extension_left_out"}
        processes = ("management", "worker 0", "worker 1")
        assert left_out == {(f"trunkline-{name}", one) for name in ("broken", "missing") for one in processes}
        assert server.stop() == 0
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


GATE = """
from trunkline.extensions import Gate, GateExtension, Refused

class Words(Gate):
    async def enter(self, call):
        if "word" in " ".join(call.texts):
            raise Refused("do not say the word.")
        if "fail" in " ".join(call.texts):
            raise RuntimeError("no luck")

extension = GateExtension(api=1, name="NAME", gate=Words(), on_error="refuse", errors=2)
"""


def test_a_gate_refuses_and_one_that_raises_is_cut_by_name(tmp_path: Path, site: Path) -> None:
    strict = install(
        site, "strict", GATE.replace("NAME", "strict").replace("fail", "fail strictly"), group="trunkline.gates"
    )
    lax = (
        GATE.replace("NAME", "lax")
        .replace("fail", "fail laxly")
        .replace('"refuse"', '"allow"')
        .replace("the word", "lax")
    )
    server = make_server(tmp_path, site, strict, install(site, "lax", lax, group="trunkline.gates"))
    try:
        client = openai.OpenAI(base_url=f"{server.url}/v1", api_key=server.make_key(), max_retries=0)

        def say(text: str) -> str | None:
            answer = client.chat.completions.create(model="demo", messages=[{"role": "user", "content": text}])
            return answer.choices[0].message.content

        assert say("Say hello.")
        with pytest.raises(openai.PermissionDeniedError) as refused:
            say("Say the word.")
        assert "The gate strict refused the request: do not say the word." in str(refused.value)
        assert refused.value.code == "refused_by_extension"
        # Whoever fails laxly is let by, and strictly is refused.
        for _ in range(4):
            assert say("Now fail laxly.")
        with pytest.raises(openai.InternalServerError) as failed:
            say("Now fail strictly.")
        assert failed.value.status_code == 503
        assert "The gate strict of the extension trunkline-strict fails" in str(failed.value)
        # The client keeps one connection, so that one worker saw all.
        status = {}
        for one in ask(server, "GET", "/api/status")["extensions"]:
            if one["state"] != "loaded":
                status[one["name"]] = one
        assert {name: one["state"] for name, one in status.items()} == {"strict": "failing", "lax": "cut"}
        assert "RuntimeError: no luck" in status["lax"]["reason"]
        told = run(server, "doctor").stdout
        assert "The gate lax fails in worker" in told
        assert "It is cut" in told
        log = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        assert [line["package"] for line in log if line["event"] == "extension_gate_cut"] == ["trunkline-lax"]
        client.close()
        assert server.stop() == 0
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


CHANNEL = """
import msgspec
from trunkline.extensions import AlertChannel, AlertChannelExtension

class Settings(msgspec.Struct):
    room: str

class Rooms(AlertChannel):
    async def send(self, notice, to):
        if to.settings.room == "broken":
            raise RuntimeError("no luck with " + to.secret)
        await to.post({"text": notice.text}, path="rooms/" + to.settings.room, headers={"X-Token": to.secret})

extension = AlertChannelExtension(api=1, name="rooms", channel=Rooms(), secret="required", settings=Settings)
"""
TOKEN = "canary-token-0123456789"


def test_an_alert_channel_gets_an_alert(tmp_path: Path, site: Path, upstream: Scripted) -> None:
    name = install(site, "rooms", CHANNEL, group="trunkline.alert_channels")
    server = make_server(tmp_path, site, name)
    try:
        body = {"kind": "extension", "extension": "rooms", "name": "on-call", "settings": {"room": "ops"}}
        status, refused = server.ask("POST", "/api/alerts/channels", body)
        assert (status, refused["errors"][0]["field"]) == (400, "secret")
        body |= {"secret": TOKEN, "url": f"{upstream.url}/chat"}
        status, refused = server.ask("POST", "/api/alerts/channels", {**body, "settings": {"rom": "ops"}})
        assert (status, refused["errors"][0]["field"]) == (400, "settings.rom")
        channel = ask(server, "POST", "/api/alerts/channels", body)
        assert (channel["extension"], channel["settings"]) == ("rooms", {"room": "ops"})
        assert channel["secretMask"].endswith(f"…{TOKEN[-4:]}")
        assert TOKEN not in str(channel)

        # An alert fires: the provider of a configuration fails.
        (rule,) = [each for each in ask(server, "GET", "/api/alerts/rules") if each["preset"] == "down"]
        ask(server, "PUT", f"/api/alerts/rules/{rule['id']}", {"channelIds": [channel["id"]]})
        place = {"provider": "openai", "baseUrl": f"{upstream.url}/v1", "apiKey": "sk-canary-0123456789abcdef"}
        ask(server, "POST", "/api/configurations", {"name": "production", "model": "gpt-4", **place})
        working = upstream.script

        async def fall(writer: Any) -> None:
            notice = upstream.asked[-1].line.startswith("POST /chat/rooms/")
            assert working is not None
            await (working if notice else scripted.whole(b"{}", status="503 Service Unavailable"))(writer)

        upstream.script = fall
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=server.make_key(), max_retries=0) as client:
            for _ in range(5):
                with pytest.raises(openai.InternalServerError):
                    client.chat.completions.create(model="production", messages=[{"role": "user", "content": "Hi"}])

        def arrived() -> list[Any]:
            return [each for each in upstream.asked if each.line.startswith("POST /chat/rooms/ops ")]

        notice = wait_for(arrived, 60)[0]
        assert notice.headers["x-token"] == TOKEN
        assert "The configuration production is down." in json.loads(notice.body)["text"]
        deliveries = "/api/alerts/deliveries?state=sent"
        sent = wait_for(lambda: ask(server, "GET", deliveries))[0]
        assert (sent["channelKind"], sent["status"]) == ("extension", 200)

        # What it raises is told, without the secret.
        path = f"/api/alerts/channels/{channel['id']}"
        ask(server, "PUT", path, {"settings": {"room": "broken"}})
        told = ask(server, "POST", f"{path}/test")
        assert (told["state"], told["reason"]) == ("failed", "The extension failed: RuntimeError: no luck with …")
        # Its secret goes nowhere else.
        status, refused = server.ask("PUT", path, {"url": "https://chat.example/"})
        assert (status, refused["errors"][0]["field"]) == (400, "secret")
        assert server.stop() == 0
        assert TOKEN not in server.log.read_text()
        # Without the package, the channel stays and says why it sends nothing.
        server.settings["TRUNKLINE_EXTENSIONS"] = ""
        server.start()
        told = ask(server, "POST", f"{path}/test")
        assert "The extension with the alert channel rooms is not loaded." in told["reason"]
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
