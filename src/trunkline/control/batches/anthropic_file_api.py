"""Files at Anthropic. https://platform.claude.com/docs/en/build-with-claude/files"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from trunkline.control.batches.file_form import write_file_form
from trunkline.control.batches.openai_file_api import find_file
from trunkline.control.batches.provider_api import MOST_BYTES, ask, read_json
from trunkline.gateway.batches.named_files import FILES_BETA
from trunkline.gateway.routing.target import Target

_HEADERS: Final = (("anthropic-beta", FILES_BETA),)


class _File(msgspec.Struct):
    id: str


async def upload_file(
    target: Target,
    parts: Iterable[bytes],
    *,
    name: str,
    purpose: str,
    lifetime: int | None = None,
    media_type: str = "",
) -> str:
    """Keep what ``parts`` come to, for ``lifetime`` seconds. Its id. Raises UpstreamError.

    Anthropic knows no purposes: what a file is tells what it may be used for.
    """
    del purpose
    fields = {} if lifetime is None else {"expires_in_seconds": str(lifetime)}
    form = write_file_form(fields, parts, name, media_type)
    response = await ask(target, "POST", find_file(target), form.body, content_type=form.content_type, more=_HEADERS)
    return read_json(target, await response.read(MOST_BYTES), _File).id


async def drop_file(target: Target, file_id: str) -> None:
    """Forget it. Raises UpstreamError."""
    response = await ask(target, "DELETE", find_file(target, f"/{file_id}"), more=_HEADERS)
    await response.read(MOST_BYTES)
