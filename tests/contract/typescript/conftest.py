"""The gateway in front of aimock, as the other suites of this face have it."""

from __future__ import annotations

from tests.contract.v1.conftest import bare, keyless_mock, mock

__all__ = ["bare", "keyless_mock", "mock"]
