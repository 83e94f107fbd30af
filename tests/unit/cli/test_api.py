"""How commands talk to the server: pages are followed, and errors come out in its own words."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.cli.fakes import Bearer, Reply, Wire

from trunkline.cli.api import find_path
from trunkline.cli.credential import ApiKey
from trunkline.cli.server_address import read_url, write_own_url
from trunkline.core.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TrunklineError,
    Unauthenticated,
    Unavailable,
)
from trunkline.core.secret import Secret
from trunkline.outbound import ConnectFailed, Origin, TimedOut
from trunkline.settings import Settings

ORIGIN = Origin("http", "127.0.0.1", 8700)


async def test_a_request_carries_the_key_and_the_workspace() -> None:
    wire = Wire([Reply(pieces=[b"{}"])])
    await wire.api("w-1").ask("POST", "/api/keys", query={"a": "b c", "d": None}, body={"name": "x"})
    (request,) = wire.requests
    assert str(request.url) == "http://127.0.0.1:8700/api/keys?a=b+c"
    assert dict(request.headers)["Authorization"] == "Bearer tl-test"
    assert dict(request.headers)["X-Trunkline-Workspace"] == "w-1"
    assert msgspec.json.decode(request.body) == {"name": "x"}


async def test_a_list_is_read_over_all_its_pages() -> None:
    following = ("link", '</api/keys?limit=100&cursor=abc>; rel="next"')
    wire = Wire([Reply(pieces=[b"[1,2]"], fields=[following]), Reply(pieces=[b"[3]"])])
    found = await wire.api().list("/api/keys")
    assert [msgspec.json.decode(item) for item in found] == [1, 2, 3]
    assert [request.url.target for request in wire.requests] == [
        "/api/keys",
        "/api/keys?limit=100&cursor=abc",
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidInput),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (503, Unavailable),
        (500, TrunklineError),
        (429, TrunklineError),
    ],
)
async def test_errors_of_the_management_faces(status: int, kind: type[TrunklineError]) -> None:
    document = b'{"statusCode":%d,"message":"This and that.","error":"Bad"}' % status
    with pytest.raises(kind) as caught:
        await Wire([Reply(status, [document])]).api().ask("GET", "/api/keys")
    assert type(caught.value) is kind
    assert caught.value.message == "This and that."


async def test_errors_of_the_gateway() -> None:
    document = b'{"error":{"message":"There is no model x.","type":"invalid_request_error"}}'
    with pytest.raises(NotFound, match=r"^There is no model x\.$"):
        await Wire([Reply(404, [document])]).api().open("POST", "/v1/chat/completions")


async def test_an_error_that_is_not_trunklines() -> None:
    with pytest.raises(TrunklineError, match=r"status 502, in a way that is not Trunkline's"):
        await Wire([Reply(502, [b"<html>"])]).api().ask("GET", "/api/keys")


async def test_a_refused_key_is_named() -> None:
    wire = Wire([Reply(401, [b'{"message":"Unknown."}'])])
    with pytest.raises(Unauthenticated, match="does not accept TRUNKLINE_API_KEY") as caught:
        await wire.api(credential=ApiKey(Secret("tl-wrong"))).ask("GET", "/api/keys")
    assert "tl-wrong" not in caught.value.message


async def test_a_request_is_repeated_by_whoever_steps_in() -> None:
    class Second(Bearer):
        asked = 0

        async def give_way(self, path: str, refusal: TrunklineError) -> bool:
            self.asked += 1
            return self.asked == 1

    wire = Wire([Reply(403, [b'{"message":"No."}']), Reply(pieces=[b"[]"])])
    assert await wire.api(credential=Second()).ask("POST", "/api/keys", body={"name": "x"}) == b"[]"
    assert [msgspec.json.decode(request.body) for request in wire.requests] == [{"name": "x"}] * 2
    wire = Wire([Reply(403, [b'{"message":"No."}']), Reply(403, [b'{"message":"Still no."}'])])
    with pytest.raises(Forbidden, match="Still no"):
        await wire.api(credential=Second()).ask("GET", "/api/keys")


async def test_a_server_that_does_not_run() -> None:
    refused = ConnectFailed("Nothing listens.", origin=ORIGIN, stage="tcp")
    with pytest.raises(Unavailable, match=r"No server answers at http://127\.0\.0\.1:8700\. Start it with `make run`"):
        await Wire([refused]).api().ask("GET", "/api/keys")


async def test_a_server_that_falls_silent() -> None:
    silence = TimedOut("Too slow.", origin=ORIGIN, stage="head", phase="first_byte")
    with pytest.raises(Unavailable, match=r"gave no whole answer\. Too slow\."):
        await Wire([silence]).api().ask("GET", "/api/keys")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8700"),
        ("0.0.0.0", "http://127.0.0.1:8700"),
        ("::", "http://[::1]:8700"),
        ("::1", "http://[::1]:8700"),
    ],
)
def test_the_own_server_is_found_by_the_settings(host: str, url: str) -> None:
    assert write_own_url(Settings(host=host)) == url


def test_a_bad_url_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_URL", "ai.example.com")
    with pytest.raises(InvalidInput, match=r"^TRUNKLINE_URL: "):
        read_url()


def test_paths_are_encoded() -> None:
    assert find_path("keys", "a/../b", "test") == "/api/keys/a%2F..%2Fb/test"
    assert find_path("/model-configs", "a", "versions") == "/model-configs/a/versions"
