"""The shares of all versions at once, as somebody asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.control.versions.shares import WHOLE, Shares
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.storage.tables import ConfigurationVersion


def read_weights(present: Sequence[ConfigurationVersion], asked: Sequence[tuple[str, int]]) -> Shares:
    """``asked``, ids with hundredths of a percent in the order of the list, by id.

    All active versions must be there, once, and sum up to 100 %; what is asked for one that is not active is what it
    gets when it is made active. Raises InvalidInput that names every wrong entry.
    """
    known = {version.id: version for version in present}
    shares: Shares = {}
    errors: list[FieldError] = []
    for index, (version_id, share) in enumerate(asked):
        if version_id not in known:
            errors.append(FieldError(f"[{index}]._id", "is not the id of a version of this configuration."))
        elif version_id in shares:
            errors.append(FieldError(f"[{index}]._id", "is there twice: keep one of them."))
        shares[version_id] = share
    active = [version for version in present if version.is_active]
    if missing := [version.version for version in active if version.id not in shares]:
        errors.append(FieldError("", f"Name every active version; missing: {', '.join(missing)}."))
    if not errors and not active:
        errors.append(FieldError("", "No version is active: make one active first."))
    if not errors and (total := sum(shares[version.id] for version in active)) != WHOLE:
        errors.append(
            FieldError("", f"The trafficPercent of the active versions must sum up to 100; it is {total / 100:g}.")
        )
    if errors:
        raise InvalidInput.of_all(tuple(errors))
    return shares
