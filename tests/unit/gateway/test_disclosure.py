"""Who is told what of a provider's failure: nobody the key, only who looks after it accounts and addresses."""

from __future__ import annotations

import pytest

from trunkline.core.actor import Actor, Role
from trunkline.core.chat import Message, Text, ToolCall
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamError
from trunkline.core.key_redaction import KeyRedaction
from trunkline.gateway.disclosure import Disclosure
from trunkline.outbound import Origin, OutboundError

KEY = "0f3c9a7b5d2e4f6a8b1c3d5e7f9a0b2c"
ACCOUNT = "arn:aws:iam::123456789012:role/Gateway"
PLACE = "10.1.2.3:8000"


def actor(role: Role = "member", *, user: str = "me", application: str | None = None) -> Actor:
    return Actor(user_id=user, workspace_id="w", role=role, application_id=application, key_id=application and "k")


MEMBER, ADMIN = actor(), actor("admin")


def disclosure(who: Actor, owner: str | None = None) -> Disclosure:
    return Disclosure(who, "request-1", KeyRedaction([KEY]), owner_id=owner)


def upstream() -> UpstreamError:
    return UpstreamError(
        f"The provider failed with {KEY}.",
        kind="server",
        status=500,
        detail=f"{KEY} of {ACCOUNT} at {PLACE}",
        upstream_code=f"code-{KEY}",
        said={"param": KEY, "metadata": {"raw": [f"Bearer {KEY}", ACCOUNT], KEY: 1}},
    )


def everything(error: UpstreamError) -> str:
    return f"{error} {error.args} {vars(error)}"


@pytest.mark.parametrize("who", [MEMBER, ADMIN, actor("owner"), actor("owner", application="a")])
def test_the_key_is_in_no_part_of_an_error_for_anybody(who: Actor) -> None:
    error = upstream()
    disclosure(who).error(error)
    assert KEY not in everything(error)
    assert error.kind == "server"
    assert error.status == 500


@pytest.mark.parametrize(
    ("who", "owner", "knows"),
    [
        (MEMBER, None, False),
        (MEMBER, "somebody", False),
        (MEMBER, "me", True),
        (ADMIN, None, True),
        # A program shows what it is told to anybody.
        (actor("owner", application="a"), None, False),
        (actor("owner", application="a"), "me", False),
    ],
)
def test_accounts_and_addresses_are_for_who_looks_after_them(who: Actor, owner: str | None, knows: bool) -> None:
    error = upstream()
    disclosure(who, owner).error(error)
    assert (ACCOUNT in everything(error), PLACE in everything(error)) == (knows, knows)
    failure = disclosure(who, owner).failure(Failure(f"{KEY} of {ACCOUNT}", "server", KEY))
    assert KEY not in f"{failure}"
    assert (ACCOUNT in failure.message) == knows
    last = disclosure(who, owner).last(f'data: {{"error": "{KEY} of {ACCOUNT}"}}\n\n'.encode())
    assert KEY.encode() not in last
    assert (ACCOUNT.encode() in last) == knows


def test_what_is_not_reached_is_a_sentence_and_the_request_below_an_admin() -> None:
    def fail() -> OutboundError:
        return OutboundError(
            f"No connection to {PLACE} within 5 s.", origin=Origin("http", "10.1.2.3", 8000), stage="tcp"
        )

    hidden, shown = fail(), fail()
    disclosure(MEMBER).error(hidden)
    disclosure(ADMIN).error(shown)
    assert hidden.message == (
        "The provider cannot be reached. An administrator finds more in the log, by the request request-1."
    )
    assert PLACE in shown.message


def test_bytes_of_an_answer_lose_the_key_and_nothing_else() -> None:
    whole = disclosure(MEMBER).whole
    assert whole(f'{{"content": "{KEY}", "at": "{PLACE}"}}'.encode()) == (
        f'{{"content": "[redacted]", "at": "{PLACE}"}}'.encode()
    )
    untouched = b"\xff\x00 no key here"
    assert whole(untouched) is untouched


def test_an_answer_put_together_is_without_the_key_and_else_the_same() -> None:
    told = Message("assistant", (Text(f"It is {KEY}."), ToolCall("call-1", "f", f'{{"at": "{KEY}"}}')))
    assert disclosure(MEMBER).message(told) == Message(
        "assistant", (Text("It is [redacted]."), ToolCall("call-1", "f", '{"at": "[redacted]"}'))
    )
    harmless = Message("assistant", (Text("It is secret."),))
    assert disclosure(MEMBER).message(harmless) is harmless
