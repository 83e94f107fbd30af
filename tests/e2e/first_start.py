"""The data folder that a first start leaves: made once for a process, as the server makes it, and copied."""

from __future__ import annotations

import asyncio
import atexit
import functools
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.migrated import lay_migrated
from trunkline.app.preparation import prepare
from trunkline.core.secret import Secret
from trunkline.settings import Settings

_MATTERS = ("TRUNKLINE_ADMIN_", "TRUNKLINE_DATABASE_URL", "TRUNKLINE_ROOT_KEY", "PYTHONPATH")
"""What begins so has a part in what a first start does."""


def lay_first_start(folder: Path, settings: Mapping[str, str], email: str, password: str) -> None:
    """Put what a first start with ``settings`` makes at ``folder``, unless that is there or they have a part in it.

    It is a third of what starting costs. The first start itself has tests of its own.
    """
    if not folder.exists() and not any(name.startswith(_MATTERS) or name.endswith("_API_KEY") for name in settings):
        shutil.copytree(_template(email, password), folder)


@functools.cache
def _template(email: str, password: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="trunkline-first-start-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(data_dir=folder, admin_email=email, admin_password=Secret(password))
    lay_migrated(settings.effective_database_url)
    # In a thread, because the test that asks first may have a loop of its own running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(prepare(settings))).result()
    return folder
