"""Single values of the installation."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, text, update

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Fact

_INSERT: Final = text("INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")


async def find(tx: Transaction, name: str) -> str | None:
    """The value of a fact; None when there is none."""
    return await tx.scalar(select(Fact.value).where(Fact.name == name))


async def settle(tx: Transaction, name: str, value: str) -> str:
    """Make ``value`` the fact unless there is one already; either way what holds from now on."""
    await tx.execute(_INSERT, {"name": name, "value": value})
    held = await find(tx, name)
    assert held is not None
    return held


async def replace(tx: Transaction, name: str, old: str, new: str) -> bool:
    """Replace a fact only if it is still ``old``. Whether it was."""
    changed = await tx.execute(
        update(Fact).where(Fact.name == name, Fact.value == old).values(value=new).returning(Fact.name)
    )
    return changed.scalar_one_or_none() is not None
