"""A proof that who asks owns the data folder of the server: a file that nobody else can put there.

The command line writes a secret into a file of the folder, and shows the server the file's name and a digest of the
secret and the server's port. The server removes the file as it looks at it, so that a proof works once; what listens on
another port, and is shown one by mistake, can do nothing with it here.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from trunkline.core.errors import Unavailable
from trunkline.core.secret import Secret

_FOLDER: Final = "sign-in"
_PROOF: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")


@contextmanager
def make_proof(data_dir: Path, port: int) -> Generator[Secret]:
    """A proof for the server of ``data_dir`` that listens on ``port``, good until the block ends.

    :class:`Unavailable` for who may not write there.
    """
    name, secret = secrets.token_hex(16), secrets.token_hex(32)
    path = data_dir / _FOLDER / name
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret)
        if os.geteuid() == 0:
            # The server may be another user's, who could not read what is root's. Links are given away as what they
            # are: that user may have made one that leads to what is not theirs.
            owner = data_dir.stat()
            for mine in (path.parent, path):
                os.chown(mine, owner.st_uid, owner.st_gid, follow_symlinks=False)
    except OSError as error:
        raise Unavailable(f"The data folder {data_dir.absolute()} is not yours to write ({error.strerror}).") from None
    try:
        yield Secret(f"{name}.{_digest(secret, port)}")
    finally:
        path.unlink(missing_ok=True)


def accept_proof(data_dir: Path, port: int, proof: Secret) -> bool:
    """Whether ``proof`` is good, once, at the server of ``data_dir`` that listens on ``port``."""
    parts = _PROOF.fullmatch(proof.reveal())
    if parts is None:
        return False
    path = data_dir / _FOLDER / parts[1]
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, encoding="ascii") as file:
            owner = os.fstat(descriptor).st_uid
            secret = file.read(64)
        # Of two who show the same proof at once, one removes it.
        path.unlink()
        return owner in {0, os.geteuid()} and hmac.compare_digest(_digest(secret, port), parts[2])
    return False


def _digest(secret: str, port: int) -> str:
    return hmac.digest(secret.encode(), f"trunkline sign-in {port}".encode(), hashlib.sha256).hex()
