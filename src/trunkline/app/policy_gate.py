"""The gate that holds calls to policies, wired."""

from __future__ import annotations

from collections.abc import Callable

from trunkline.control.policies.patterns import compile_patterns
from trunkline.core.actor import Actor
from trunkline.gateway.answer import Answer
from trunkline.gateway.context import JUDGE, CallContext
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.judge import Judge
from trunkline.gateway.gates.policy_gate import Notes, PolicyGate
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.prices import Prices
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings

_JUDGING = CallContext(purpose=JUDGE)


def make_policy_gate(
    settings: Settings, notes: Notes, prices: Prices, find_gateway: Callable[[], Gateway]
) -> PolicyGate:
    """The gate. ``find_gateway`` gives what the judge is asked through, once it is made: it needs the gate itself."""

    async def ask(actor: Actor, chat: Chat, request_id: str) -> Answer:
        return await find_gateway().run(actor, "chat", chat, request_id, _JUDGING)

    return PolicyGate(
        notes=notes,
        prices=prices,
        providers=PROVIDERS,
        compile_patterns=compile_patterns,
        judge=Judge(ask, name=settings.policy_judge, limit=settings.policy_judge_seconds),
    )
