"""What the doctor says of the server's processes."""

from __future__ import annotations

import os
from typing import Any

import pytest

from trunkline.cli.process_checks import describe_process, judge, judge_all
from trunkline.control.processes import loop_lag
from trunkline.control.processes.standing import Standing, read_standing
from trunkline.core.metric import Sample
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.routing.breaker import Rest


def stand(name: str = "0", counts: dict[int, int] | None = None, **fields: Any) -> Standing:
    """A process with so many looks in buckets of its lag."""
    observed = tuple((counts or {}).get(index, 0) for index in range(len(loop_lag.BUCKETS) + 1))
    samples = [Sample("trunkline_calls", (), 1.0), Sample(loop_lag.NAME, (), 1.0, observed)]
    return Standing(name=name, pid=7, memory_bytes=61_000_000, samples=samples, **fields)


def test_a_process_that_is_well_tells_its_lag() -> None:
    found = judge(stand(counts={0: 960, 3: 30, 9: 10}, active=3))
    assert (found.name, found.state) == ("worker 0", "ok")
    assert found.message == "process 7, 61 MB, 3 calls under way, lag up to 1 ms"
    found = judge(stand("management", counts={0: 900, 3: 60, 9: 40}))
    assert (found.name, found.message[-17:]) == ("management", ", lag up to 25 ms")


def test_before_the_first_look_there_is_no_lag() -> None:
    assert judge(stand()).message == "process 7, 61 MB, 0 calls under way"


@pytest.mark.parametrize(
    ("bucket", "state", "lag"),
    [(7, "ok", "up to 500 ms"), (8, "warn", "up to 1,000 ms"), (10, "warn", "over 2,500 ms")],
)
def test_one_that_is_late_is_too_busy(bucket: int, state: str, lag: str) -> None:
    found = judge(stand(counts={0: 90, bucket: 10}))
    assert found.state == state
    assert f"lag {lag}" in found.message
    assert ("TRUNKLINE_WORKERS" in found.remedy) == (state == "warn")


def test_a_journal_that_cannot_be_written_is_a_failure_whatever_else_is() -> None:
    found = judge(stand(fault="No space left on device", limit_fault="away", counts={10: 9}))
    assert found.state == "fail"
    assert "No space left on device" in found.message


def test_limits_that_are_not_shared_are_a_warning() -> None:
    found = judge(stand(limit_fault="Redis does not answer.", counts={0: 1}))
    assert found.state == "warn"
    assert "Redis does not answer." in found.message
    assert "TRUNKLINE_REDIS_URL" in found.remedy


def test_targets_that_rest_are_told_and_no_fault_of_the_process() -> None:
    rest = Rest("c", trying=False, seconds=9.0, provider="openai")
    assert judge(stand(rests=[rest])).message.endswith(". 1 target rests after errors of their providers.")
    found = judge(stand(rests=[rest, rest]))
    assert (found.state, found.message.partition(".")[2]) == ("ok", " 2 targets rest after errors of their providers.")


def test_the_supervisor_is_who_started_management() -> None:
    found = list(judge_all([stand("management", parent=os.getpid()), stand(parent=1)]))
    assert [one.name for one in found] == ["supervisor", "management", "worker 0"]
    assert found[0].message.startswith(f"process {os.getpid()}, ")
    assert [one.name for one in judge_all([stand("management"), stand()])] == ["management", "worker 0"]


def test_a_process_that_is_gone_has_no_memory() -> None:
    assert describe_process(2**22 + 1) == f"process {2**22 + 1}"


def test_a_process_says_who_started_it() -> None:
    assert read_standing("0", None, CallCounters()).parent == os.getppid()
