"""Ways to write forbidden addresses, a resolver that understands all of them, and who listens where they lead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address

from trunkline.outbound import Address, Origin

FORBIDDEN_V4 = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
)
FORBIDDEN_V6 = (
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "64:ff9b:1::1",
)


def spellings(text: str) -> Iterator[str]:
    """Ways to write one IPv4 address that some parser or resolver understands."""
    number = int(IPv4Address(text))
    a, b, c, d = text.split(".")
    high, low = number >> 16, number & 0xFFFF
    yield text
    yield f"{text}."
    yield str(number)
    yield f"0x{number:08x}"
    yield f"0X{number:08X}"
    yield f"0{number:o}"
    yield ".".join(f"0x{int(part):x}" for part in (a, b, c, d))
    yield ".".join(f"0{int(part):o}" for part in (a, b, c, d))
    yield ".".join(f"{int(part):03d}" for part in (a, b, c, d))
    yield f"{a}.{int(b) << 16 | low}"
    yield f"{a}.{b}.{low}"
    yield f"0x{int(a):x}.{b}.0{int(c):o}.{d}"
    yield f"{number + 2**32}"
    yield text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    yield text.replace(".", "。")
    yield text.replace(".", "%2e")
    yield "".join(f"%{ord(character):02x}" for character in text)
    yield f"[::ffff:{text}]"
    yield f"[::ffff:{high:x}:{low:x}]"
    yield f"[0:0:0:0:0:ffff:{high:x}:{low:x}]"
    yield f"[::{text}]"
    yield f"[::ffff:0:{text}]"
    yield f"[64:ff9b::{text}]"
    yield f"[64:ff9b:1::{high:x}:{low:x}]"
    yield f"[2002:{high:x}:{low:x}::1]"
    yield f"[2001:0:808:808:0:0:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}]"
    yield f"[2a00::5efe:{high:x}:{low:x}]"
    yield f"user@{text}"
    yield f"api.openai.com@{text}"
    yield f"{text}#@api.openai.com"
    yield f"{text}\\@api.openai.com"
    yield f"{text}%00.api.openai.com"
    yield f"{text}\t"
    yield f"{text.replace('.', '-')}.nip.example"


PAYLOADS = [
    *(spelling for text in FORBIDDEN_V4 for spelling in spellings(text)),
    *(f"[{text}]" for text in FORBIDDEN_V6),
    *(f"[{text}%25lo]" for text in FORBIDDEN_V6),
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ip6-localhost",
    "a.localhost",
    "ⓛocalhost",
    "metadata.google.internal",
]


class Lenient:
    """The most helpful resolver there is: it knows every odd form, and every name is the listener's."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        self.asked.append(origin.host)
        try:
            return (ip_address(origin.host),)
        except ValueError:
            pass
        try:
            return (IPv4Address(socket.inet_aton(origin.host)),)
        except OSError:
            return (IPv4Address("127.0.0.1"),)


class Listener:
    def __init__(self) -> None:
        self.connections = 0

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        finally:
            writer.close()

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
