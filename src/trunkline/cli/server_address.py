"""Where the server is that commands talk to."""

from __future__ import annotations

import os

from trunkline.core.errors import InvalidInput
from trunkline.outbound import Url
from trunkline.settings import Settings, read_settings


def read_url() -> Url:
    """What ``TRUNKLINE_URL`` names, else the server of this folder. :class:`InvalidInput` when it is no URL."""
    named = os.environ.get("TRUNKLINE_URL")
    try:
        return Url.parse(named or write_own_url(read_settings()))
    except InvalidInput as error:
        raise InvalidInput(f"TRUNKLINE_URL: {error.message}") from None


def write_own_url(settings: Settings) -> str:
    """Where a server with these settings answers on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
