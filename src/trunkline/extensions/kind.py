"""What an extension can be."""

from __future__ import annotations

from typing import Literal

ExtensionKind = Literal["provider", "gate", "alert-channel"]
