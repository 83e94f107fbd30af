"""Load from wrk (https://github.com/wg/wrk)."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec


class Load(msgspec.Struct, frozen=True):
    """What one run of wrk saw. ``bytes`` are those of all answers; latencies are in milliseconds."""

    requests: int
    bytes: int
    seconds: float
    failed: int
    p50: float
    p99: float


_REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('REPORT {"requests":%d,"bytes":%d,"seconds":%.6f,"failed":%d,"p50":%.4f,"p99":%.4f}\\n',
    summary.requests, summary.bytes, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""


def run(
    folder: Path,
    url: str,
    body: dict[str, object],
    *,
    key: str = "",
    headers: Mapping[str, str] = {},
    connections: int = 32,
    seconds: int = 3,
    pause_ms: float = 0,
) -> Load:
    """POST ``body`` to ``url`` for ``seconds`` over that many connections.

    Each of them waits for ``pause_ms`` on average before a request: from nothing to twice that.
    """
    script = folder / "wrk.lua"
    quoted = json.dumps(body).replace("]]", "] ]")
    pace = f"delay = function() return math.random(0, {round(2 * pause_ms)}) end\n" if pause_ms else ""
    more = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in headers.items())
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\n'
        f'wrk.headers["authorization"] = "Bearer {key}"\n{more}wrk.body = [[{quoted}]]\n{pace}{_REPORT}'
    )
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"REPORT (\{.*\})", output)
    if found is None:
        raise RuntimeError(f"wrk said nothing: {output}")
    return msgspec.json.decode(found[1], type=Load)
