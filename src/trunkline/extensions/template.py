"""The package that whoever writes an extension begins with: it works, and passes its own tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from trunkline.core.errors import Conflict, InvalidInput, Unavailable
from trunkline.extensions.interface import API
from trunkline.extensions.kind import ExtensionKind
from trunkline.extensions.package import GROUPS

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", re.ASCII)
_TEMPLATES: Final = files("trunkline.extensions") / "templates"


def write_template(name: str, kind: ExtensionKind, folder: Path) -> Path:
    """Write the package of an extension ``name`` into a new folder below ``folder``, and give that folder.

    Raises InvalidInput for a name that cannot be one, Conflict where the folder is there, Unavailable where nothing can
    be written.
    """
    if _NAME.fullmatch(name) is None:
        raise InvalidInput.of("name", "must be 2 to 32 lower-case letters, digits and hyphens, a letter first.")
    made = folder / f"trunkline-{name}"
    try:
        made.mkdir(parents=True)
        for path, text in render_template(name, kind).items():
            file = made / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except FileExistsError:
        raise Conflict(f"{made} is there already. Choose another name, or another folder.") from None
    except OSError as error:
        raise Unavailable(f"{made} cannot be written ({error.strerror}).") from None
    return made


def render_template(name: str, kind: ExtensionKind) -> Mapping[str, str]:
    """The files of the package, by their paths in its folder."""
    module = f"trunkline_{name.replace('-', '_')}"
    words = {
        "api": str(API),
        "class_name": "".join(part.capitalize() for part in name.split("-")),
        "group": next(group for group, one in GROUPS.items() if one == kind),
        "kind": kind.replace("-", " "),
        "module": module,
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "variable": name.replace("-", "_").upper(),
    }
    source = kind.replace("-", "_")
    sources = {
        "pyproject.toml": "pyproject.toml.txt",
        f"src/{module}/__init__.py": f"{source}.py.txt",
        f"tests/test_{name.replace('-', '_')}.py": f"{source}_test.py.txt",
    }
    return {
        path: Template((_TEMPLATES / file).read_text(encoding="utf-8")).substitute(words)
        for path, file in sources.items()
    }
