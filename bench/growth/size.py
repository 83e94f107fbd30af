"""How large an installation is."""

from __future__ import annotations

import msgspec


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """Of the one large workspace its configurations, keys and policies; of the installation its calls and workspaces.

    The person who looks at all of it is a member of twenty workspaces; the others belong to others.
    """

    configurations: int
    events: int
    workspaces: int
    policies: int

    @property
    def sums(self) -> int:
        """Sums of a quarter of an hour: each stands for some calls."""
        return self.events * 2 // 5

    @property
    def violations(self) -> int:
        """Calls that broke a policy."""
        return self.events // 10


SIZES = (
    Size(configurations=100, events=1_000, workspaces=50, policies=5),
    Size(configurations=1_000, events=20_000, workspaces=500, policies=50),
    Size(configurations=10_000, events=100_000, workspaces=5_000, policies=500),
)
FULL = Size(configurations=10_000, events=1_000_000, workspaces=5_000, policies=500)
