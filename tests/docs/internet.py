"""The internet of an installation that is tried by the documentation: hosts of providers lead to aimock.

Python imports a ``sitecustomize`` by itself at every start: the one that is written here has the server dial aimock
wherever it would dial a provider, and `doctor` too. Everything else of the server is as it is for a user, TLS excepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs import local_ollama
from tests.upstreams import aimock

ROUTER_KEY = "sk-or-v1-abcdefghijklmnop-7Qd"
"""A key as OpenRouter's begin: one of another provider is refused."""

HOSTS = ("api.openai.com", "openrouter.ai", "api.anthropic.com", "generativelanguage.googleapis.com")
OLLAMA = 11434

_CUSTOM = """
import sys

own = {{"trunkline.app.worker", "trunkline.app.management"}}
if sys.argv[1:2] in (["serve"], ["doctor"]) or own & set(sys.orig_argv):
    from trunkline.outbound.dial import Dialer
    from trunkline.outbound.origin import Origin

    dial = Dialer.dial

    async def lead(self, origin, make, progress):
        port = {hosts}.get(origin.host)
        if origin.host == "127.0.0.1" and origin.port == {ollama}:
            port = {local}
        return await dial(self, origin if port is None else Origin("http", "127.0.0.1", port), make, progress)

    Dialer.dial = lead
"""


@contextmanager
def start(folder: Path) -> Iterator[Path]:
    """Run it until the block ends. Gives the folder that belongs on ``PYTHONPATH``."""
    fixtures = folder / "fixtures"
    fixtures.mkdir()
    said = {"match": {"endpoint": "chat"}, "response": {"content": "Hello! How can I help you today?"}}
    drawn = {"match": {"endpoint": "embedding"}, "response": {"embedding": [0.1, 0.2]}}
    (fixtures / "all.json").write_text(json.dumps({"fixtures": [said, drawn]}))
    with aimock.start(key=f"{aimock.KEY},{ROUTER_KEY}", fixtures=fixtures) as cloud, local_ollama.start() as local:
        custom = folder / "python"
        custom.mkdir()
        text = _CUSTOM.format(hosts=dict.fromkeys(HOSTS, cloud.port), ollama=OLLAMA, local=local)
        (custom / "sitecustomize.py").write_text(text)
        yield custom
