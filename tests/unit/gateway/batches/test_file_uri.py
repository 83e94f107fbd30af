from __future__ import annotations

import pytest

from trunkline.core.chat import JsonValue
from trunkline.gateway.batches.file_uri import find_uris

HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize("uri", [f"files/{HEX}", f"http://127.0.0.1:8700/v1beta/files/{HEX}"])
@pytest.mark.parametrize(("around", "name"), [("fileData", "fileUri"), ("file_data", "file_uri")])
def test_the_place_of_a_file_of_ours_is_told(uri: str, around: str, name: str) -> None:
    parts = [{"text": "Read."}, {around: {name: uri, "mimeType": "application/json"}}]
    (found,) = find_uris({"contents": [{"role": "user", "parts": parts}]})
    assert found == (f"contents.0.parts.1.{around}.{name}", f"file-{HEX}")


@pytest.mark.parametrize(
    "uri",
    [
        f"https://generativelanguage.googleapis.com/v1beta/files/{HEX}",
        "files/abc-123",
        f"gs://bucket/files/{HEX}",
        f"https://example.com/files/{HEX}",
        f"https://example.com/v1beta/files/{HEX}/more",
        7,
    ],
)
def test_what_is_googles_or_elsewhere_is_none(uri: JsonValue) -> None:
    assert list(find_uris([{"fileData": {"fileUri": uri}}, {"text": f"files/{HEX}"}])) == []
