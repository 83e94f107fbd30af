"""docs/conformance.md says what the matrix holds to be true."""

from __future__ import annotations

import os

from tests.contract.v1.matrix.page import PAGE, write_page


def test_page_is_up_to_date() -> None:
    page = write_page()
    if os.environ.get("TRUNKLINE_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "make it anew with TRUNKLINE_WRITE_DOCS=1"
