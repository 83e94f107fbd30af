from __future__ import annotations

import pytest

from trunkline.core.errors import InvalidInput
from trunkline.outbound import LocalUpstreams, Origin


@pytest.mark.parametrize(
    ("text", "loopback", "origins"),
    [
        ("none", False, set[Origin]()),
        (" loopback ", True, set[Origin]()),
        ("http://10.0.0.5:8000", False, {Origin("http", "10.0.0.5", 8000)}),
        (
            "loopback, http://ollama:11434/,https://[fd00::5]",
            True,
            {Origin("http", "ollama", 11434), Origin("https", "fd00::5", 443)},
        ),
    ],
)
def test_the_setting_is_read(text: str, loopback: bool, origins: set[Origin]) -> None:
    assert LocalUpstreams.parse(text) == LocalUpstreams(loopback, frozenset(origins))


@pytest.mark.parametrize(
    "text", ["", " , ", "all", "none,loopback", "10.0.0.5", "http://10.0.0.0/8", "http://h/v1", "*"]
)
def test_what_is_no_origin_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput, match="TRUNKLINE_LOCAL_UPSTREAMS"):
        LocalUpstreams.parse(text)
