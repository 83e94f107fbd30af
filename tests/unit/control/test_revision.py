"""A change is of the state that the caller has seen, or is refused."""

from __future__ import annotations

import pytest

from trunkline.control.revision import require_revision
from trunkline.core.errors import Stale


@pytest.mark.parametrize("given", [None, 3])
def test_the_present_one_or_none_is_let_through(given: int | None) -> None:
    require_revision("route", 3, given)


@pytest.mark.parametrize("given", [0, 2, 4])
def test_any_other_is_refused_with_both_numbers(given: int) -> None:
    with pytest.raises(Stale, match=rf"^The route was changed meanwhile: it is at revision 3, not {given}\. Read it"):
        require_revision("route", 3, given)
