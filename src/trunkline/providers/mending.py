"""Puts right what no vendor takes of a conversation and its tools, or not this one."""

from __future__ import annotations

from trunkline.core.chat import ChatRequest
from trunkline.providers.cache_marks import limit_marks
from trunkline.providers.call_pairing import pair_calls
from trunkline.providers.documents import refuse_documents
from trunkline.providers.prefill import ask_for_rest
from trunkline.providers.quirks import Quirk
from trunkline.providers.tool_names import unite_tools


def mend(request: ChatRequest, quirk: Quirk) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` as its vendor takes it, and what was left out or is asked for in other words.

    Raises InvalidInput for what has no faithful mending. The same object where all is right.
    """
    request = unite_tools(request)
    request, told = pair_calls(request)
    if not quirk.documents:
        refuse_documents(request)
    request, cached = limit_marks(request, quirk.cache_marks)
    if quirk.prefill:
        return request, (*told, *cached)
    request, asked = ask_for_rest(request)
    return request, (*told, *cached, *asked)
