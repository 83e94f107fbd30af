"""The order of turns that Mistral demands.

"Unexpected role 'user' after role 'tool'" (https://github.com/datapizza-labs/datapizza-ai/issues/98), and "Expected
last role User or Tool (or Assistant with prefix True) for serving but got …"
(https://docs.mistral.ai/capabilities/completion/prefix). The first is also refused where others serve its models
(https://github.com/mistralai/mistral-vibe/issues/578, https://github.com/NousResearch/hermes-agent/issues/20154).
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonObject

BRIDGE: Final = "(The tools have answered.)"
"""The assistant's turn between results of tools and what a user says then."""


def bridge_turns(turns: list[JsonObject]) -> list[JsonObject]:
    """``turns`` with :data:`BRIDGE`, said by the assistant, between results and a user."""
    bridged: list[JsonObject] = []
    for turn in turns:
        if bridged and bridged[-1]["role"] == "tool" and turn["role"] not in ("tool", "assistant"):
            bridged.append({"role": "assistant", "content": BRIDGE})
        bridged.append(turn)
    return bridged


def order_turns(turns: list[JsonObject]) -> list[JsonObject]:
    """``turns`` as they are taken.

    Between results and a user, the assistant says :data:`BRIDGE`. Instructions at the end, or alone, are said by the
    user. An answer at the end is one to go on from, ``prefix``.
    """
    alone = not any(turn["role"] == "user" for turn in turns)
    ordered: list[JsonObject] = []
    for place, turn in enumerate(turns):
        last = place == len(turns) - 1
        if turn["role"] == "system" and (last or alone):
            turn = {**turn, "role": "user"}  # noqa: PLW2901
        if last and turn["role"] == "assistant" and "tool_calls" not in turn:
            turn = {**turn, "prefix": True}  # noqa: PLW2901
        ordered.append(turn)
    return bridge_turns(ordered)
