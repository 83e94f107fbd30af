"""What commands sign in with, and what they never do with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from trunkline.cli.credential import Owner, open_credential
from trunkline.control.people.local_session import LocalSession, LocalSessions
from trunkline.core.errors import Unauthenticated, Unavailable
from trunkline.core.secret import Secret
from trunkline.settings import Settings


class Sessions:
    """Gives sessions that last for ``minutes``, and remembers which were ended."""

    def __init__(self, minutes: float) -> None:
        self._minutes = minutes
        self.begun = 0
        self.ended: list[str] = []

    async def begin(self) -> LocalSession:
        self.begun += 1
        return LocalSession(
            id=str(self.begun),
            user_id="u",
            email="admin@localhost",
            access_token=Secret(f"token-{self.begun}"),
            expires_at=datetime.now(UTC) + timedelta(minutes=self._minutes),
        )

    async def end(self, session: LocalSession) -> None:
        self.ended.append(session.id)


async def _find() -> None:
    return None


async def test_a_key_of_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_API_KEY", " tl-key\n")
    async with open_credential(Settings(), _find) as credential:
        assert (await credential.token()).reveal() == "tl-key"


async def test_another_server_is_never_shown_a_token_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_URL", "http://127.0.0.1:9")
    with pytest.raises(Unauthenticated, match="TRUNKLINE_API_KEY"):
        async with open_credential(Settings(), _find):
            pass


async def test_a_server_that_is_down_is_told_first() -> None:
    async def find() -> None:
        raise Unavailable("No server answers.")

    with pytest.raises(Unavailable, match="No server answers"):
        async with open_credential(Settings(), find):
            pass


async def test_whoever_has_the_port_but_not_the_folder_gets_nothing() -> None:
    with pytest.raises(Unavailable, match=r"No server of this machine runs on the data folder .* TRUNKLINE_API_KEY"):
        async with open_credential(Settings(), _find):
            pass


async def test_one_session_serves_a_command_and_ends_with_it() -> None:
    sessions = Sessions(15)
    owner = Owner(cast("LocalSessions", sessions))
    assert [(await owner.token()).reveal() for _ in range(3)] == ["token-1"] * 3
    await owner.end()
    await owner.end()
    assert sessions.ended == ["1"]


async def test_a_session_is_replaced_before_it_expires() -> None:
    sessions = Sessions(1)
    owner = Owner(cast("LocalSessions", sessions))
    await owner.token()
    assert (await owner.token()).reveal() == "token-2"
    assert sessions.ended == ["1"]
