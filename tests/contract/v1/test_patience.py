"""How long a provider may be silent: a stream must begin and go on, an answer in one piece may take the whole call."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from trunkline.outbound import ConnectFailed, Origin, OutgoingRequest, Timeouts

TIMEOUTS = Timeouts(connect=1, first_byte=2, between=3, total=40)


class Noting:
    """Notes how long it would have waited, and cannot connect."""

    def __init__(self) -> None:
        self.patience: list[Timeouts] = []

    async def send(self, request: OutgoingRequest, timeouts: Timeouts) -> Any:
        self.patience.append(timeouts)
        raise ConnectFailed("Nothing is listening.", origin=Origin("https", "x", 443), stage="connect")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "hi"}]}),
        ("/v1/messages", {"max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}),
        ("/v1/responses", {"input": "hi"}),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_in_one_piece_has_the_time_of_the_whole_call(path: str, body: Any, streamed: bool) -> None:
    client = Noting()
    entries = [configuration("up", "openai", model="m", api_key="sk-aaaaaaaaaaaaaaaaaaaa")]
    with CallServer(entries, transport=lambda _: client, timeouts=TIMEOUTS).serve() as bare:
        connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
        asked = json.dumps({"model": "up", "stream": streamed, **body}).encode()
        connection.request("POST", path, asked, {"authorization": f"Bearer {KEY}"})
        assert connection.getresponse().status == 502
        connection.close()
    assert len(client.patience) > 1, "tried again, as patiently as at first"
    for told in client.patience:
        if streamed:
            assert (told.first_byte, told.between) == (2, 3)
        else:
            assert told.first_byte == told.between == told.total
    assert client.patience[0].total == 40


def test_half_of_it_while_another_target_can_serve() -> None:
    client = Noting()
    entries = [
        configuration(name, "openai", model="m", shared=True, api_key="sk-aaaaaaaaaaaaaaaaaaaa") for name in "ab"
    ]
    with CallServer(
        entries, transport=lambda _: client, timeouts=TIMEOUTS, routes=[route("r", "a", "b")]
    ).serve() as bare:
        connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
        asked = json.dumps({"model": "r", "messages": [{"role": "user", "content": "hi"}]}).encode()
        connection.request("POST", "/v1/chat/completions", asked, {"authorization": f"Bearer {KEY}"})
        assert connection.getresponse().status == 502
        connection.close()
    first, last = client.patience[0], client.patience[-1]
    assert (first.first_byte, first.total) == (20, 40)
    assert last.first_byte == last.total
