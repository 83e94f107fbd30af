"""What is to become of a batch: who runs it, and with which requests. Decided before anything is sent."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final, NamedTuple

import msgspec

from trunkline.control.batches.files import LONGEST_LINE, Files
from trunkline.control.batches.provider_choice import get_batches, runs_batches
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput, NotFound, TrunklineError, Unavailable
from trunkline.gateway.batches.batch_line import BatchLine, read_line, wrong_line
from trunkline.gateway.batches.batch_record import BatchOrder
from trunkline.gateway.batches.line_call import LineCall, make_line_call
from trunkline.gateway.batches.named_files import read_named_files
from trunkline.gateway.batches.vetting import Vetting
from trunkline.gateway.budgets.budget_gate import BudgetGate
from trunkline.gateway.context import CallContext
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.gates.policy_gate import PolicyGate
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target

PURPOSE: Final = "batch"
"""Why the books have such calls."""

MOST_LINES: Final = 100_000
"""The most of any vendor (Anthropic): https://docs.anthropic.com/en/docs/build-with-claude/batch-processing."""

_AT_ONCE: Final = 50
"""Lines between which others get their turn."""


class Handover(msgspec.Struct):
    """Where a provider runs it: with which lines, the provider's name of each model, the most that it can cost, and
    whether its lines name files that the provider keeps."""

    candidate: Candidate
    target: Target
    lines: list[bytes]
    models: dict[str, str]
    call: LineCall
    quote: dict[str, int]
    names_files: bool = False


class Plan(NamedTuple):
    """``handover`` None: Trunkline runs it. ``model`` is the name that its first line asks for."""

    total: int
    model: str
    handover: Handover | None


class Planner:
    """Makes plans."""

    def __init__(self, files: Files, vetting: Vetting, policies: PolicyGate, budgets: BudgetGate) -> None:
        self._files = files
        self._vetting = vetting
        self._policies = policies
        self._budgets = budgets

    async def plan(self, actor: Actor, order: BatchOrder, batch_id: str) -> Plan:
        """Look at each line. Raises InvalidInput or Forbidden that names the first one which cannot be.

        A provider runs it where the first line's name leads to one configuration of a provider with batches in this
        format, and then all lines must lead there. What a route, an experiment or a judge must decide line by line is
        run here, and so is what no provider runs.
        """
        context = make_context(order)
        handover: Handover | None = None
        number, model, known = 0, "", set[str]()
        async for raw in self._files.read_lines(order.requests_id):
            number += 1
            if number > MOST_LINES:
                raise wrong_line(number, f"a batch has at most {MOST_LINES:,} requests.")
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            line = read_line(order.wire, number, raw, order.endpoint)
            if line.custom_id in known:
                name = "key" if line.keyed else "custom_id"
                raise wrong_line(number, f"{name} {line.custom_id!r} is used twice.")
            known.add(line.custom_id)
            try:
                call = make_line_call(order.wire, order.endpoint, line, actor, order.model)
                pending = self._vetting.hold(actor, call, f"{batch_id}-{number}", context)
                if number == 1:
                    model = call.exchange.model
                    handover = self._choose(order, pending, call)
                named = await read_named_files(self._files, actor, line.body, call.dialect.name)
                if handover is None:
                    self._vetting.find(pending, call)
                    continue
                if named is not None:
                    keeper = handover.candidate.entry.id
                    named.must_be_kept_by(keeper)
                    line = msgspec.structs.replace(line, body=(await named.place(keeper, LONGEST_LINE)).body)
                    call = make_line_call(order.wire, order.endpoint, line, actor, order.model)
                    handover.names_files = True
                await self._hand_over(order, handover, pending, call, line)
            except (InvalidInput, Forbidden, NotFound, Unavailable) as error:
                raise _at(number, error) from None
        if not number:
            raise InvalidInput.of("input_file_id", "the batch has no requests.", code="empty_batch")
        return Plan(number, model, handover)

    def _choose(self, order: BatchOrder, pending: PendingCall, call: LineCall) -> Handover | None:
        """Where the provider runs it; None where Trunkline does."""
        if order.place == "local":
            return None
        candidate = self._vetting.find_only(pending, call)
        trouble = ""
        if candidate is None:
            trouble = f"{call.exchange.model!r} is a route or has an experiment, which decide line by line."
        else:
            target = self._vetting.open(candidate)
            if not runs_batches(target.provider, order.wire, order.endpoint):
                trouble = f"{target.provider.display_name} runs no batches in this format."
            elif self._policies.asks(pending.snapshot, pending.actor, candidate):
                trouble = "A policy has a model judge each of the requests."
            else:
                return Handover(candidate, target, [], {}, call, {})
        if order.place == "provider":
            raise InvalidInput.of(
                "x-trunkline-batch",
                f"the provider cannot run this batch. {trouble} Leave the header out, and Trunkline runs it.",
            )
        return None

    async def _hand_over(
        self, order: BatchOrder, handover: Handover, pending: PendingCall, call: LineCall, line: BatchLine
    ) -> None:
        candidate = self._vetting.find_only(pending, call)
        if candidate is None or candidate.entry is not handover.candidate.entry:
            raise InvalidInput.of(
                "model",
                f"{call.exchange.model!r} leads elsewhere than the requests before, and one provider runs all of a"
                " batch. Make a batch for each configuration, or send x-trunkline-batch: local.",
                code="mismatched_model",
            )
        if self._policies.concerns(pending.snapshot, pending.actor, candidate):
            await self._policies.admit(pending, candidate, handover.target)
        if self._budgets.concerns(pending.snapshot, pending.actor, candidate):
            quote = defaultdict(int, handover.quote)
            for budget_id, nanos in self._budgets.quote(pending, candidate, handover.target).items():
                quote[budget_id] += nanos
            handover.quote = dict(quote)
        prepared = call.exchange.prepare(handover.target, candidate.model)
        handover.models[call.exchange.model] = candidate.model
        write = get_batches(order.wire).write_line
        handover.lines.append(write(line, order.endpoint, prepared.request.body))


def make_context(order: BatchOrder) -> CallContext:
    """What the calls of a batch are part of."""
    return CallContext(unit=order.unit, tags=order.tags, purpose=PURPOSE)


def _at(number: int, error: TrunklineError) -> TrunklineError:
    """The same error, with its line; nothing that a batch names can be missing but what its maker wrote."""
    words = f"line {number}: {error.message.removeprefix(f'line {number}: ')}"
    if isinstance(error, Forbidden | Unavailable):
        return type(error)(words, code=error.code)
    return InvalidInput(words, fields=getattr(error, "fields", ()), code=error.code)
