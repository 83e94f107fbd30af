"""Plays conversations of two turns through the gateway, and tells what the provider of the second turn heard."""

from __future__ import annotations

import asyncio
import json
from copy import copy
from dataclasses import dataclass

import httpx2

from tests.contract.v1.entries import KEY
from tests.contract.v1.turns.clients import CLIENTS
from tests.contract.v1.turns.clients.client import Conversation, Seen, Setting
from tests.contract.v1.turns.makers.maker import Heard
from tests.contract.v1.turns.provider import Provider
from tests.contract.v1.turns.scene import DONE, Json, Scene
from tests.upstreams.scripted import Script, Scripted, stream, whole


@dataclass(frozen=True)
class Played:
    """What the client saw of both turns, what the second provider heard, and the bytes that it was sent."""

    first: Seen
    second: Seen
    heard: Heard
    raw: bytes
    path: str

    @property
    def kept_there(self) -> bool:
        """Whether the provider keeps the conversation itself, and was told which."""
        return b"previous_response_id" in self.raw


class Stage:
    """The gateway at ``url`` in front of one scripted server that is every provider."""

    def __init__(self, url: str, upstream: Scripted) -> None:
        self._url = url
        self._upstream = upstream
        self._http = httpx2.Client(headers={"Authorization": f"Bearer {KEY}"}, timeout=20, trust_env=False)
        self._begun: dict[tuple[str, str, str, bool, bool], tuple[Seen, Conversation]] = {}
        """What was begun, so that each first turn is played once, however many second ones follow."""

    def play(
        self, client: str, first: Provider, then: Provider, scene: Scene, *, streamed: bool, dumped: bool
    ) -> Played:
        beginning = (client, first.name, scene.name, streamed, dumped)
        if beginning not in self._begun:
            self._begun[beginning] = self._begin(client, first, scene, streamed=streamed, dumped=dumped)
        seen, begun = self._begun[beginning]
        self._answer(then, DONE, streamed)
        end = copy(begun).go_on(then)
        asked = self._upstream.asked[-1]
        path = asked.line.split(" ")[1].partition("?")[0]
        return Played(seen, end, then.maker_for(path).hear(json.loads(asked.body)), asked.body, path)

    def send(self, provider: Provider, path: str, body: Json, *, streamed: bool = False) -> httpx2.Response:
        """What comes for one request as it is, which is answered with a text if it gets that far."""
        self._answer(provider, DONE, streamed)
        if "{model}" not in path:
            body = {"model": provider.name, **body, **({"stream": True} if streamed else {})}
        elif streamed:
            path = path.replace(":generateContent", ":streamGenerateContent?alt=sse")
        return self._http.post(self._url + path.format(model=provider.name), json=body)

    def _begin(
        self, client: str, first: Provider, scene: Scene, *, streamed: bool, dumped: bool
    ) -> tuple[Seen, Conversation]:
        setting = Setting(
            self._url,
            streamed,
            dumped,
            tools=scene.has_tools,
            thinks=first.thinks and scene.has_thoughts,
            budget=first.budget,
        )
        conversation = CLIENTS[client](setting)
        self._answer(first, scene, streamed)
        return conversation.ask(first), conversation

    def _answer(self, provider: Provider, scene: Scene, streamed: bool) -> None:
        """By the API that was asked: a provider may have two."""
        upstream = self._upstream

        async def script(writer: asyncio.StreamWriter) -> None:
            maker = provider.maker_for(upstream.asked[-1].line.split(" ")[1])
            chosen: Script = stream(*maker.stream(scene), kind=maker.kind) if streamed else whole(maker.answer(scene))
            await chosen(writer)

        upstream.script = script
