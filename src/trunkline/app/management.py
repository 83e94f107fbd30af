"""The management process: everything but calls, for this machine's workers, which hand on to it what is no call."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from trunkline.app.process import Application
from trunkline.app.server import open_server
from trunkline.app.stopping import Stopping
from trunkline.app.web_server import serve_socket
from trunkline.control.processes.socket_folder import HUB, MANAGEMENT, find_socket_folder
from trunkline.faces.forwarded import Forwarded
from trunkline.settings import Settings


@asynccontextmanager
async def open_management(settings: Settings, stopping: Stopping) -> AsyncGenerator[Application]:
    """The application, ready to serve until the block ends."""
    hub = find_socket_folder(settings.data_dir) / HUB
    async with open_server(settings, stopping, hub=hub) as server:
        yield Forwarded(server.pages)


def main() -> int:
    """``python -m trunkline.app.management``, as the supervisor calls it."""
    return serve_socket(open_management, MANAGEMENT)


if __name__ == "__main__":
    sys.exit(main())
