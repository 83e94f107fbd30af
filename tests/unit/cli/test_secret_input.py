"""Secrets come from the environment, standard input or a hidden prompt, and never from an argument."""

from __future__ import annotations

import io
import sys

import pytest

from trunkline.cli.secret_input import read_secret
from trunkline.core.errors import InvalidInput


class Terminal(io.StringIO):
    """Standard input that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def read(env: str | None = None, *, stdin: bool = False, confirm: bool = False) -> str:
    return read_secret("Key", option="--key", env=env, stdin=stdin, confirm=confirm).reveal()


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "sk-1")
    assert read("A_KEY") == "sk-1"


def test_a_variable_that_is_not_set() -> None:
    with pytest.raises(InvalidInput, match="The environment variable NO_KEY is not set"):
        read("NO_KEY")


def test_from_standard_input_without_its_line_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("  sk 2 \r\nmore\n"))
    assert read(stdin=True) == "  sk 2 "


def test_nothing_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(InvalidInput, match="Nothing came"):
        read(stdin=True)


def test_without_a_terminal_it_names_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("sk-3"))
    with pytest.raises(InvalidInput, match="--key-env NAME or --key-stdin"):
        read()


def test_both_options_at_once() -> None:
    with pytest.raises(InvalidInput, match="one of --key-env and --key-stdin"):
        read("A_KEY", stdin=True)


@pytest.mark.parametrize(("typed", "good"), [(["a", "a"], True), (["a", "b"], False)])
def test_what_is_typed_twice_must_be_the_same(monkeypatch: pytest.MonkeyPatch, typed: list[str], good: bool) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: typed.pop(0))
    if good:
        assert read(confirm=True) == "a"
    else:
        with pytest.raises(InvalidInput, match="not the same"):
            read(confirm=True)
