"""The intake's connection to a database, by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trunkline.storage.intake.connection import Connection
from trunkline.storage.intake.sqlite import SqliteConnection

_SQLITE: Final = "sqlite+aiosqlite:///"
_OF_THE_DIALECT: Final = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback")
"""What is for SQLAlchemy alone."""


def open_connection(url: str) -> Connection:
    """A connection to ``url``, written as ``TRUNKLINE_DATABASE_URL`` is. Nothing is connected yet."""
    if url.startswith(_SQLITE):
        return SqliteConnection(Path(url.removeprefix(_SQLITE).partition("?")[0]))
    # Not before it is known to be needed: it is most of the process's memory.
    from sqlalchemy import make_url  # noqa: PLC0415

    from trunkline.storage.intake.postgres import PostgresConnection  # noqa: PLC0415
    from trunkline.storage.postgres_options import split_options  # noqa: PLC0415

    parsed, options = split_options(make_url(url))
    _, arguments = parsed.get_dialect()().create_connect_args(parsed)
    own = {name: value for name, value in arguments.items() if name not in _OF_THE_DIALECT}
    return PostgresConnection({**own, **options})
