"""Recorded traffic, as the vendor documents it: tests/fixtures/bedrock_converse. Streams are kept as JSON, a list of
event types and payloads, and framed here by an encoder of the test's own.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any
from zlib import crc32

ROOT = Path(__file__).parents[3] / "fixtures" / "bedrock_converse"


def load(folder: str, name: str) -> bytes:
    if folder == "streams":
        return b"".join(frame(kind, payload) for kind, payload in parse(folder, name))
    return (ROOT / folder / f"{name}.json").read_bytes()


def parse(folder: str, name: str) -> Any:
    return json.loads((ROOT / folder / f"{name}.json").read_bytes())


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / folder).iterdir())


def header(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()


def frame(kind: str, payload: object) -> bytes:
    """An event; an exception where ``kind`` begins with an exclamation mark."""
    if kind.startswith("!"):
        headers = header(":exception-type", kind[1:]) + header(":content-type", "application/json")
        headers += header(":message-type", "exception")
    else:
        headers = header(":event-type", kind) + header(":content-type", "application/json")
        headers += header(":message-type", "event")
    return pack(headers, payload if isinstance(payload, bytes) else json.dumps(payload).encode())


def pack(headers: bytes, payload: bytes) -> bytes:
    out = struct.pack("!II", len(headers) + len(payload) + 16, len(headers))
    out += struct.pack("!I", crc32(out))
    out += headers + payload
    return out + struct.pack("!I", crc32(out))
