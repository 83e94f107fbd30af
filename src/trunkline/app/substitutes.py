"""What calls have instead of the usual."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from trunkline.gateway.gates.gate import Gate
from trunkline.outbound import Client, Transport
from trunkline.providers.demo import DemoTransport


def _as_it_is(client: Client) -> Transport:
    return client


@dataclass(frozen=True, kw_only=True)
class Substitutes:
    """What is no setting, because nobody who runs a server needs it otherwise. Tests do.

    ``transport`` gives what calls are sent by, of the client that would send them. ``gates`` stand in place of all that
    there are. ``random`` is what weighted routes draw from; ``ticks`` are monotonic seconds.
    """

    demo: Callable[[], DemoTransport] = DemoTransport
    transport: Callable[[Client], Transport] = _as_it_is
    gates: tuple[Gate, ...] | None = None
    random: Random | None = None
    ticks: Callable[[], float] = time.monotonic
