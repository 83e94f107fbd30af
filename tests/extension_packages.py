"""Packages with extensions, installed into a folder as pip would do it."""

from __future__ import annotations

from pathlib import Path

PROVIDER = """
from trunkline.extensions import OPENAI_PARAMETERS, Paths, Provider, ProviderExtension

extension = ProviderExtension(
    api=1,
    provider=Provider(
        id="acme",
        display_name="Acme AI",
        base_url="https://api.acme.example/v1",
        paths=Paths(chat="/chat/completions", models="/models"),
        env=("ACME_API_KEY",),
        key_prefixes=("acme-",),
        parameters=OPENAI_PARAMETERS,
        example_models=("acme-large",),
    ),
)
"""


def install(folder: Path, name: str, source: str, *points: str, group: str = "trunkline.providers") -> str:
    """Put the package ``trunkline-<name>`` into ``folder``, which is to be on the path. Gives its name.

    ``source`` is its module; ``points`` are its entry points, by default the ``extension`` of that module.
    """
    module = f"trunkline_{name.replace('-', '_')}"
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    about = folder / f"{module}-1.2.3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: trunkline-{name}\nVersion: 1.2.3\n", encoding="utf-8"
    )
    lines = points or (f"{name} = {module}:extension",)
    (about / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]), encoding="utf-8")
    return f"trunkline-{name}"
