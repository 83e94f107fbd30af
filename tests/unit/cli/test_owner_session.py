"""How a command signs in as the owner of the data folder, at the server that runs on it and at no other."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import msgspec
import pytest
from tests.unit.cli.fakes import Reply, Wire

from trunkline.cli.owner_session import OwnerSession, OwnerSessions
from trunkline.control.people.local_proof import accept_proof
from trunkline.core.errors import Unavailable
from trunkline.core.secret import Secret
from trunkline.gateway.journal.process_lock import ProcessLock
from trunkline.outbound import Client, Url
from trunkline.settings import Settings

SIGNED_IN = b'{"accessToken": "token", "expiresIn": 900}'


def make(wire: Wire, folder: Path) -> OwnerSessions:
    settings = Settings(data_dir=folder)
    return OwnerSessions(Url.parse("http://127.0.0.1:8700"), cast("Client", wire), settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder on which a server runs: somebody holds the lock of its journal."""
    journal = tmp_path / "journal"
    journal.mkdir()
    assert ProcessLock.acquire(journal, "server") is not None
    return tmp_path


async def test_it_shows_that_the_folder_is_its_own(folder: Path) -> None:
    shown: list[bool] = []

    class Server(Wire):
        async def send(self, request, timeouts=None):
            proof = msgspec.json.decode(request.body)["proof"]
            shown.append(accept_proof(folder, 8700, Secret(proof)))
            return await super().send(request, timeouts)

    wire = Server([Reply(201, [SIGNED_IN])])
    assert await make(wire, folder).begin() == OwnerSession("token", 900)
    assert shown == [True]
    assert "Authorization" not in dict(wire.requests[0].headers)


async def test_it_ends_its_session_with_the_token_of_it(folder: Path) -> None:
    wire = Wire([Reply(200, [b"{}"])])
    await make(wire, folder).end(OwnerSession("token", 900))
    (request,) = wire.requests
    assert (request.method, request.url.target) == ("DELETE", "/api/auth/local")
    assert dict(request.headers)["Authorization"] == "Bearer token"


async def test_whoever_has_the_port_but_not_the_folder_is_shown_nothing(tmp_path: Path) -> None:
    wire = Wire([])
    with pytest.raises(Unavailable, match=r"No server of this machine runs on the data folder .* TRUNKLINE_API_KEY"):
        await make(wire, tmp_path).begin()
    assert wire.requests == []


async def test_a_server_with_another_folder_is_told(folder: Path) -> None:
    wire = Wire([Reply(401, [b'{"message": "The proof is wrong."}'])])
    with pytest.raises(Unavailable, match=r"has another data folder than .* TRUNKLINE_API_KEY"):
        await make(wire, folder).begin()


async def test_what_the_server_says_comes_out(folder: Path) -> None:
    wire = Wire([Reply(503, [b'{"message": "This installation has no administrator who may sign in."}'])])
    with pytest.raises(Unavailable, match="no administrator"):
        await make(wire, folder).begin()


def test_a_session_shows_nothing_of_its_token() -> None:
    assert "token-1" not in repr(OwnerSession("token-1", 900))
