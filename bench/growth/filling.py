"""Fills an installation up to a size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from bench.growth.bulk import Bulk, Row
from bench.growth.size import Size
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.core.ids import new_id
from trunkline.core.moment import to_microseconds
from trunkline.storage.intake.usage_group import DIMENSIONS, GRAINS, WHOLE, identify
from trunkline.storage.tables import AuditEvent

MODELS = ("gpt-4o-mini", "gpt-4o", "gpt-4.1", "o4-mini")
GROUPS = 2_000
"""Combinations of what calls have in common."""

NEIGHBOURS = 20
"""Workspaces that the person who looks belongs to, besides the large one."""

_NOW = datetime.now(UTC)
_MICROSECONDS = to_microseconds(_NOW)


class Filling:
    """What is in the installation, for who measures."""

    def __init__(self, bulk: Bulk, seal: AuditSeal, workspace_id: str, user_id: str) -> None:
        self._bulk = bulk
        self._seal = seal
        self.workspace_id = workspace_id
        self.user_id = user_id
        self.configurations: list[str] = []
        self.policies: list[str] = []
        self.neighbours: list[str] = []
        self._calls: Counter[tuple[str, int, int, int]] = Counter()
        """How many there were in each slot of usage_sums."""

    async def fill(self, size: Size) -> None:
        """Grow to ``size``: what is there already stays."""
        await self._add_workspaces(size)
        await self._add_configurations(size.configurations)
        await self._add_keys(size.configurations // 10)
        await self._add_policies(size.policies)
        places = [self.workspace_id, *self.neighbours]
        for start in range(0, size.events, 50_000):
            count = min(50_000, size.events - start)
            await self._bulk.insert("usage_events", self._events(places, start, count))
        groups = self._groups(places)
        await self._bulk.insert("usage_groups", groups)
        self._add_up(groups, size.sums)
        # Of all sizes so far, whose calls may be in the same slots.
        await self._bulk.execute("DELETE FROM usage_sums")
        await self._bulk.insert("usage_sums", self._sums())
        await self._bulk.insert("policy_violations", self._violations(places, size.violations))
        await self._bulk.insert("audit_events", self._audit(places, size.violations))
        await self._add_conversations(size.events // 10)
        await self._bulk.execute("UPDATE workspaces SET revision = 1000000")
        await self._bulk.execute(
            "INSERT INTO facts (name, value) VALUES ('snapshot_revision', '1000000')"
            " ON CONFLICT (name) DO UPDATE SET value = '1000000'"
        )

    async def _add_workspaces(self, size: Size) -> None:
        ids = [new_id() for _ in range(size.workspaces)]
        people = [new_id() for _ in ids]
        await self._bulk.insert(
            "users",
            (
                {"id": each, "email": f"{each}@example.com", "name": "", "role": "user", "created_at": _NOW}
                for each in people
            ),
        )
        rows = (
            {"id": each, "name": f"W {each}", "revision": 1, "created_at": _NOW, "updated_at": _NOW} for each in ids
        )
        await self._bulk.insert("workspaces", rows)
        members = [(each, person) for each, person in zip(ids, people, strict=True)]
        self.neighbours = ids[:NEIGHBOURS]
        members += [(each, self.user_id) for each in self.neighbours]
        await self._bulk.insert(
            "memberships",
            (
                {"workspace_id": each, "user_id": person, "role": "owner", "created_at": _NOW}
                for each, person in members
            ),
        )

    async def _add_configurations(self, count: int) -> None:
        owner, key = f"user:{self.user_id}", new_id()
        self.configurations = [new_id() for _ in range(count)]
        credentials = [new_id() for _ in range(count)]
        sealing: Row = {
            "id": key,
            "owner": owner,
            "kek_version": 1,
            "wrapped": b"w" * 60,
            "created_at": _NOW,
            "retired_at": _NOW,
        }
        await self._bulk.insert("data_keys", [sealing])
        await self._bulk.insert(
            "credentials",
            (
                {
                    "id": each,
                    "workspace_id": self.workspace_id,
                    "owner": owner,
                    "provider": "openai",
                    "mask": "sk-…wxyz",
                    "created_by": self.user_id,
                    "created_at": _NOW,
                    "updated_at": _NOW,
                }
                for each in credentials
            ),
        )
        await self._bulk.insert(
            "sealed_secrets",
            (
                {
                    "credential_id": each,
                    "field": "apiKey",
                    "data_key_id": key,
                    "origins": ["https://api.openai.com"],
                    "ciphertext": b"c" * 80,
                    "mask": "sk-…wxyz",
                }
                for each in credentials
            ),
        )
        await self._bulk.insert(
            "ai_configurations",
            (
                {
                    "id": each,
                    "workspace_id": self.workspace_id,
                    "user_id": self.user_id,
                    "name": f"configuration {number:05}",
                    "provider": "openai",
                    "model": MODELS[number % len(MODELS)],
                    "parameters": {"temperature": 0.7, "maxTokens": 1000},
                    "credential_id": credential,
                    "borrows": False,
                    "is_active": True,
                    "is_shared": True,
                    "revision": 1,
                    "created_at": _NOW + timedelta(microseconds=number),
                    "updated_at": _NOW,
                    "test_status": "success",
                }
                for number, (each, credential) in enumerate(zip(self.configurations, credentials, strict=True))
            ),
        )

        await self._bulk.insert(
            "configuration_health",
            (
                {
                    "configuration_id": each,
                    "state": "healthy",
                    "since": _MICROSECONDS,
                    "revision": 1,
                    "source": "traffic",
                    "checked_at": _MICROSECONDS,
                    "failures": 0,
                    "error_at": 0,
                    "changed_at": _MICROSECONDS,
                }
                for each in self.configurations
            ),
        )

    async def _add_keys(self, count: int) -> None:
        await self._bulk.insert(
            "api_keys",
            (
                {
                    "id": new_id(),
                    "workspace_id": self.workspace_id,
                    "user_id": self.user_id,
                    "name": f"key {number}",
                    "digest": f"{number:064x}",
                    "mask": "tl-…wxyz",
                    "scope": "call",
                    "models": [],
                    "created_at": _NOW,
                }
                for number in range(count)
            ),
        )

    async def _add_policies(self, count: int) -> None:
        self.policies = [new_id() for _ in range(count)]
        await self._bulk.insert(
            "policies",
            (
                {
                    "id": each,
                    "workspace_id": self.workspace_id,
                    "name": f"policy {number}",
                    "content": "",
                    "risk_type": "LOW",
                    "action_type": 2,
                    "rule": _rule(number),
                    "fail_mode": "open",
                    "created_by": self.user_id,
                    "created_at": _NOW,
                    "updated_at": _NOW,
                }
                for number, each in enumerate(self.policies)
            ),
        )

    def _events(self, places: list[str], start: int, count: int) -> Iterator[Row]:
        for number in range(start, start + count):
            yield {
                "opened_at": _NOW - timedelta(seconds=number),
                "id": new_id(),
                "request_id": f"req_{number}",
                "operation": "chat",
                "workspace_id": places[number % len(places)],
                "user_id": self.user_id,
                "configuration_id": self.configurations[number % len(self.configurations)],
                "revision": 1,
                "provider": "openai",
                "model": MODELS[number % len(MODELS)],
                "requested_model": "default",
                "streamed": False,
                "outcome": "ok",
                "status": 200,
                "input_tokens": 100,
                "output_tokens": 50,
                "cached_tokens": 0,
                "cache_write_tokens": 0,
                "reasoning_tokens": 0,
                "usage": {},
                "usage_estimated": False,
                "cost_nanos": 1000,
                "duration_us": 900_000,
                "attempts": [],
            }

    def _groups(self, places: list[str]) -> list[Row]:
        # What calls have in common comes again where there are few workspaces.
        made: dict[int, Row] = {}
        for number in range(GROUPS):
            told = {
                "workspace_id": places[number % len(places)],
                "user_id": self.user_id,
                "configuration_id": self.configurations[number % len(self.configurations)],
                "operation": "chat",
                "provider": "openai",
                "model": f"{MODELS[number % len(MODELS)]}-{number % 200}",
                "outcome": "ok",
            }
            group_id = identify(tuple(told.get(name) for name in DIMENSIONS))
            made[group_id] = {"id": group_id, **told}
        return list(made.values())

    def _add_up(self, groups: list[Row], count: int) -> None:
        """What the intake would have: the slots of each length, of each group and of all of a workspace together."""
        last = int(_NOW.timestamp()) // 900
        for number in range(count):
            group, quarter = groups[number % len(groups)], last - 4 * (number // len(groups))
            for group_id, grain in product((group["id"], WHOLE), GRAINS):
                self._calls[group["workspace_id"], grain.number, grain.find_slot(quarter), group_id] += 3

    def _sums(self) -> Iterator[Row]:
        for (workspace_id, grain, slot, group_id), calls in self._calls.items():
            yield {
                "workspace_id": workspace_id,
                "grain": grain,
                "slot": slot,
                "group_id": group_id,
                "request_count": calls,
                "error_count": 0,
                "unpriced_count": 0,
                "input_tokens": 100 * calls,
                "output_tokens": 50 * calls,
                "cached_tokens": 0,
                "reasoning_tokens": 0,
                "cost_nanos": 1_000 * calls,
                "duration_us": 900_000 * calls,
                "cache_hit_count": 0,
                "saved_nanos": 0,
                "last_used_at": _NOW,
            }

    def _violations(self, places: list[str], count: int) -> Iterator[Row]:
        for number in range(count):
            yield {
                "id": new_id(),
                "policy_id": self.policies[number % len(self.policies)],
                "policy_name": "policy",
                "workspace_id": places[number % len(places)],
                "user_id": self.user_id,
                "configuration_id": self.configurations[number % len(self.configurations)],
                "provider": "openai",
                "model": MODELS[number % len(MODELS)],
                "host": "api.openai.com",
                "risk_type": "LOW",
                "action_type": number % 3,
                "explanation": "The model is not allowed.",
                "request_id": f"req_{number}",
                "created_at": _NOW - timedelta(seconds=number),
            }

    def _audit(self, places: list[str], count: int) -> Iterator[Row]:
        for number in range(count):
            row = {
                "id": new_id(),
                "at": _NOW,
                "workspace_id": places[number % len(places)],
                "actor_kind": "user",
                "actor_id": self.user_id,
                "action": "configurations.change",
                "target_type": "configuration",
                "target_id": self.configurations[number % len(self.configurations)],
                "outcome": "ok",
            }
            yield {**row, "hash": self._seal.of_event(AuditEvent(**row))}

    async def _add_conversations(self, count: int) -> None:
        ids = [new_id() for _ in range(count)]
        await self._bulk.insert(
            "conversations",
            (
                {
                    "id": each,
                    "workspace_id": self.workspace_id,
                    "user_id": self.user_id,
                    "model": "default",
                    "title": f"Talk {number}",
                    "titled_by": "user",
                    "created_at": _NOW,
                    "updated_at": _NOW - timedelta(seconds=number),
                }
                for number, each in enumerate(ids)
            ),
        )
        await self._bulk.insert(
            "conversation_messages",
            (
                {
                    "id": new_id(),
                    "conversation_id": each,
                    "role": "user",
                    "content": f"What do you think of number {number}, and of the ways in which people count? " * 5,
                    "parts": [],
                    "state": "complete",
                    "stop_requested": False,
                    "omitted": 0,
                    "created_at": _NOW,
                }
                for number, each in enumerate(ids)
            ),
        )


def _rule(number: int) -> dict[str, object]:
    """Rules that no call of ours breaks, of the kinds that are decided without a model."""
    kinds: tuple[dict[str, object], ...] = (
        {"kind": "allowedModels", "models": [f"forbidden-{number}*"], "mode": "deny"},
        {"kind": "allowedProviders", "providers": [f"nobody-{number}"], "mode": "deny"},
        {"kind": "ceilings", "maxOutputTokens": 1_000_000 + number},
        {"kind": "patterns", "patterns": [rf"secret project {number}\b"]},
        {"kind": "paidModels", "mode": "block"},
    )
    return kinds[number % len(kinds)]
