"""The extensions of a server process, as the settings name them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from trunkline.extensions.loaded import Extensions
from trunkline.settings import Settings


@contextmanager
def using_extensions(settings: Settings) -> Generator[Extensions]:
    """Those of ``settings``, in use until the block ends. Nothing is loaded or looked for where none is named."""
    packages = settings.extension_packages
    if not packages:
        yield Extensions()
        return
    from trunkline.extensions.loading import load_extensions  # noqa: PLC0415 - few servers have any

    extensions = load_extensions(packages)
    extensions.log()
    with extensions.in_use():
        yield extensions
