"""Files on their way between this machine and the server."""

from __future__ import annotations

import asyncio
import secrets
import sys
from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from trunkline.cli.api import Api

Record = dict[str, Any]


async def list_all(api: Api, path: str) -> list[Record]:
    """All items of a list in OpenAI's format."""
    found: list[Record] = []
    after: str | None = None
    while True:
        page = await api.get(path, Record, query={"limit": "100", "after": after})
        found += page["data"]
        after = page["last_id"]
        if not page["has_more"]:
            return found


async def upload(api: Api, path: Path, purpose: str = "batch", configuration: str | None = None) -> bytes:
    """Send the requests of a batch, or what models are to read, which ``configuration`` keeps. The answer."""
    boundary = f"trunkline-{secrets.token_hex(16)}"
    name = path.name.replace('"', "").replace("\r", "").replace("\n", "")
    kind = "application/jsonl" if path.suffix == ".jsonl" else guess_type(name)[0] or "application/octet-stream"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    content = await asyncio.to_thread(path.read_bytes)
    form = b"".join((head.encode(), content, f"\r\n--{boundary}--\r\n".encode()))
    headers = (("Content-Type", f"multipart/form-data; boundary={boundary}"),)
    if configuration is not None:
        headers += (("X-Trunkline-Configuration", configuration),)
    return await (await api.open("POST", "/v1/files", body=form, headers=headers)).read()


async def download(api: Api, file_id: str) -> None:
    """Write a file to the standard output."""
    response = await api.open("GET", f"/v1/files/{file_id}/content")
    while chunk := await response.next_chunk():
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def write_time(seconds: int) -> str:
    """A moment of the API, for people."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
