"""What the databases' drivers raise, as errors of ours."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trunkline.core.errors import Conflict, Unavailable

_OF_THE_DATA: Final = "22"
"""How PostgreSQL's codes begin that tell of a value: https://www.postgresql.org/docs/current/errcodes-appendix.html."""


class Translation:
    """Turns the driver's errors into ours, at this one edge. The driver's text may hold data: it is not passed on."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        task = asyncio.current_task()
        if isinstance(error, Exception) and task is not None and task.cancelling():
            # What went wrong while a cancelled task cleaned up must not keep it from ending.
            raise asyncio.CancelledError from error
        match error:
            case IntegrityError():
                raise Conflict(
                    "Somebody else changed the same thing at the same moment. Look again and retry."
                ) from error
            case DataError() | ProgrammingError():
                return
            case DBAPIError(orig=cause) if str(getattr(cause, "sqlstate", "")).startswith(_OF_THE_DATA):
                return
            case DBAPIError(orig=sqlite3.OperationalError() as cause) if "full" in str(cause):
                raise Unavailable("The database's disk is full. Free some space; nothing else is needed.") from error
            case DBAPIError() | PoolTimeout():
                raise Unavailable("The database cannot be reached or is too busy. Try again in a moment.") from error
            case SQLAlchemyError():
                return
            case TimeoutError():
                raise Unavailable("The database does not answer in time. Try again in a moment.") from error
            case OSError():
                raise Unavailable("The database cannot be reached. Try again in a moment.") from error
            case _:
                return
