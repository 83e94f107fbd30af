"""Files at OpenAI. https://platform.openai.com/docs/api-reference/files"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from mimetypes import guess_type

import msgspec

from trunkline.control.batches.provider_api import MOST_BYTES, ask, find_path, read_json
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url


class _File(msgspec.Struct):
    id: str


async def upload_file(
    target: Target, parts: Iterable[bytes], *, name: str, purpose: str, lifetime: int | None = None
) -> str:
    """Keep what ``parts`` come to, for ``lifetime`` seconds. Its id. Raises UpstreamError."""
    boundary = f"trunkline-{secrets.token_hex(16)}"
    fields = {"purpose": purpose}
    if lifetime is not None:
        fields |= {"expires_after[anchor]": "created_at", "expires_after[seconds]": str(lifetime)}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    # As browsers write names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html
    written = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    kind = "application/jsonl" if name.endswith(".jsonl") else guess_type(name)[0] or "application/octet-stream"
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{written}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = b"".join((head.encode(), *parts, f"\r\n--{boundary}--\r\n".encode()))
    content_type = f"multipart/form-data; boundary={boundary}"
    response = await ask(target, "POST", find_file(target), body, content_type=content_type)
    return read_json(target, await response.read(MOST_BYTES), _File).id


async def drop_file(target: Target, file_id: str) -> None:
    """Forget it. Raises UpstreamError."""
    response = await ask(target, "DELETE", find_file(target, f"/{file_id}"))
    await response.read(MOST_BYTES)


def find_file(target: Target, below: str = "") -> Url:
    """Where files are asked for. Raises NotFound where the provider keeps none."""
    return target.endpoint.base.join(find_path(target, target.provider.paths.files) + below)
