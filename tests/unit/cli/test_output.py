"""What commands print: exact for programs, harmless for terminals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.cli.output import clean, complain, print_json, print_table, write_cost


@given(st.text())
def test_nothing_printed_can_drive_a_terminal(text: str) -> None:
    assert not {char for char in clean(text) if char < " " or "\x7f" <= char < "\xa0"} - {"\n", "\t"}


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_is_readable_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [
        (0, "$0"),
        (0.0004, "$0.00040"),
        (0.000000001, "$0.000000001"),
        (0.05, "$0.050"),
        (0.5, "$0.50"),
        (1234.5, "$1,234.50"),
    ],
)
def test_costs_show_two_digits_at_least(dollars: float, shown: str) -> None:
    assert write_cost(dollars) == shown


def test_a_table_cuts_no_cell_and_reads_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 300
    print_table(["name", ">count"], [["[bold]x[/]", "1"], [long, "12"]], empty="none")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "[bold]x[/]" in lines[1]
    assert long in lines[2]


def test_an_empty_table_says_so_beside_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name"], [], empty="There is nothing.")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "There is nothing.\n")


def test_json_is_indented_and_whole(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_json(b'{"a":[1,2]}')
    assert capfdbinary.readouterr().out == b'{\n  "a": [\n    1,\n    2\n  ]\n}\n'


def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain("A long story [with] brackets " + "and more " * 40)
    err = capsys.readouterr().err
    assert err.startswith("Error: A long story [with] brackets")
    assert err.count("\n") == 1
