"""What the fuzzer begins with: inputs that are good, from which it finds the way to those that are not."""

from __future__ import annotations

import gzip

from tests.faults.test_mutated_streams import SUBJECTS

_EVENTS = b"".join(b'data: {"choices":[{"delta":{"content":"word %d"}}]}\n\n' % number for number in range(3))
_GZIP = gzip.compress(_EVENTS, mtime=0)


def seeds(target: str) -> list[bytes]:
    """Those of one target, in the form that it takes."""
    match target:
        case "stream":
            return [
                bytes([number, 2, 60, 130]) + b"".join(map(corpus.pack, events))
                for number, subject in enumerate(SUBJECTS.values())
                for corpus in (subject.corpus(),)
                for events in corpus.streams[:3]
            ]
        case "url":
            texts = [
                "https://api.example.com/v1\n/models?x=1",
                "http://127.0.0.1:8080/a%20b?api-version=1\n?y",
                "http://[2001:db8::7]:81/\n//evil.example/x",
                "HTTPS://bücher.example\n/ä",
                "http://0x7f.1/\n../..",
                "https://user:pass@host/#x\n",
            ]
            return [text.encode() for text in texts]
        case "response":
            heads = [
                (b"Content-Length: %d" % len(_EVENTS), _EVENTS),
                (b"Transfer-Encoding: chunked", _chunked(_EVENTS)),
                (b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked", _chunked(_GZIP)),
                (b"Connection: close", _EVENTS),
                (b"Keep-Alive: timeout=5\r\nContent-Length: 0", b""),
            ]
            whole = [b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body for head, body in heads]
            whole += [b"HTTP/1.1 100 Continue\r\n\r\n" + whole[0], b"HTTP/1.1 204 None\r\n\r\n", whole[0] + whole[0]]
            return [bytes([3, 10, 100, 200]) + one for one in whole]
        case _:
            head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer tl-key\r\n"
            return [
                head + b"Content-Length: 2\r\n\r\n{}",
                head + b"X-Request-Id: 1\r\ncontent-length:  3 \r\nAccept-Encoding: gzip\r\n\r\n{} ",
                head + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
                head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            ]


def _chunked(body: bytes) -> bytes:
    pieces = [body[start : start + 37] for start in range(0, len(body), 37)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
