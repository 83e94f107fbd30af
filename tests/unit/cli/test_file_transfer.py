"""What the command line sends as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from trunkline.cli.api import Api
from trunkline.cli.file_transfer import upload


class Posted:
    """A server that takes files."""

    async def open(self, method: str, path: str, *, body: bytes, headers: tuple[tuple[str, str], ...]) -> Posted:
        self.asked = (method, path)
        self.body = body
        self.headers = dict(headers)
        return self

    async def read(self) -> bytes:
        return b"{}"


@pytest.mark.parametrize(
    ("name", "asked", "kind"),
    [
        ("r.jsonl", {}, "application/jsonl"),
        ("r.pdf", {"purpose": "user_data", "configuration": "gpt"}, "application/pdf"),
        ("r", {"purpose": "evals"}, "application/octet-stream"),
    ],
)
async def test_a_file_is_sent_as_a_form(tmp_path: Path, name: str, asked: dict[str, Any], kind: str) -> None:
    (tmp_path / name).write_bytes(b"content")
    posted = Posted()
    await upload(cast("Api", posted), tmp_path / name, **asked)
    assert posted.asked == ("POST", "/v1/files")
    form = posted.body.decode()
    assert f'name="purpose"\r\n\r\n{asked.get("purpose", "batch")}\r\n' in form
    assert f'filename="{name}"\r\nContent-Type: {kind}\r\n\r\ncontent\r\n' in form
    assert posted.headers.get("X-Trunkline-Configuration") == asked.get("configuration")
