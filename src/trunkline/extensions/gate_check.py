"""Holds a gate to what Trunkline checks of one, and asks it about a call."""

from __future__ import annotations

import asyncio

from trunkline.extensions.foreign_error import describe_error
from trunkline.extensions.gate_extension import CallEnd, GateCall, GateExtension, Refused
from trunkline.extensions.interface import API

CALL = GateCall(request_id="req_1", workspace_id="workspace", user_id="user")
"""A chat of somebody, with nothing special about it."""

END = CallEnd(
    request_id="req_1",
    outcome="ok",
    status=200,
    provider="openai",
    model="gpt-4o-mini",
    input_tokens=10,
    output_tokens=5,
    cost=0.001,
    duration_seconds=0.5,
)


def check_gate(
    extension: GateExtension, call: GateCall = CALL, *, provider: str = "openai", model: str = "gpt-4o-mini"
) -> Refused | None:
    """Check all that the server checks of a gate before it loads it, then have ``call`` pass it.

    Gives what it refused the call with; None where it let the call by, which it was told the end of then.
    """
    assert isinstance(extension, GateExtension), "the extension must be a GateExtension"  # pyright: ignore[reportUnnecessaryIsInstance]
    assert extension.api == API, f"api: is {extension.api}, and this Trunkline has {API}"
    faults = extension.find_faults()
    assert not faults, "\n".join(faults)
    try:
        return asyncio.run(_pass(extension, call, provider, model))
    except Refused as refused:
        return refused
    except Exception as error:
        raise AssertionError(f"the gate failed: {describe_error(error)}") from error


async def _pass(extension: GateExtension, call: GateCall, provider: str, model: str) -> None:
    gate = extension.gate
    concerned = gate.concerns(call.workspace_id, provider, model)
    assert concerned == gate.concerns(call.workspace_id, provider, model), "concerns must always answer the same"
    if concerned:
        async with asyncio.timeout(extension.seconds):
            await gate.enter(call)
        async with asyncio.timeout(extension.seconds):
            await gate.admit(call, provider, model)
        gate.settled(call, END)
