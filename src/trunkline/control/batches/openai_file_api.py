"""Files at OpenAI. https://platform.openai.com/docs/api-reference/files"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trunkline.control.batches.file_form import write_file_form
from trunkline.control.batches.provider_api import MOST_BYTES, ask, find_path, read_json
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url


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
    """Keep what ``parts`` come to, for ``lifetime`` seconds. Its id. Raises UpstreamError."""
    fields = {"purpose": purpose}
    if lifetime is not None:
        fields |= {"expires_after[anchor]": "created_at", "expires_after[seconds]": str(lifetime)}
    form = write_file_form(fields, parts, name, media_type)
    response = await ask(target, "POST", find_file(target), form.body, content_type=form.content_type)
    return read_json(target, await response.read(MOST_BYTES), _File).id


async def drop_file(target: Target, file_id: str) -> None:
    """Forget it. Raises UpstreamError."""
    response = await ask(target, "DELETE", find_file(target, f"/{file_id}"))
    await response.read(MOST_BYTES)


def find_file(target: Target, below: str = "") -> Url:
    """Where files are asked for. Raises NotFound where the provider keeps none."""
    return target.endpoint.base.join(find_path(target, target.provider.paths.files) + below)
