"""``${env:NAME}`` and ``${file:PATH}``: where the command finds a secret that the file must not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

REFERENCE: Final = re.compile(r"^\$\{(env|file):([^{}\r\n]+)\}$")
_LONGEST: Final = 32_768


def is_reference(text: str) -> bool:
    """Whether ``text`` says where a secret is, and is none."""
    return REFERENCE.fullmatch(text) is not None


def resolve(text: str, environment: Mapping[str, str], folder: Path) -> Secret | None:
    """The secret that ``text`` refers to, without space around it; None where the variable or the file is not there.

    A relative path is below ``folder``. :class:`InvalidInput` for a file that cannot be read, and never shows what is
    in it.
    """
    found = REFERENCE.fullmatch(text)
    if found is None:
        raise InvalidInput(f"{text!r} is no reference: write ${{env:NAME}} or ${{file:PATH}}.")
    kind, where = found[1], found[2]
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
