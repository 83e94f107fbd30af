"""What may stand behind the ``?`` of PostgreSQL's address: what PostgreSQL's own tools read there.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from sqlalchemy import URL

from trunkline.core.errors import InvalidInput

_SETTING: Final = "TRUNKLINE_DATABASE_URL"
_OF_THE_PLACE: Final = frozenset({"host", "port"})
"""SQLAlchemy reads these itself."""

_OF_THE_CONNECTION: Final = (
    "application_name",
    "options",
    "search_path",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "target_session_attrs",
)


def split_options(url: URL) -> tuple[URL, dict[str, str]]:
    """The address without its options, and those as an argument of :func:`asyncpg.connect`, which reads them.

    ``ssl`` is another name of ``sslmode``. :class:`InvalidInput` for an option that is not known.
    """
    given = {"sslmode" if name == "ssl" else name: value for name, value in url.query.items()}
    options = {name: value for name, value in given.items() if name not in _OF_THE_PLACE}
    # The driver has none. Where the server's certificate is checked, nobody can stand between.
    if options.pop("channel_binding", "disable") == "require":
        raise InvalidInput.of(_SETTING, "asks for channel_binding=require. Write sslmode=verify-full instead.")
    for name in options:
        if name not in _OF_THE_CONNECTION:
            known = ", ".join(_OF_THE_CONNECTION)
            raise InvalidInput.of(_SETTING, f"has an unknown option {name!r}. Known are {known}.")
    place = url.set(query={name: value for name, value in given.items() if name in _OF_THE_PLACE})
    return place, {"dsn": f"postgresql://?{urlencode(options, doseq=True)}"} if options else {}
