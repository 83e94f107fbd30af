"""Sums that do not overflow, on both databases.

PostgreSQL refuses a sum of two ``bigint`` over 2⁶³ and adds up many as ``numeric``; SQLite turns the first into a
floating-point number and refuses the second (https://www.sqlite.org/lang_aggfunc.html#sumunc). So what grows
stops there (``storage.intake``), and what is read is added up in two halves, which the reader puts together exactly.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, func

_HALF: Final = 2**32


def halves(column: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The sums of the upper and of the lower 32 bits; :func:`join` makes one number of them. Zeros for no rows."""
    return func.coalesce(func.sum(column.op("/")(_HALF)), 0), func.coalesce(func.sum(column % _HALF), 0)


def join(upper: Any, lower: Any) -> int:
    """The sum of which these are the halves. PostgreSQL's come as decimals."""
    return int(upper) * _HALF + int(lower)
