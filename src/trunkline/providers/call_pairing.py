"""Calls of tools and their results, each call followed at once by its result, as all vendors demand.

"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'"
(https://platform.openai.com/docs/guides/function-calling); "`tool_use` ids were found without `tool_result` blocks
immediately after" (https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls). Clients that cut
or interrupt a conversation send others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Message, Opaque, Text, ToolCall, ToolResult

NO_RESULT: Final = "(No result.)"
"""What a call is answered with that was never answered."""

ORPHAN: Final = "tool_result"
"""A result of no call, which is left out, as callers are told."""
SUPPLIED: Final = "tool_call.result"
"""That a call had no result, as callers are told."""

_KEPT: Final = ("previous_response_id", "conversation")
"""Where the vendor keeps the calls itself: https://platform.openai.com/docs/guides/conversation-state"""


def pair_calls(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` in which each call is followed by its result, and what was left out or missing.

    Results that stand elsewhere move behind the turn that called, and what others said in between comes after them. A
    call without a result gets :data:`NO_RESULT`; a result without a call goes. The same object where all is in order.
    """
    messages = request.messages
    if _is_paired(messages):
        return request, ()
    kept = request.extra.get("openai_responses", {})
    if any(kept.get(name) for name in _KEPT):
        return request, ()
    turns = _Turns(messages)
    return msgspec.structs.replace(request, messages=turns.write()), turns.told


def _calls(message: Message) -> list[str]:
    return [part.id for part in message.parts if isinstance(part, ToolCall)]


def _own_calls(message: Message) -> list[str]:
    """Calls that only one vendor's wire has (OpenAI's custom tools), which a result may name."""
    values = [part.value for part in message.parts if isinstance(part, Opaque) and isinstance(part.value, dict)]
    return [str(value.get("call_id") or value.get("id")) for value in values]


def _results(message: Message) -> list[ToolResult]:
    return [part for part in message.parts if isinstance(part, ToolResult)]


def _is_paired(messages: Iterable[Message]) -> bool:
    waiting: list[str] = []
    caller: Message | None = None
    for message in messages:
        if message.role == "tool":
            for result in _results(message):
                if result.call_id in waiting:
                    waiting.remove(result.call_id)
                elif caller is None or result.call_id not in _own_calls(caller):
                    return False
        elif waiting:
            return False
        elif message.role == "assistant":
            waiting, caller = _calls(message), message
        else:
            caller = None
    return not waiting


class _Turn:
    """A message, with the results of its calls. A turn of the assistant may be made of several."""

    __slots__ = ("message", "open", "own", "results")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.results: list[ToolResult] = []
        speaks = message.role == "assistant"
        self.open = Counter(_calls(message) if speaks else ())
        self.own = set(_own_calls(message) if speaks else ())

    def take(self, result: ToolResult) -> bool:
        """Whether it is the result of a call of this turn that has none yet."""
        if self.open[result.call_id] > 0:
            self.open[result.call_id] -= 1
        elif result.call_id in self.own:
            self.own.remove(result.call_id)
        else:
            return False
        self.results.append(result)
        return True


class _Turns:
    __slots__ = ("_turns", "told")

    def __init__(self, messages: Iterable[Message]) -> None:
        self._turns: list[_Turn] = []
        early: list[ToolResult] = []
        follows = False
        for message in messages:
            if message.role == "tool":
                early += [result for result in _results(message) if not self._give(result)]
                follows = False
                continue
            last = self._turns[-1] if self._turns else None
            if follows and last is not None and last.open and message.role == "assistant":
                whole = msgspec.structs.replace(last.message, parts=(*last.message.parts, *message.parts))
                self._turns[-1] = _Turn(whole)
            else:
                self._turns.append(_Turn(message))
            follows = message.role == "assistant"
        lost = [result for result in early if not self._give(result)]
        missing = any(turn.open.total() for turn in self._turns)
        self.told = (*([ORPHAN] if lost else []), *([SUPPLIED] if missing else []))

    def _give(self, result: ToolResult) -> bool:
        return any(turn.take(result) for turn in reversed(self._turns))

    def write(self) -> tuple[Message, ...]:
        written: list[Message] = []
        for turn in self._turns:
            written.append(turn.message)
            names = {part.id: part.name for part in turn.message.parts if isinstance(part, ToolCall)}
            missing = [ToolResult(one, (Text(NO_RESULT),), names[one]) for one in turn.open.elements()]
            if results := (*turn.results, *missing):
                written.append(Message("tool", results))
        return tuple(written)
