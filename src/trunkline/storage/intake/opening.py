"""The intake's connection to a database, by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trunkline.storage.intake.connection import Connection
from trunkline.storage.intake.sqlite import SqliteConnection

_SQLITE: Final = "sqlite+aiosqlite:///"
_OF_THE_DIALECT: Final = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback")
"""What is for SQLAlchemy alone."""


def open_connection(url: str, *, pooled: bool = False) -> Connection:
    """A connection to ``url``, written as ``TRUNKLINE_DATABASE_URL`` is. Nothing is connected yet.

    ``pooled``: a pooler in transaction mode stands between.
    """
    if url.startswith(_SQLITE):
        return SqliteConnection(Path(url.removeprefix(_SQLITE).partition("?")[0]))
    # Not before it is known to be needed: it is most of the process's memory.
    from sqlalchemy import make_url  # noqa: PLC0415

    from trunkline.storage.intake.postgres import PostgresConnection  # noqa: PLC0415
    from trunkline.storage.postgres_options import split_options  # noqa: PLC0415

    parsed, options = split_options(make_url(url))
    _, arguments = parsed.get_dialect()().create_connect_args(parsed)
    own = {name: value for name, value in arguments.items() if name not in _OF_THE_DIALECT}
    if pooled:
        from trunkline.storage.pooled_connection import FOR_THE_DRIVER  # noqa: PLC0415

        own.update(FOR_THE_DRIVER)
    return PostgresConnection({**own, **options})
