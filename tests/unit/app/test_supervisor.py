"""The first process of a server: starts the others, starts them again, and stops them in order."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CHILD = """
import os, signal, subprocess, sys, time
log, name, *more = sys.argv[1:]

def tell(what):
    with open(log, "a") as file:
        file.write(f"{name} {what}\\n")

def stop(number, frame):
    # A worker has calls under way for as long as the management process has not heard that all are to stop.
    while name in {"0", "1"} and "management heard stop" not in open(log).read():
        time.sleep(0.01)
    tell("stopped")
    os._exit(0)

signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, lambda number, frame: os._exit(9))
if "fails" in more:
    sys.exit(3)
after = more[more.index("--after") + 1] if "--after" in more else "nothing"
tell(f"started {os.getpid()} after {after}")
if "leaves" in more and after == "nothing":
    # Somebody of its own, who stays when it dies, and ends a moment later.
    left = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    tell(f"left {left.pid}")
for line in sys.stdin:
    tell(f"heard {line.strip()}")
tell("alone")
"""

PARENT = """
import ctypes, sys
if sys.platform == "linux":
    # As the first process of a container, it is given the processes whose parents have died.
    PR_SET_CHILD_SUBREAPER = 36
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
from trunkline.app.supervisor import Child, Supervisor
log, child, *more = sys.argv[1:]
make = lambda name, *options: Child([sys.executable, "-c", child, log, name, *options])
workers = [make("0"), make("1", *more)]
sys.exit(Supervisor(workers, [make("management"), make("intake")], drain_seconds=5).run())
"""


class Server:
    """A supervisor with two workers and two other processes that only say what happens to them."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "events"
        self.log.touch()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", PARENT, str(self.log), CHILD, *options])

    def events(self) -> list[str]:
        return self.log.read_text().splitlines()

    def started(self) -> dict[str, int]:
        """The newest process id of each."""
        return {line.split()[0]: int(line.split()[2]) for line in self.events() if " started " in line}

    def wait_for(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, self.events()
            select.select([], [], [], 0.01)

    def stop(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait(10)


def test_all_are_started_and_the_workers_stopped_first(server: Server) -> None:
    server.start()
    server.wait_for(lambda: len(server.started()) == 4)
    assert server.stop(signal.SIGTERM) == 0
    stopped = [line for line in server.events() if line.endswith("stopped")]
    assert stopped[-2:] == ["management stopped", "intake stopped"]
    assert set(stopped[:-2]) == {"0 stopped", "1 stopped"}
    assert server.events().index("management heard stop") < server.events().index(stopped[0])


def test_ctrl_c_stops_them_in_the_same_order(server: Server) -> None:
    server.start()
    server.wait_for(lambda: len(server.started()) == 4)
    assert server.stop(signal.SIGINT) == 0
    assert server.events()[-2:] == ["management stopped", "intake stopped"]


@pytest.mark.parametrize("name", ["0", "management"])
def test_one_that_dies_is_started_again_and_told_how_it_ended(server: Server, name: str) -> None:
    server.start()
    server.wait_for(lambda: len(server.started()) == 4)
    first = server.started()
    os.kill(first[name], signal.SIGKILL)
    server.wait_for(lambda: server.started()[name] != first[name])
    again = server.started()
    assert server.events()[-1] == f"{name} started {again[name]} after -9"
    assert {other: pid for other, pid in again.items() if other != name} == {
        other: pid for other, pid in first.items() if other != name
    }
    assert server.stop(signal.SIGTERM) == 0


def test_where_one_cannot_start_at_all_the_others_are_stopped(server: Server) -> None:
    server.start("fails")
    assert server.process is not None
    assert server.process.wait(30) == 1
    for pid in server.started().values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_they_hear_that_the_first_process_is_gone(server: Server) -> None:
    server.start()
    server.wait_for(lambda: len(server.started()) == 4)
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    server.wait_for(lambda: {"0 alone", "1 alone", "management alone", "intake alone"} <= set(server.events()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives them to another process than the system's first")
def test_what_a_process_leaves_behind_does_not_stay_in_the_table_of_processes(server: Server) -> None:
    server.start("leaves")
    server.wait_for(lambda: len(server.started()) == 4 and any(" left " in line for line in server.events()))
    (left,) = (int(line.split()[2]) for line in server.events() if " left " in line)
    first = server.started()["1"]
    os.kill(first, signal.SIGKILL)
    server.wait_for(lambda: not Path(f"/proc/{left}").exists())
    server.wait_for(lambda: server.started()["1"] != first)
    assert server.events()[-1].endswith("after -9")
    assert server.stop(signal.SIGTERM) == 0
