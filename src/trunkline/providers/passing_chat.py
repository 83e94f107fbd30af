"""What a request of OpenAI's chat wire must be read for: see :mod:`trunkline.providers.passing`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, is_said
from trunkline.providers.quirks import Quirk


class _Function(msgspec.Struct, frozen=True):
    name: str = ""


class _Named(msgspec.Struct, frozen=True):
    """A tool, or a call of one."""

    id: str = ""
    function: _Function | None = None


class _Turn(msgspec.Struct, frozen=True):
    role: str = ""
    content: msgspec.Raw = ABSENT
    refusal: msgspec.Raw = ABSENT
    tool_calls: list[_Named] | None = None
    tool_call_id: str | None = None
    function_call: msgspec.Raw = ABSENT
    prefix: bool | None = None


class _Body(msgspec.Struct, frozen=True):
    messages: list[_Turn] = []
    tools: list[_Named] | None = None
    functions: msgspec.Raw = ABSENT
    function_call: msgspec.Raw = ABSENT


_body: Final = msgspec.json.Decoder(_Body)

# Within JSON text a quote is escaped, so these can only be fields.
_ODD_NAME: Final = re.compile(rb'"name"\s*:\s*"(?![a-zA-Z0-9_-]{1,64}")')
_LAST_ROLE: Final = re.compile(rb'"role"\s*:\s*"(\w*)"')
_TOOLED: Final = re.compile(rb'"tool(?:s"|_call(?:s|_id)")')
_TOOL: Final = b'"tool'
"""What these begin with. Searching for up to five bytes takes a third of the time that more take, and ``in`` makes and
drops an exception each time."""
_CALLED: Final = (b'"tool_calls"', b'"tool_call_id"')
_OLD: Final = (b'"functions"', b'"function_call"', b'"function"')
_PART: Final = re.compile(rb'"type"\s*:\s*"(?!text")\w+"')
_FILE: Final = re.compile(rb'"type"\s*:\s*"(?:file|document_url)"')
_EMPTY: Final = (b"", b"null", b'""', b"[]")


def is_odd_chat(body: bytes, quirk: Quirk) -> bool:
    """Whether ``body`` holds what its provider is known to refuse."""
    tooled = body.find(_TOOL) >= 0 and _TOOLED.search(body) is not None
    called = tooled and any(mark in body for mark in _CALLED)
    named = tooled and quirk.calls.holds_names and _ODD_NAME.search(body) is not None
    closed = not quirk.wire.functions and any(mark in body for mark in _OLD)
    filed = not quirk.documents and _FILE.search(body) is not None
    prefilled = not quirk.prefill and _ends_with_assistant(body)
    strict = quirk.wire.strict_turns
    bridged = called and quirk.wire.bridged_turns
    if not (called or named or closed or filed or prefilled or strict):
        return False
    try:
        read = _body.decode(body)
    except BROKEN_JSON:
        return False
    turns = read.messages
    return (
        (called and (not _is_paired(turns) or any(map(_shows, turns))))
        or (named and not all(map(quirk.calls.takes, _names(read))))
        or (closed and _is_old(read))
        or (filed and any(_FILE.search(turn.content) for turn in turns))
        or (prefilled and turns[-1].role == "assistant" and not turns[-1].tool_calls)
        or (bridged and _lacks_bridge(turns))
        or (strict and _breaks_turns(turns))
    )


def find_sign(quirk: Quirk) -> bytes | None:
    """What any body holds that is odd for a model with this ``quirk``; None where there is no such sign."""
    wire = quirk.wire
    return _TOOL if wire.functions and quirk.documents and quirk.prefill and not wire.strict_turns else None


def _ends_with_assistant(body: bytes) -> bool:
    last = _LAST_ROLE.match(body, max(body.rfind(b'"role"'), 0))
    return last is not None and last[1] == b"assistant"


def _is_paired(turns: Sequence[_Turn]) -> bool:
    """Whether each call is followed by its results, and each result follows its call. Ids may repeat."""
    known: set[str] = set()
    left: set[str] = set()
    for turn in turns:
        if turn.role == "tool":
            if turn.tool_call_id not in known:
                return False
            left.discard(turn.tool_call_id)
            continue
        if left:
            return False
        known = {call.id for call in turn.tool_calls or ()}
        left = set(known)
    return not left


def _shows(turn: _Turn) -> bool:
    """Whether it is a result that is more than text."""
    return turn.role == "tool" and bytes(turn.content).startswith(b"[") and _PART.search(turn.content) is not None


def _names(body: _Body) -> Iterator[str]:
    for one in itertools.chain(body.tools or (), *(turn.tool_calls or () for turn in body.messages)):
        if one.function is not None:
            yield one.function.name


def _is_old(body: _Body) -> bool:
    """Whether it has the functions that came before tools."""
    return (
        is_said(body.functions)
        or is_said(body.function_call)
        or any(turn.role == "function" or is_said(turn.function_call) for turn in body.messages)
    )


def _lacks_bridge(turns: Sequence[_Turn]) -> bool:
    """Whether somebody but the assistant speaks after results."""
    roles = [turn.role for turn in turns]
    return any(before == "tool" and after not in ("tool", "assistant") for before, after in itertools.pairwise(roles))


def _breaks_turns(turns: Sequence[_Turn]) -> bool:
    """See :mod:`trunkline.dialects.openai_chat.strict_turns`."""
    if not turns:
        return False
    if not any(turn.role == "user" for turn in turns):
        return True
    if _lacks_bridge(turns):
        return True
    if any(turn.role == "assistant" and bytes(turn.content) in _EMPTY and not turn.tool_calls for turn in turns):
        return True
    last = turns[-1]
    return last.role not in ("user", "tool") and not (last.role == "assistant" and bool(last.prefix))
