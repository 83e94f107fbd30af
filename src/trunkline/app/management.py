"""The management process: everything but calls, for this machine's workers, which hand on to it what is no call."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """``python -m trunkline.app.management``, as the supervisor calls it."""
    # To load makes many objects and no garbage: looking for some takes a third of the time. `Process` begins again.
    gc.disable()
    from trunkline.app.server import open_management  # noqa: PLC0415 - not before that
    from trunkline.app.web_server import serve_socket  # noqa: PLC0415
    from trunkline.control.processes.socket_folder import MANAGEMENT  # noqa: PLC0415

    return serve_socket(open_management, MANAGEMENT)


if __name__ == "__main__":
    sys.exit(main())
