"""A process that counts tokens by one vocabulary: ``python counting.py VOCABULARY``, on the socket that is its input.

It answers 0 unasked when it is ready. A question is the length of what follows (4 bytes) and texts, with the byte 0xFF
between them, which is in no UTF-8; the answer is how many tokens they are (4 bytes). It ends when nobody has asked for
a while, and with who asks. It is run by its path, so that it loads nothing of Trunkline.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import struct
import sys
from typing import Final

IDLE_SECONDS: Final = 60.0
SIZE: Final = struct.Struct("!I")


def serve(asked: socket.socket, vocabulary: str) -> None:
    """Answer until nobody asks any more."""
    from splintr import Tokenizer  # noqa: PLC0415 - who asks reads this file too, for the form of questions

    encode = Tokenizer.from_pretrained(vocabulary).encode_ordinary
    asked.settimeout(IDLE_SECONDS)
    with asked.makefile("rb") as questions, contextlib.suppress(TimeoutError, ConnectionError):
        asked.sendall(SIZE.pack(0))
        while head := questions.read(SIZE.size):
            texts = questions.read(SIZE.unpack(head)[0]).split(b"\xff")
            asked.sendall(SIZE.pack(sum(len(encode(text.decode())) for text in texts)))


if __name__ == "__main__":
    # Ctrl-C reaches every process of a terminal; this one ends with who asks it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(socket.socket(fileno=0), sys.argv[1])
