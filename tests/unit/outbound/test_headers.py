from __future__ import annotations

from trunkline.outbound import Headers


def test_fields_are_found_by_lower_case_name_and_repeats_are_joined() -> None:
    headers = Headers([(b"Content-Type", b"text/plain"), (b"Via", b"a"), (b"via", b"b"), (b"X-Empty", b"")])
    assert headers.get("content-type") == "text/plain"
    assert headers.get("via") == "a, b"
    assert headers.get("x-empty") == ""
    assert headers.get("absent") is None
    assert "via" in headers
    assert "absent" not in headers


def test_iteration_gives_every_field_as_it_came() -> None:
    pairs = [("a", "1"), ("b", "é"), ("a", "2")]
    assert list(Headers.of(pairs)) == pairs
    assert len(Headers.of(pairs)) == 3


def test_the_repr_shows_names_only() -> None:
    assert repr(Headers.of([("Set-Cookie", "secret")])) == "Headers(['set-cookie'])"
