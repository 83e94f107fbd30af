"""Which of the 10,000 buckets each version of a configuration owns: a change of shares moves as few as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

COUNT: Final = 10_000

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""``[start, end)`` ranges of buckets, in order, none touching the next."""


def allocate(owned: Mapping[str, Sequence[Sequence[int]]], shares: Mapping[str, int]) -> dict[str, Ranges]:
    """Give every version as many buckets as its share says; each bucket has exactly one owner afterwards.

    ``owned`` is who has what now; ``shares`` are in buckets and sum up to 10,000 (ValueError otherwise). A version
    whose share grows keeps all that it has, one whose share shrinks gives only the difference, and only what is given
    or free is taken: a unit changes its version only if its bucket had to go. Buckets that two versions claim stay with
    the one whose id is smaller.
    """
    if sum(shares.values()) != COUNT or min(shares.values()) < 0:
        raise ValueError("the shares of the active versions must sum up to 10,000")
    owners: list[str | None] = [None] * COUNT
    for version_id in sorted(shares):
        for start, end in owned.get(version_id, ()):
            for bucket in range(max(start, 0), min(end, COUNT)):
                owners[bucket] = owners[bucket] or version_id
    for version_id in sorted(shares):
        _surrender(owners, version_id, sum(owner == version_id for owner in owners) - shares[version_id])
    missing = {version_id: share - owners.count(version_id) for version_id, share in sorted(shares.items())}
    takers = (version_id for version_id, count in missing.items() for _ in range(count))
    for bucket, owner in enumerate(owners):
        if owner is None:
            owners[bucket] = next(takers)
    return {version_id: _ranges(owners, version_id) for version_id in shares}


def _surrender(owners: list[str | None], version_id: str, surplus: int) -> None:
    """Free ``surplus`` buckets of a version: its shortest ranges first, so that ranges stay few."""
    for start, end in sorted(_ranges(owners, version_id), key=lambda each: (each[1] - each[0], each)):
        if surplus <= 0:
            return
        given = min(surplus, end - start)
        owners[end - given : end] = [None] * given
        surplus -= given


def _ranges(owners: Sequence[str | None], version_id: str) -> Ranges:
    found: list[tuple[int, int]] = []
    for bucket, owner in enumerate(owners):
        if owner != version_id:
            continue
        if found and found[-1][1] == bucket:
            found[-1] = (found[-1][0], bucket + 1)
        else:
            found.append((bucket, bucket + 1))
    return tuple(found)
