from __future__ import annotations

from collections.abc import Iterator

import pytest

from trunkline.dialects import made_id

SALT = "5a175a175a17"


@pytest.fixture(scope="package", autouse=True)
def same_salt() -> Iterator[None]:
    """Ids that are made up are the same whenever an answer is read, so that readings can be compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_id, "new_salt", lambda: SALT)
        yield
