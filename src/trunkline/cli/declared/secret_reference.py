"""Where a secret is that the file must not hold.

``${env:NAME}`` and ``${file:PATH}`` are looked up by the command; ``env:NAME``, ``vault:path#field`` and so on are sent
as they are, and followed by the server (:mod:`trunkline.core.secret_reference`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trunkline.core import secret_reference
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

REFERENCE: Final = re.compile(r"^(\$\{(env|file):([^{}\r\n]+)\}|(env|file|vault|aws-sm):\S+)$")
_LONGEST: Final = 32_768


def is_reference(text: str) -> bool:
    """Whether ``text`` says where a secret is, and is none."""
    found = REFERENCE.fullmatch(text)
    return found is not None and (found[2] is not None or secret_reference.is_reference(text))


def resolve(text: str, environment: Mapping[str, str], folder: Path) -> Secret | None:
    """The secret that ``text`` refers to, without space around it; None where the variable or the file is not there.

    ``text`` itself where the server is to follow it. A relative path is below ``folder``. :class:`InvalidInput` for a
    file that cannot be read, and never shows what is in it.
    """
    found = REFERENCE.fullmatch(text)
    if found is None:
        raise InvalidInput(f"{text!r} is no reference: write ${{env:NAME}} or ${{file:PATH}}.")
    kind, where = found[2], found[3]
    if kind is None:
        return Secret(text)
    if kind == "env":
        value = environment.get(where, "")
    else:
        try:
            with (folder / Path(where).expanduser()).open("rb") as opened:
                value = opened.read(_LONGEST + 1).decode()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InvalidInput(f"{text} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise InvalidInput(f"{text} is no text.") from None
        if len(value) > _LONGEST:
            raise InvalidInput(f"{text} is longer than a secret can be.")
    return Secret(value.strip()) if value.strip() else None
