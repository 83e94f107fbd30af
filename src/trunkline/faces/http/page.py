"""Pages that come with the package: a few static files, served from memory under a strict policy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from fastapi import Request, Response

from trunkline.faces.http.router import Router

_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from another origin."""


_LOOK: Final = Path(__file__).parent / "look"
"""What every page has: the console's colours, its icon, and which look was chosen there."""

Instead = Callable[[Request], Response | None]


def serve_folder(folder: Path, at: str, instead: Instead = lambda _: None) -> Router:
    """Routes for the files of ``folder``: ``index.html`` at the path ``at``, the others and the look below it.

    ``instead`` may answer in the place of ``index.html``.
    """
    routes = Router(include_in_schema=False)
    for file in sorted([*folder.iterdir(), *_LOOK.iterdir()]):
        if file.suffix in _KINDS:
            path = at if file.name == "index.html" else f"{at}/{file.name}"
            _add(routes, path, file.read_bytes(), _KINDS[file.suffix], instead if path == at else lambda _: None)
    return routes


def answer_file(request: Request, content: bytes, kind: str, headers: Mapping[str, str]) -> Response:
    """A file that may be another at any time: the client has to ask, and is told when it has it already."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    sent = {**headers, "cache-control": "no-cache", "etag": etag}
    known = request.headers.get("if-none-match", "").split(",")
    if any(each.strip().removeprefix("W/") in {etag, "*"} for each in known):
        return Response(status_code=304, headers=sent)
    return Response(content, media_type=kind, headers=sent)


def _add(routes: Router, path: str, content: bytes, kind: str, instead: Instead) -> None:
    @routes.api_route(path, methods=["GET", "HEAD"], name=path)
    async def serve(request: Request) -> Response:
        """The file, or that the caller has it already."""
        return instead(request) or answer_file(request, content, kind, {"content-security-policy": POLICY})
