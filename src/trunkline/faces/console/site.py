"""The console as it was built: hashed files that never change, and one page for all its addresses."""

from __future__ import annotations

import html
import mimetypes
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response

from trunkline.core.errors import NotFound
from trunkline.faces.http.page import answer_file
from trunkline.faces.http.router import Router

FOLDER: Final = Path(__file__).parent / "dist"
"""What ``web/`` is built into; not in the repository."""

_FOREVER: Final = "public, max-age=31536000, immutable"
_NO_SNIFFING: Final = {"x-content-type-options": "nosniff"}

router = Router(include_in_schema=False)


def is_built() -> bool:
    """Whether there is a console to be shown."""
    return (FOLDER / "index.html").is_file()


@router.api_route("/console/{path:path}", methods=["GET", "HEAD"])
async def serve(request: Request, path: str) -> Response:
    """A file of the console; else its page, which finds out itself what the address means."""
    files = read_files()
    content = files.get(path)
    if path.startswith("assets/") or (content is not None and path != "index.html"):
        if content is None:
            raise NotFound("There is no such file. The console may have been updated: load the page again.")
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        # Only files with a hash in their names are other files when they change.
        if path.startswith("assets/"):
            return Response(content, media_type=kind, headers={**_NO_SNIFFING, "cache-control": _FOREVER})
        return answer_file(request, content, kind, _NO_SNIFFING)
    if not files:
        raise NotFound("The console has not been built. `make run` builds it.")
    nonce = secrets.token_urlsafe(16)
    base = html.escape(f"{request.scope.get('root_path', '')}/console/")
    told = f'<base href="{base}"><meta name="csp-nonce" content="{nonce}">'.encode()
    page = files["index.html"].replace(b"<head>", b"<head>" + told, 1)
    headers = {"content-security-policy": _policy(nonce), "cache-control": "no-cache"}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def _policy(nonce: str) -> str:
    """Nothing of another origin and no inline script; styles that the console's library makes have the ``nonce``."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:;"
        " font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'self';"
        " frame-ancestors 'none'"
    )


@cache
def read_files() -> dict[str, bytes]:
    """The files by their paths; none where nothing was built. Read once, when first asked for."""
    if not is_built():
        return {}
    return {file.relative_to(FOLDER).as_posix(): file.read_bytes() for file in FOLDER.rglob("*") if file.is_file()}
