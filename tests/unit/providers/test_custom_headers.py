from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.custom_headers import FORBIDDEN, check_custom_headers, write_custom_headers


def test_values_may_be_secret() -> None:
    assert write_custom_headers({"X-A": "1", "X-B": Secret("2")}) == (("X-A", "1"), ("X-B", "2"))


@pytest.mark.parametrize("name", [*sorted(FORBIDDEN), "Host", "CONTENT-LENGTH", "Transfer-Encoding"])
def test_what_belongs_to_the_connection_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is set by Trunkline itself") as caught:
        write_custom_headers({name: "x"})
    assert caught.value.fields[0].field == f"configuration.headers.{name}"


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X\r\nHost", "Ä", "x" * 101])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is not the name of a header"):
        write_custom_headers({name: "x"})


@given(st.text(max_size=30))
def test_no_value_can_begin_another_line(value: str) -> None:
    if errors := check_custom_headers({"X-A": value}):
        assert [error.field for error in errors] == ["configuration.headers.X-A"]
        return
    ((_, written),) = write_custom_headers({"X-A": value})
    assert written.isascii()
    assert written.isprintable()


def test_one_name_in_two_cases_is_refused() -> None:
    with pytest.raises(InvalidInput, match="there twice"):
        write_custom_headers({"X-A": "1", "x-a": "2"})


def test_every_wrong_field_is_named_and_no_value_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        write_custom_headers({"Host": "canary", "X-A": Secret("canary\n2")} | {f"X-{n}": "1" for n in range(40)})
    assert [error.field for error in caught.value.fields] == [
        "configuration.headers",
        "configuration.headers.Host",
        "configuration.headers.X-A",
    ]
    assert "canary" not in str(caught.value.fields)
