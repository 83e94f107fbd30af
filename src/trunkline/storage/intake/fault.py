"""Why a transaction of the intake failed."""

from __future__ import annotations


class DataFault(Exception):
    """The database refuses a value: too large, of the wrong type, against a constraint. It will refuse it again.

    Everything else is :class:`~trunkline.core.errors.Unavailable`, and may work the next time.
    """
