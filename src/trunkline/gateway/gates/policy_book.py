"""Which policies concern whom in one workspace, compiled once for all calls that the same ones concern."""

from __future__ import annotations

from collections.abc import Callable

from trunkline.core.actor import Actor
from trunkline.gateway.gates.policy_set import PolicySet
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import PolicyEntry, Snapshot

Policies = tuple[PolicyEntry, ...]


class PolicyBook:
    """Over the installation's policies and a workspace's. Calls differ by application and key, if any policy does."""

    def __init__(self, installation: Policies, own: Policies, compile_set: Callable[[Policies], PolicySet]) -> None:
        self._installation = installation
        self._own = own
        self._compile_set = compile_set
        # The widest first: the installation's, the workspace's, an application's, a key's.
        self._policies = sorted(
            (*installation, *own),
            key=lambda policy: (
                policy.workspace_id is not None,
                policy.key_id is not None,
                policy.application_id is not None,
            ),
        )
        self._applications = {policy.application_id for policy in self._policies} - {None}
        self._keys = {policy.key_id for policy in self._policies} - {None}
        self._sets: dict[tuple[frozenset[str | None], str | None], PolicySet] = {}

    def is_of(self, snapshot: Snapshot, candidate: Candidate) -> bool:
        """Whether it still is what holds there."""
        return self._installation is snapshot.policies and self._own is candidate.part.policies

    def find(self, actor: Actor, candidate: Candidate) -> PolicySet:
        """The policies that concern calls of ``actor`` to ``candidate``."""
        applications = self._applications & {actor.application_id, candidate.entry.application_id}
        key = actor.key_id if actor.key_id in self._keys else None
        place = (frozenset(applications), key)
        found = self._sets.get(place)
        if found is None:
            concerned = tuple(
                policy
                for policy in self._policies
                if (policy.application_id is None or policy.application_id in applications)
                and (policy.key_id is None or policy.key_id == key)
            )
            found = self._sets[place] = self._compile_set(concerned)
        return found
