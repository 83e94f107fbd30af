"""The clock of the machine jumps by an hour, ahead and back: calls go on, and nobody gets a window twice."""

from __future__ import annotations

import mmap
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.callers import Caller
from tests.e2e.server import Server, wait_for
from tests.e2e.test_budgets import read, recount
from tests.faults.holding_provider import HoldingProvider, holding_provider

SOURCE = Path(__file__).parent / "shifted_clock.c"
LIMIT = 3
"""Requests per hour: if a jump counted, each hour ahead would let in as many again."""

CALL = 4_800
"""Nano-dollars of 20 tokens in and 3 out of gpt-4o-mini."""

BUDGET = 20 * CALL


class Clock:
    """That of the processes of a server, which a small library that they load shifts."""

    def __init__(self, folder: Path) -> None:
        library = folder / "shifted_clock.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE], check=True, timeout=60)
        shift = folder / "shift"
        shift.write_bytes(bytes(8))
        with shift.open("r+b") as file:
            self._shift = mmap.mmap(file.fileno(), 8)
        self.settings = {"LD_PRELOAD": str(library), "SHIFTED_CLOCK": str(shift)}

    def jump(self, hours: int) -> None:
        """So far from what the machine says."""
        self._shift[:] = (hours * 3_600).to_bytes(8, sys.byteorder, signed=True)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler: scripts/system-packages gcc")
    return Clock(tmp_path)


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", **clock.settings)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def ask(server: Server, path: str, body: Any) -> Any:
    status, answer = server.ask("POST", path, body)
    assert status == 201, answer
    return answer


def find_noon() -> str:
    """A time zone where it is about noon, so that no jump of an hour begins another day."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


class Calls:
    """To a configuration with a limit and with a key that has a budget; ``let_in`` counts those that were served."""

    def __init__(self, server: Server, provider: HoldingProvider) -> None:
        self._server = server
        for name in ("limited", "paid"):
            body = {"name": name, "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x"}
            made = ask(server, "/api/configurations", {**body, "baseUrl": provider.url})
            if name == "limited":
                subject = {"subject": "configuration", "subjectId": made["id"]}
                ask(server, "/api/limits", {**subject, "measure": "requests", "amount": LIMIT, "window": "hour"})
        self._keys = {name: server.make_key(name=name) for name in ("limited", "paid")}
        key = next(each["id"] for each in server.ask("GET", "/api/keys")[1] if each["name"] == "paid")
        budget = {"name": "B", "subject": "key", "subjectId": key, "amount": f"{Decimal(BUDGET) / 10**9:f}"}
        made = ask(server, "/api/budgets", {**budget, "period": "day", "timeZone": find_noon()})
        self.budget = f"/api/budgets/{made['id']}"
        self.let_in = {"limited": 0, "paid": 0}

    def make(self, model: str, name: str) -> bool:
        """Whether it was served."""
        served = Caller(self._server, self._keys[model], 0, model).call(name, streamed=False) == 3
        self.let_in[model] += served
        return served


@pytest.mark.timeout(300)
def test_calls_go_on_and_no_window_comes_twice(server: Server, clock: Clock) -> None:
    with holding_provider() as provider:
        server.start()
        server.sign_in()
        calls = Calls(server, provider)
        for number, hours in enumerate((0, 1, -1, 0, 1)):
            # One is under way while the clock jumps, and comes to its end.
            provider.hold("dispatch")
            held = threading.Thread(target=calls.make, args=("paid", f"held-{number}"))
            held.start()
            under_way = provider.take()
            clock.jump(hours)
            for each in range(2 * LIMIT):
                calls.make("limited", f"limited-{number}-{each}")
            under_way.free.set()
            held.join(60)
            assert calls.let_in == {"limited": LIMIT, "paid": number + 1}
        while calls.make("paid", f"more-{calls.let_in['paid']}"):
            assert calls.let_in["paid"] * CALL <= BUDGET
        clock.jump(-1)
        assert not calls.make("paid", "beyond")
        clock.jump(0)
        server.sign_in()
        wait_for(lambda: read(server, calls.budget) == (calls.let_in["paid"] * CALL, 0))
        assert recount(server) == sum(calls.let_in.values()) * CALL
        assert server.rows("SELECT min(duration_us) >= 0, max(duration_us) < 600000000 FROM usage_events") == [(1, 1)]
        # The server itself went by the clock that jumped.
        spread = "(julianday(max(opened_at)) - julianday(min(opened_at))) * 24"
        assert server.rows(f"SELECT {spread} BETWEEN 1.9 AND 2.9 FROM usage_events") == [(1,)]
        assert server.stop() == 0
