"""PDFs that stand where a wire has pictures: clients without a form for files send them so."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import Media

PDF: Final = "application/pdf"

START: Final = "JVBERi"
"""How the base64 of every PDF begins (``%PDF-``)."""


def find_pdf(media: Media) -> Media | None:
    """``media`` as a PDF if it is one, else None: its bytes tell it best, then its type, then its address."""
    kind = (media.media_type or "").partition(";")[0].strip().lower()
    if media.data is not None and media.data.startswith(START):
        return msgspec.structs.replace(media, media_type=PDF)
    if kind not in ("", "application/octet-stream"):
        return media if kind == PDF else None
    return media if media.url is not None and names_pdf(media.url) else None


def names_pdf(address: str) -> bool:
    """Whether an address on the web names a PDF."""
    path = address.partition("?")[0].partition("#")[0]
    return address.startswith(("https://", "http://", "gs://")) and path.lower().endswith(".pdf")
