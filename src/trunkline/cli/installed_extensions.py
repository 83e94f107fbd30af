"""Extensions as the command line knows them: those of this folder's settings, loaded once.

Commands need the providers of extensions to ask for keys and to seal them. What is left out is told by ``serve``,
``doctor`` and ``extensions list``, and hinders no other command.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

from trunkline.setting_forms import read_packages
from trunkline.settings import PREFIX, read_file

if TYPE_CHECKING:
    from trunkline.extensions.loaded import Extensions

_VARIABLE = f"{PREFIX}EXTENSIONS"


def list_named() -> tuple[str, ...]:
    """The packages that the settings of this folder name; none where they cannot be read, which ``serve`` tells."""
    named = os.environ.get(_VARIABLE)
    try:
        return read_packages(read_file().get(_VARIABLE, "") if named is None else named)
    except ValueError:
        return ()


@cache
def load_named() -> Extensions:
    """The extensions of these packages."""
    from trunkline.extensions.loading import load_extensions  # noqa: PLC0415 - it loads the gateway

    return load_extensions(list_named())


def use_named() -> AbstractContextManager[None]:
    """Have their providers among the others until the block ends. Loads nothing where none is named."""
    return load_named().in_use() if list_named() else nullcontext()
