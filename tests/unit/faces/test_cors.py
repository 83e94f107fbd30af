"""Origins are compared whole, and nothing that a browser keeps is ever let in."""

from __future__ import annotations

import pytest

from trunkline.core.errors import InvalidInput
from trunkline.faces.cors import Cors, is_preflight
from trunkline.setting_forms import read_origins
from trunkline.settings import Settings

PAGE = b"https://app.example.com"
QUESTION = [(b"origin", PAGE), (b"access-control-request-method", b"POST")]


def test_nobody_unless_named() -> None:
    assert not Cors(())
    assert Cors(()).preflight(QUESTION) is None
    assert Cors(()).answer(PAGE) == [(b"vary", b"origin")]


@pytest.mark.parametrize("rules", [Cors(("*",)), Cors((PAGE.decode(),)), Cors(())])
def test_credentials_are_never_allowed(rules: Cors) -> None:
    names = {name for name, _ in [*(rules.preflight(QUESTION) or ()), *rules.answer(PAGE)]}
    assert b"access-control-allow-credentials" not in names


@pytest.mark.parametrize("origin", [b"https://app.example.com.evil", b"https://app.example", b"null", b"", b"*"])
def test_an_origin_is_compared_whole(origin: bytes) -> None:
    rules = Cors((PAGE.decode(),))
    assert rules.answer(origin) == [(b"vary", b"origin")]
    assert rules.preflight([(b"origin", origin), QUESTION[1]]) is None


def test_a_question_is_one_of_a_browser() -> None:
    assert is_preflight("OPTIONS", QUESTION)
    assert not is_preflight("POST", QUESTION)
    assert not is_preflight("OPTIONS", QUESTION[:1])
    assert not is_preflight("OPTIONS", QUESTION[1:])


def test_the_setting() -> None:
    assert Settings(cors_origins=None).call_origins == ("*",)
    assert Settings(cors_origins=None).api_origins == ()
    named = Settings(cors_origins=" https://A.example.com , http://localhost:3000")
    assert named.call_origins == named.api_origins == ("https://a.example.com", "http://localhost:3000")
    assert Settings(cors_origins="none").call_origins == Settings(cors_origins="").api_origins == ()
    assert Settings(cors_origins="*").api_origins == ("*",)


@pytest.mark.parametrize(
    "text",
    ["app.example.com", "https://app.example.com/", "https://a b", "https://*.example.com", "https://a@b", "//a"],
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        read_origins(text)
    with pytest.raises(InvalidInput, match="without a path"):
        Settings(cors_origins=text)
