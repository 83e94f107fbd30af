"""Reading a secret that must not stand in an argument, where the shell's history and other users would see it."""

from __future__ import annotations

import getpass
import os
import sys

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret


def read_secret(
    prompt: str, *, option: str, env: str | None, stdin: bool, reference: str | None = None, confirm: bool = False
) -> Secret:
    """A secret from the environment variable ``env``, from standard input, else typed without being shown.

    ``reference`` is what the server follows itself, and takes the place of a secret. ``option`` is how the names of all
    options begin, for messages; ``confirm`` has it typed twice. Raises InvalidInput when there is none.
    """
    if (env is not None) + stdin + (reference is not None) > 1:
        others = (
            f"{option}-env, {option}-stdin and {option}-reference" if reference else f"{option}-env and {option}-stdin"
        )
        raise InvalidInput(f"Use one of {others}.")
    if reference is not None:
        return Secret(reference)
    if env is not None:
        value, missing = os.environ.get(env, ""), f"The environment variable {env} is not set."
    elif stdin:
        value, missing = sys.stdin.readline().rstrip("\r\n"), "Nothing came on standard input."
    elif sys.stdin.isatty():
        value, missing = _ask(prompt, confirm=confirm), "Nothing was typed."
    else:
        raise InvalidInput(f"There is no terminal to ask for it: use {option}-env NAME or {option}-stdin.")
    if not value.strip():
        raise InvalidInput(missing)
    return Secret(value)


def _ask(prompt: str, *, confirm: bool) -> str:
    value = getpass.getpass(f"{prompt} (not shown): ")
    if confirm and value and getpass.getpass("The same again: ") != value:
        raise InvalidInput("The two were not the same.")
    return value
