"""The gateway in front of aimock, as the other suites of this face have it."""

from __future__ import annotations

from tests.contract.v1.conftest import keyless_mock, mock, rig

__all__ = ["keyless_mock", "mock", "rig"]
