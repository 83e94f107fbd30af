"""The web server of a process, as the first process starts it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any, Final

from trunkline import logs
from trunkline.app.descriptors import raise_descriptors
from trunkline.app.process import Opening, Process
from trunkline.app.supervisor import AFTER, STARTUP_FAILED
from trunkline.control.processes.socket_folder import find_socket_folder, listen_privately
from trunkline.faces.connection_limits import TRUSTED, ConnectionLimits
from trunkline.faces.listener import GatewayServer
from trunkline.faces.ollama_port import OllamaPort
from trunkline.faces.server import ServerConfig
from trunkline.faces.v1.plain_protocol import PlainProtocol
from trunkline.logs import get_logger
from trunkline.settings import Settings, read_settings

_log: Final = get_logger(__name__)

_KEEP_ALIVE_SECONDS: Final = 75


def serve_port(opening: Opening, descriptors: Sequence[int], name: str) -> int:
    """Serve clients on listening sockets until told to stop, as the worker of that name: the first is that of the port,
    a second one that of the Ollama port.

    Gives the code to exit with.
    """
    settings = _begin(f"worker {name}")
    # Behind a proxy the client's address is the proxy's word; that it is to be trusted must be said.
    trusts_proxy = bool(os.environ.get("FORWARDED_ALLOW_IPS"))
    return _serve(
        settings,
        opening,
        [socket.socket(fileno=descriptor) for descriptor in descriptors],
        limits=read_limits(settings),
        protocol=PlainProtocol,
        base_path=settings.base_path,
        proxy_headers=trusts_proxy,
    )


def serve_socket(opening: Opening, name: str) -> int:
    """Serve other processes of this machine at the Unix socket ``name`` until told to stop."""
    settings = _begin("management")
    listener = listen_privately(find_socket_folder(settings.data_dir) / name)
    return _serve(settings, opening, [listener], limits=TRUSTED, proxy_headers=False, date_header=False)


def read_limits(settings: Settings) -> ConnectionLimits:
    """The bounds on connections. Half of the descriptors is kept for known callers and for providers."""
    return ConnectionLimits(
        head_seconds=settings.header_seconds,
        body_seconds=settings.body_seconds,
        reader_seconds=settings.reader_seconds,
        strangers_per_address=settings.unauthenticated_connections,
        strangers=max(8, raise_descriptors() // 2),
    )


def _begin(process: str) -> Settings:
    settings = read_settings()
    logs.configure(settings.log_level, settings.log_format, process)
    if AFTER in sys.argv:
        _log.warning("process_started_again", command=sys.argv[0], exit_code=int(sys.argv[sys.argv.index(AFTER) + 1]))
    return settings


def _serve(settings: Settings, opening: Opening, listeners: Sequence[socket.socket], **options: Any) -> int:
    process = Process(settings, opening)
    shared: dict[str, Any] = {
        "loop": "uvloop" if sys.platform != "win32" else "asyncio",
        "ws": "none",
        "lifespan": "on",
        "interface": "asgi3",
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "timeout_keep_alive": _KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": round(settings.drain_seconds),
    }
    beside: list[tuple[socket.socket, ServerConfig]] = []
    for listener in listeners[1:]:
        # No proxy's word counts: whose key is lent is a matter of who is really connected.
        app = OllamaPort(process, settings.ollama_key)
        beside.append((listener, ServerConfig(app, limits=options["limits"], proxy_headers=False, **shared)))
    server = GatewayServer(ServerConfig(process, **options, **shared), beside)
    # uvicorn drains, then raises the signal again for whoever was there before: for us, who end in peace.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: None)
    server.run(sockets=[*listeners[:1]])
    return 0 if server.started else STARTUP_FAILED
