from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.outbound import Origin, Url


@pytest.mark.parametrize(
    ("text", "origin", "target"),
    [
        ("https://api.openai.com/v1", ("https", "api.openai.com", 443), "/v1"),
        ("HTTPS://API.OpenAI.com", ("https", "api.openai.com", 443), "/"),
        ("http://localhost:11434/api/chat?stream=1", ("http", "localhost", 11434), "/api/chat?stream=1"),
        ("http://host?x=1", ("http", "host", 80), "/?x=1"),
        ("http://my_service:8000/", ("http", "my_service", 8000), "/"),
        ("http://192.0.2.7:81/", ("http", "192.0.2.7", 81), "/"),
        ("https://[2001:DB8::0:7]/", ("https", "2001:db8::7", 443), "/"),
        ("https://[2001:db8::7]:8443/", ("https", "2001:db8::7", 8443), "/"),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443), "/"),
        ("https://straße.example/", ("https", "xn--strae-oqa.example", 443), "/"),
        ("https://h.example:/", ("https", "h.example", 443), "/"),
        ("https://h.example/a%20b/ü", ("https", "h.example", 443), "/a%20b/%C3%BC"),
        ("https://h.example/v1beta/models/m:generate", ("https", "h.example", 443), "/v1beta/models/m:generate"),
        ("https://h.example/@user", ("https", "h.example", 443), "/@user"),
        ("http://１２７.0.0.1/", ("http", "127.0.0.1", 80), "/"),
    ],
)
def test_a_url_is_read_into_its_one_canonical_form(text: str, origin: tuple[str, str, int], target: str) -> None:
    assert Url.parse(text) == Url(Origin(*origin), target)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.openai.com/v1",
        "//api.openai.com",
        "/v1",
        "https:/h",
        "ftp://h/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript://x",
        "https://",
        "https:///path",
        "https://:443/",
        "https://?q",
        "https://user@h/",
        "https://user:pass@h/",
        "https://h@evil/",
        "https://h/#fragment",
        "https://h#@evil/",
        "https://h:0/",
        "https://h:65536/",
        "https://h:-1/",
        "https://h:80x/",
        "https://h:８０/",
        "https://h:1:2/",
        "https://h /",
        " https://h/",
        "https://h/\n",
        "https://h/\ud800",
        "https://h\udfff/",
        "https://h/a b",
        "https://h\t/",
        "https://h\r\nX: y/",
        "https://h\x00/",
        "https://h\x7f/",
        "https://h\u00a0/",
        "https://h\u2028/",
        "https://h\\@evil/",
        "https://h\\evil/",
        "https://h./",
        "https://h../",
        "https://.h/",
        "https://a..b/",
        "https://-h/",
        "https://h-/",
        "https://h%2e/",
        "https://%31%32%37.0.0.1/",
        "https://h_%41/",
        "https://h,b/",
        "https://h;b/",
        "https://h*b/",
        "https://a" + "b" * 63 + "/",
        "https://" + "a." * 127 + "aa/",
        "http://2130706433/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://127.0.0.256/",
        "http://127.0.0.1.1/",
        "http://127.0.0.01/",
        "http://１２７.1/",
        "http://127。0。1/",
        "http://1.2.3.0x4/",
        "http://h.0x/",
        "http://a.b.1/",
        "http://[::1/",
        "http://::1/",
        "http://[]/",
        "http://[::1%25lo]/",
        "http://[fe80::1%eth0]/",
        "http://[127.0.0.1]/",
        "http://[::1]x/",
        "http://[1::2::3]/",
        "http://[v1.fe80]/",
    ],
)
def test_what_is_ambiguous_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Url.parse(text)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("https://h./", "leave the dot out"),
        ("https://user:pass@h/", "in the field that is for them"),
        ("https://h\\evil/", "write a slash"),
        ("https://h/#x", "remove the #"),
        ("ftp://h/", "use https://"),
        ("http://127.1/", "four decimal numbers"),
        ("http://::1/", "brackets"),
        ("https://h:0/", "from 1 to 65535"),
    ],
)
def test_the_remedy_fits_the_mistake(text: str, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=remedy):
        Url.parse(text)


def test_a_refusal_never_repeats_what_may_be_a_password() -> None:
    with pytest.raises(InvalidInput) as caught:
        Url.parse("https://user:hunter2@h/")
    assert "hunter2" not in caught.value.message


@given(st.text(max_size=60) | st.from_regex(r"https?://[^\s]{0,40}", fullmatch=True))
def test_parsing_ends_in_a_canonical_url_or_a_refusal(text: str) -> None:
    try:
        url = Url.parse(text)
    except InvalidInput:
        return
    assert Url.parse(str(url)) == url
    assert url.target.startswith("/")
    assert url.target.isascii()
    assert url.target.isprintable()
    assert " " not in url.target
    assert url.origin.host == url.origin.host.lower()
    assert url.origin.host.isascii()


def test_the_repr_shows_no_query() -> None:
    assert repr(Url.parse("https://h/v1?key=secret")) == "Url(https://h/v1?…)"
    assert repr(Url.parse("https://h/v1")) == "Url(https://h/v1)"


@pytest.mark.parametrize(
    ("base", "path", "target"),
    [
        ("https://h/v1", "/models?x=1", "/v1/models?x=1"),
        ("https://h/v1/", "models", "/v1/models"),
        ("https://h", "/models", "/models"),
        ("https://h/v1?api-version=2", "/models?x=1", "/v1/models?api-version=2&x=1"),
        ("https://h/v1?api-version=2", "/models", "/v1/models?api-version=2"),
        ("https://h/v1", "//evil/x", "/v1/evil/x"),
        ("https://h/", "a b\r\nX: y", "/a%20b%0D%0AX:%20y"),
    ],
)
def test_joining_keeps_the_origin_and_both_queries(base: str, path: str, target: str) -> None:
    joined = Url.parse(base).join(path)
    assert joined.target == target
    assert joined.origin == Url.parse(base).origin


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin("https", "h", 443), "https://h"),
        (Origin("http", "h", 443), "http://h:443"),
        (Origin("http", "h", 80), "http://h"),
        (Origin("https", "2001:db8::7", 443), "https://[2001:db8::7]"),
        (Origin("http", "::1", 11434), "http://[::1]:11434"),
    ],
)
def test_an_origin_is_written_as_it_is_read(origin: Origin, text: str) -> None:
    assert str(origin) == text
    assert Url.parse(text).origin == origin
