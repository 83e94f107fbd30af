"""What commands sign in with, and what they never do with it."""

from __future__ import annotations

from typing import cast

import pytest

from trunkline.cli.credential import ApiKey, Owner, open_credential
from trunkline.cli.owner_session import OwnerSession, OwnerSessions
from trunkline.core.errors import Forbidden, Unauthenticated, Unavailable
from trunkline.core.secret import Secret


class Sessions:
    """Gives sessions that last for ``minutes``, and remembers which were ended."""

    def __init__(self, minutes: int) -> None:
        self._minutes = minutes
        self.begun = 0
        self.ended: list[str] = []

    async def begin(self) -> OwnerSession:
        self.begun += 1
        return OwnerSession(f"token-{self.begun}", self._minutes * 60)

    async def end(self, session: OwnerSession) -> None:
        self.ended.append(session.access_token)
        if len(self.ended) > 1:
            raise Unavailable("No server answers.")


def _open() -> OwnerSessions:
    return cast("OwnerSessions", Sessions(15))


async def _find() -> None:
    return None


async def test_a_key_of_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_API_KEY", " tl-key\n")
    async with open_credential(_find, _open) as credential:
        assert (await credential.token("/v1/models")).reveal() == "tl-key"


async def test_another_server_is_never_shown_a_token_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_URL", "http://127.0.0.1:9")
    with pytest.raises(Unauthenticated, match="TRUNKLINE_API_KEY"):
        async with open_credential(_find, _open):
            pass


async def test_a_server_that_is_down_is_told_first() -> None:
    async def find() -> None:
        raise Unavailable("No server answers.")

    with pytest.raises(Unavailable, match="No server answers"):
        async with open_credential(find, _open):
            pass


async def test_without_a_key_the_owner_signs_in() -> None:
    async with open_credential(_find, _open) as credential:
        assert (await credential.token("/api/keys")).reveal() == "token-1"


async def test_one_session_serves_a_command_and_ends_with_it() -> None:
    sessions = Sessions(15)
    owner = Owner(cast("OwnerSessions", sessions))
    assert [(await owner.token("/api/keys")).reveal() for _ in range(3)] == ["token-1"] * 3
    await owner.end()
    await owner.end()
    assert sessions.ended == ["token-1"]


async def test_a_session_is_replaced_before_it_expires() -> None:
    sessions = Sessions(1)
    owner = Owner(cast("OwnerSessions", sessions))
    await owner.token("/api/keys")
    assert (await owner.token("/api/keys")).reveal() == "token-2"
    assert sessions.ended == ["token-1"]


async def test_a_server_that_has_stopped_meanwhile_spoils_nothing() -> None:
    sessions = Sessions(1)
    owner = Owner(cast("OwnerSessions", sessions))
    await owner.token("/api/keys")
    await owner.token("/api/keys")
    await owner.end()
    assert sessions.ended == ["token-1", "token-2"]


class TestAKeyOfTheEnvironment:
    @staticmethod
    def key(sessions: Sessions) -> ApiKey:
        async def open_owner() -> Owner:
            return Owner(cast("OwnerSessions", sessions))

        return ApiKey(Secret("tl-key"), open_owner)

    @pytest.mark.parametrize("refusal", [Forbidden("It may only call."), Unauthenticated("Unknown.")])
    async def test_the_owner_steps_in_where_it_may_not_manage(
        self, refusal: Forbidden | Unauthenticated, capsys: pytest.CaptureFixture[str]
    ) -> None:
        key = self.key(Sessions(15))
        assert await key.give_way("/api/keys", refusal)
        assert (await key.token("/api/keys")).reveal() == "token-1"
        assert (await key.token("/v1/chat/completions")).reveal() == "tl-key"
        assert not await key.give_way("/api/keys", refusal), "once is enough"
        assert "TRUNKLINE_API_KEY of your environment" in " ".join(capsys.readouterr().err.split())

    async def test_a_call_is_the_keys_alone(self) -> None:
        key = self.key(Sessions(15))
        assert not await key.give_way("/v1/chat/completions", Unauthenticated("Unknown."))
        assert (await key.token("/v1/chat/completions")).reveal() == "tl-key"

    async def test_nobody_steps_in_at_another_server(self) -> None:
        assert not await ApiKey(Secret("tl-key")).give_way("/api/keys", Forbidden("It may only call."))

    async def test_without_the_folder_the_refusal_stays(self) -> None:
        async def open_owner() -> Owner:
            raise Unavailable("No server of this machine runs here.")

        assert not await ApiKey(Secret("tl-key"), open_owner).give_way("/api/keys", Forbidden("It may only call."))

    def test_a_refusal_says_where_the_key_is_from(self) -> None:
        told = ApiKey(Secret("tl-key")).explain("/api/keys", Forbidden("This API key may only call models."))
        assert "TRUNKLINE_API_KEY in your environment" in told.message
