"""Lines of the log, as machines read them."""

from __future__ import annotations

import json
import subprocess
import sys

LINES = """
import logging, sys
from trunkline import logs
logs.configure("info", "json", "worker 0")
log = logs.get_logger("trunkline.test")
with logs.bound(request_id="r-1"):
    log.warning("something_happened", count=3)
logging.getLogger("some.library").warning("words of %s", "its own")
key = "sk-secret"
try:
    raise ValueError("broken")
except ValueError:
    log.exception("fault", request_id="r-2")
log.debug("nothing")
"""


def test_every_line_is_json_and_says_which_process_wrote_it() -> None:
    done = subprocess.run([sys.executable, "-c", LINES], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["something_happened", "words of its own", "fault"]
    assert {line["process"] for line in lines} == {"worker 0"}
    assert lines[0].items() >= {"level": "warning", "logger": "trunkline.test", "request_id": "r-1", "count": 3}.items()
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "request_id" not in lines[1]
    assert lines[2]["exception"][0]["exc_type"] == "ValueError"
    assert "sk-secret" not in done.stderr, "values of variables are not shown"


def test_what_passes_over_a_websocket_is_logged_at_no_level() -> None:
    """Its library would show the headers of requests, with keys, and each message."""
    lines = """
import logging
from trunkline import logs
logs.configure("debug", "json")
for side in ("client", "server"):
    logging.getLogger(f"websockets.{side}").debug("> Authorization: Bearer sk-secret")
"""
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stderr == ""
