"""``python -m bench.policies``: what policies cost a call that breaks none of them, by their kind and number.

Figures are microseconds of processor time that the gate of policies takes for a call, the least of some rounds; reading
the body is in them, where a policy of that kind looks into it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from trunkline.control.policies.patterns import compile_patterns
from trunkline.core.actor import Actor
from trunkline.core.price import Price, Rate
from trunkline.dialects.openai_chat import DIALECT
from trunkline.gateway.answer import Answer
from trunkline.gateway.context import NOTHING
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.judge import Judge
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.gates.policy_gate import PolicyGate
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, PolicyEntry, Snapshot, WorkspacePart
from trunkline.providers.registry import PROVIDERS

COUNTS = (0, 1, 10, 100, 500)
TEXT = "Good morning, how are you? " * 40
BODY = msgspec.json.encode({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": TEXT}], "max_tokens": 100})
ENTRY = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="C", provider="openai", model="gpt-4o-mini")
ACTOR = Actor(user_id="u", workspace_id="w", role="member", key_id="k", application_id="a")

_DENY: dict[str, Any] = {"kind": "allowedModels", "models": ["gpt-4o-mini"], "mode": "deny"}

KINDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "of another application": lambda number: {"application_id": f"other-{number}", "rule": _DENY},
    "of another key": lambda number: {"key_id": f"other-{number}", "rule": _DENY},
    "of providers": lambda number: {
        "rule": {"kind": "allowedProviders", "providers": [f"nobody-{number}"], "mode": "deny"}
    },
    "of models": lambda number: {"rule": {"kind": "allowedModels", "models": [f"forbidden-{number}*"], "mode": "deny"}},
    "ceilings": lambda number: {"rule": {"kind": "ceilings", "maxOutputTokens": 1_000 + number}},
    "patterns": lambda number: {"rule": {"kind": "patterns", "patterns": [rf"secret project {number}\b"]}},
    "personal data": lambda _: {"rule": {"kind": "personalData", "kinds": ["email", "iban"]}},
}
"""Of each kind what makes a policy, by its number. The first two would block the call if they were for it."""


class _Prices:
    def find(self, provider: object, model: str, terms: object = None) -> Price:
        return Price(input=Rate(1_000_000_000), output=Rate(4_000_000_000))


class _Notes:
    def note(self, event_id: bytes, payload: bytes) -> asyncio.Future[None]:
        raise RuntimeError("a policy was broken")


async def _judge(actor: object, chat: object, request_id: str) -> Answer:
    raise RuntimeError("a model was asked")


async def measure(policies: tuple[PolicyEntry, ...], calls: int, rounds: int) -> float:
    """Microseconds for a call."""
    gate = PolicyGate(
        notes=_Notes(), prices=_Prices(), providers=PROVIDERS, compile_patterns=compile_patterns, judge=Judge(_judge)
    )
    snapshot = Snapshot()
    candidate = Candidate(ENTRY, "gpt-4o-mini", WorkspacePart(id="w", revision=1, policies=policies))
    target: Any = None
    taken: list[int] = []
    # One more than is counted: what is remembered, is remembered then.
    for _ in range(rounds + 1):
        pending = [PendingCall(snapshot, ACTOR, "chat", Chat(DIALECT, BODY), "r", NOTHING) for _ in range(calls)]
        began = time.process_time_ns()
        for call in pending:
            if gate.concerns(snapshot, ACTOR, candidate):
                await gate.admit(call, candidate, target)
        taken.append(time.process_time_ns() - began)
    return min(taken[1:]) / calls / 1_000


def make_policies(kind: str, count: int) -> tuple[PolicyEntry, ...]:
    """That many of a kind."""
    base: dict[str, Any] = {"content": "", "risk_type": "LOW", "action": 2, "workspace_id": "w"}
    return tuple(
        PolicyEntry(id=f"p{number}", name=f"policy {number}", **{**base, **KINDS[kind](number)})
        for number in range(count)
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.policies", description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    table = Table(title="CPU µs of a call at the gate of policies", title_justify="left")
    table.add_column("policies")
    for count in (*map(str, COUNTS), f"each of {COUNTS[-1]}"):
        table.add_column(count, justify="right")
    for kind in KINDS:
        costs = [asyncio.run(measure(make_policies(kind, count), options.calls, options.rounds)) for count in COUNTS]
        table.add_row(kind, *(f"{cost:.2f}" for cost in costs), f"{(costs[-1] - costs[0]) / COUNTS[-1]:.3f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
