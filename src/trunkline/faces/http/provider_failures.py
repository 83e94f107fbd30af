"""What a route says of its answers that asks a provider, for the description of the API."""

from __future__ import annotations

from typing import Any, Final

PROVIDER_FAILURES: Final[dict[int | str, dict[str, Any]]] = {
    502: {
        "description": "The provider cannot be reached, refused the stored key, has no credits left, or sent what is no"
        " answer."
    },
    504: {"description": "The provider took too long."},
}
"""What only a provider can do wrong."""
