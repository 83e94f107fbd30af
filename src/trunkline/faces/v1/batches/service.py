"""Serves what is asked about files and batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.dialects import anthropic_messages, gemini, openai_chat
from trunkline.dialects.dialect import Dialect
from trunkline.faces.v1.batches.anthropic_batches import serve_anthropic
from trunkline.faces.v1.batches.anthropic_files import serve_anthropic_file
from trunkline.faces.v1.batches.batch_path import BatchPath
from trunkline.faces.v1.batches.batch_request import BatchRequest
from trunkline.faces.v1.batches.gemini_batches import serve_gemini
from trunkline.faces.v1.batches.gemini_files import serve_gemini_file
from trunkline.faces.v1.batches.openai_batches import serve_openai
from trunkline.faces.v1.batches.openai_files import serve_file
from trunkline.gateway.answer import Answer
from trunkline.gateway.batches.batch_record import Wire
from trunkline.gateway.batches.desk import BatchDesk
from trunkline.gateway.batches.upload_ticket import UploadTickets

DIALECTS: Final[Mapping[Wire, Dialect]] = {
    "openai": openai_chat.DIALECT,
    "anthropic": anthropic_messages.DIALECT,
    "gemini": gemini.DIALECT,
}
"""How errors are told."""


async def serve_batches(
    desk: BatchDesk, actor: Actor, asked: BatchPath, request: BatchRequest, uploads: UploadTickets | None, limit: int
) -> Answer:
    """The answer. ``limit`` is the most bytes of a file. Raises Forbidden for who may not call, and what the desk
    raises."""
    check(actor, "call")
    if asked.subject == "file" and asked.wire == "gemini":
        assert uploads is not None
        return await serve_gemini_file(desk, actor, asked, request, uploads, limit)
    if asked.subject == "file" and asked.wire == "anthropic":
        return await serve_anthropic_file(desk, actor, asked, request)
    if asked.subject == "file":
        return await serve_file(desk, actor, asked, request)
    match asked.wire:
        case "openai":
            return await serve_openai(desk, actor, asked, request)
        case "anthropic":
            return await serve_anthropic(desk, actor, asked, request)
        case "gemini":
            return await serve_gemini(desk, actor, asked, request)
