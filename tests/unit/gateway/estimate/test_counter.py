"""Counting in processes of its own: as exact as here, never long waited for, and gone when nobody asks."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from trunkline.gateway.estimate import count_tokens, counting_apart, get_counter
from trunkline.gateway.estimate.counter import CountingProcesses, OwnCounter, guess_tokens

GREETING = "Hello there, how are you doing today?"
TEXTS = [GREETING, "", "お誕生日おめでとう", "<|endoftext|>", "x" * 60_000]
VOCABULARY = "cl100k_base"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def processes(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingProcesses]:
    # The machine may be busy; what is waited for here is an answer.
    monkeypatch.setattr("trunkline.gateway.estimate.counter.PATIENCE_SECONDS", 30.0)
    made = CountingProcesses(clock)
    yield made
    made.close()


def pid_of(processes: CountingProcesses) -> int:
    return processes._processes[VOCABULARY]._process.pid


async def test_they_count_as_this_process_does(processes: CountingProcesses) -> None:
    await processes.prepare(VOCABULARY)
    own = OwnCounter()
    for texts in ([text] for text in TEXTS):
        assert processes.count(VOCABULARY, texts) == own.count(VOCABULARY, texts)
    assert processes.count(VOCABULARY, TEXTS) == own.count(VOCABULARY, TEXTS)


def test_until_one_is_ready_it_is_guessed(processes: CountingProcesses) -> None:
    assert processes.count(VOCABULARY, TEXTS[:2]) == guess_tokens(GREETING)


async def test_one_that_has_gone_is_followed_by_another(processes: CountingProcesses) -> None:
    await processes.prepare(VOCABULARY)
    first = pid_of(processes)
    os.kill(first, signal.SIGKILL)
    processes._processes[VOCABULARY]._process.wait(30)
    await processes.prepare(VOCABULARY)
    assert pid_of(processes) != first
    assert processes.count(VOCABULARY, [GREETING]) == OwnCounter().count(VOCABULARY, [GREETING])


async def test_one_that_is_slow_is_not_waited_for_and_its_late_answer_is_nobodys(
    processes: CountingProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    await processes.prepare(VOCABULARY)
    os.kill(pid_of(processes), signal.SIGSTOP)
    monkeypatch.setattr("trunkline.gateway.estimate.counter.PATIENCE_SECONDS", 0.001)
    assert processes.count(VOCABULARY, [GREETING]) == guess_tokens(GREETING)
    assert processes.count(VOCABULARY, ["Hi"]) == guess_tokens("Hi")
    os.kill(pid_of(processes), signal.SIGCONT)
    await processes.prepare(VOCABULARY)
    monkeypatch.setattr("trunkline.gateway.estimate.counter.PATIENCE_SECONDS", 30.0)
    assert processes.count(VOCABULARY, ["Hi"]) == 1


async def test_where_none_can_be_started_it_is_guessed_and_tried_again_later(
    processes: CountingProcesses, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    await processes.prepare(VOCABULARY)
    assert processes.count(VOCABULARY, [GREETING]) == guess_tokens(GREETING)
    monkeypatch.undo()
    clock.now += 9
    await processes.prepare(VOCABULARY)
    assert not processes._processes
    clock.now += 2
    await processes.prepare(VOCABULARY)
    assert processes.count(VOCABULARY, ["Hi"]) == 1


async def test_it_ends_with_who_asks(processes: CountingProcesses) -> None:
    await processes.prepare(VOCABULARY)
    process = processes._processes[VOCABULARY]
    process._socket.close()
    assert process._process.wait(30) == 0
    processes._processes.clear()


async def test_a_process_that_serves_calls_loads_no_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.gateway.estimate.counter.PATIENCE_SECONDS", 30.0)
    monkeypatch.setattr("trunkline.gateway.estimate.counter._load", None)
    with counting_apart():
        await get_counter().prepare(VOCABULARY)
        assert count_tokens(VOCABULARY, "2 + 2 = 4") == 7
        assert count_tokens(VOCABULARY, "a\ud800b") >= 3
    assert isinstance(get_counter(), OwnCounter)


@pytest.mark.parametrize("text", [GREETING * 20, "Größe, Straße, Äpfel und Übermut. " * 20, "お誕生日おめでとう" * 20])
def test_a_guess_is_not_far_off(text: str) -> None:
    assert guess_tokens(text) == pytest.approx(OwnCounter().count("o200k_base", [text]), rel=0.35)
