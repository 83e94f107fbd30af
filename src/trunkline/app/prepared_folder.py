"""Whether a data folder is as the last server left it, so that calls can be served before anything else is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from trunkline.app.root_key import find_root_key
from trunkline.control.snapshot.copy import SnapshotCopy
from trunkline.core.errors import TrunklineError
from trunkline.settings import Settings
from trunkline.storage import sqlite_file
from trunkline.storage.schema_version import list_versions
from trunkline.vault.key_ring import KeyRing, KeyState

_SQLITE: Final = "sqlite+aiosqlite:///"


def is_prepared(settings: Settings) -> bool:
    """Whether :func:`trunkline.app.preparation.prepare` would change nothing and tell nothing.

    That is: the database is a SQLite file of the newest schema, set-up is finished, the root key is the right one, and
    the copy of the snapshot is as new as the database. Where this cannot be told it is not so.
    """
    url = settings.effective_database_url
    if not url.startswith(_SQLITE) or bool(settings.admin_email) != bool(settings.admin_password):
        return False
    path = Path(url.removeprefix(_SQLITE).partition("?")[0])
    if not path.is_file() or sqlite_file.read_version(path) != list_versions()[0]:
        return False
    return not sqlite_file.has_unfinished_admin(path) and _has_same_copy(settings, path)


def _has_same_copy(settings: Settings, path: Path) -> bool:
    copy = SnapshotCopy(settings.data_dir / "snapshot")
    held, state = sqlite_file.read_fact(path, "key_state"), copy.read_key_state()
    if held is None or state is None or sqlite_file.read_fact(path, "snapshot_revision") != str(copy.read_revision()):
        return False
    try:
        root = find_root_key(settings).load()
        if root is None or msgspec.json.decode(held, type=KeyState) != state:
            return False
        KeyRing([root], state)
    except (TrunklineError, msgspec.MsgspecError):
        return False
    return True
