"""Revisions: the state that a caller means to change must be the present one."""

from __future__ import annotations

from trunkline.core.errors import Stale


def require_revision(thing: str, present: int, if_revision: int | None) -> None:
    """Raise Stale unless ``if_revision`` is the ``present`` one of ``thing``, a noun (None: whichever)."""
    if if_revision is not None and if_revision != present:
        raise Stale(
            f"The {thing} was changed meanwhile: it is at revision {present}, not {if_revision}."
            " Read it again and repeat your change."
        )
