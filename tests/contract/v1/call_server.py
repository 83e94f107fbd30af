"""What serves calls, opened as a process opens it, over a given snapshot and with no database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from random import Random
from typing import Any, NoReturn, cast

import uvicorn

from tests.contract.serving import on_a_thread, read_port, serve
from tests.contract.v1.books import Books
from tests.contract.v1.entries import DATA_KEY, MANAGER, VAULT, WORKSPACE, make_snapshot
from tests.contract.v1.kept_answers import KeptAnswers
from trunkline.app.call_path import open_call_path
from trunkline.app.calls import Calls
from trunkline.app.substitutes import Substitutes
from trunkline.core.actor import Actor
from trunkline.core.budget import Budget
from trunkline.core.capture import CaptureRule
from trunkline.core.errors import Unavailable
from trunkline.core.model_traits import ModelTraits
from trunkline.core.price import Price, Rate
from trunkline.extensions.loaded import Extensions
from trunkline.faces import v1
from trunkline.faces.connection_limits import ConnectionLimits
from trunkline.faces.server import GatewayProtocol
from trunkline.faces.v1.plain_protocol import PlainProtocol
from trunkline.gateway.batches.desk import Question
from trunkline.gateway.budgets.authority import LeaseAnswer, LeaseQuestion
from trunkline.gateway.gates.gate import Gate
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.snapshot import (
    ConfigurationEntry,
    FeatureEntry,
    KeyEntry,
    PolicyEntry,
    RouteEntry,
    SnapshotHolder,
    WorkspacePart,
)
from trunkline.outbound import Client, Timeouts, Transport
from trunkline.providers.demo import DemoTransport
from trunkline.settings import Settings

LIMIT = 1 << 20
"""The largest body, in bytes."""
PRICE = Price(input=Rate(2_000_000_000), output=Rate(8_000_000_000), sound_as_text=True, source="test")
"""2 and 8 dollars for a million tokens: 21 in and 9 out cost 114,000 nano-dollars."""


class Prices:
    """One price for all, and nothing else that is known of models."""

    def find(self, provider: object, model: str, terms: object = None) -> Price | None:
        return None if model == "unpriced" else PRICE

    def context_window(self, provider: object, model: str) -> int | None:
        return None

    def traits(self, provider: object, model: str) -> ModelTraits | None:
        return None


class NoDesk:
    """Where nobody keeps files and batches."""

    async def ask(self, actor: Actor, question: Question[Any]) -> NoReturn:
        raise Unavailable("nobody answers here")


class NoAuthority:
    """Where nobody grants leases of budgets."""

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        raise Unavailable("nobody answers here")


class CallServer:
    """A running one. ``url`` is its base; ``books`` what it wrote down; ``kept`` the answers that it keeps.

    ``transport`` and ``gates`` are those of :class:`Substitutes`. Providers on this machine may be called.
    """

    def __init__(
        self,
        configurations: list[ConfigurationEntry],
        *,
        default: str | None = None,
        routes: Iterable[RouteEntry] = (),
        features: Iterable[FeatureEntry] = (),
        prices: Any = None,
        random: Random | None = None,
        ticks: Callable[[], float] = time.monotonic,
        policies: tuple[PolicyEntry, ...] = (),
        budgets: tuple[Budget, ...] = (),
        gates: tuple[Gate, ...] | None = None,
        capture: CaptureRule | None = None,
        keys: Mapping[str, KeyEntry] | None = None,
        timeouts: Timeouts | None = None,
        transport: Callable[[Client], Transport] | None = None,
        demo_delay: float = 0.0,
        limits: ConnectionLimits | None = None,
        idle_seconds: int = 5,
        ping_seconds: float = 15.0,
        cors_origins: str | None = None,
        protocol: type[GatewayProtocol] = PlainProtocol,
        drain_seconds: int = 1,
    ) -> None:
        self.books, self.kept = Books(), KeptAnswers()
        self.calls: Calls
        self.gateway: Gateway
        self.application: v1.Application
        self.port: int
        self.url: str
        self._server: uvicorn.Server
        limits, timeouts = limits or ConnectionLimits(), timeouts or Timeouts()
        part = WorkspacePart(
            id=WORKSPACE,
            revision=1,
            members={MANAGER: "owner", "u-2": "viewer", "u-4": "member"},
            configurations={entry.id: entry for entry in configurations},
            data_keys={DATA_KEY.id: DATA_KEY},
            default_configuration_id=f"id-{default}" if default else None,
            policies=policies,
            budgets=budgets,
            capture=capture,
            routes={entry.name: entry for entry in routes},
            features={entry.slug: entry for entry in features},
        )
        self.holder = SnapshotHolder(make_snapshot(part, keys))
        self._prices = prices or Prices()
        self._settings = Settings(
            local_upstreams="loopback",
            max_body_mb=LIMIT >> 20,
            ping_seconds=ping_seconds,
            cors_origins=cors_origins,
            reader_seconds=limits.reader_seconds,
            connect_timeout=timeouts.connect,
            first_byte_timeout=timeouts.first_byte,
            between_timeout=timeouts.between,
            total_timeout=timeouts.total,
        )
        usual = Substitutes()
        self._substitutes = Substitutes(
            demo=lambda: DemoTransport(delay=demo_delay),
            transport=transport or usual.transport,
            gates=gates,
            random=random,
            ticks=ticks,
        )
        self._options: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": 0,
            "limits": limits,
            "protocol": protocol,
            "timeout_keep_alive": idle_seconds,
            "timeout_graceful_shutdown": drain_seconds,
        }

    @asynccontextmanager
    async def open(self) -> AsyncIterator[CallServer]:
        """Open it until the block ends, without a port."""
        async with open_call_path(
            self._settings,
            VAULT,
            self.holder,
            cast("Any", self.books),
            self._prices,
            lambda _: None,
            LimitGate(),
            NoAuthority(),
            Extensions(),
            self._substitutes,
        ) as path:
            self.calls, self.gateway = path.calls, path.calls.gateway
            self.application = path.calls.make_application(self.kept, cast("Any", NoDesk()))
            yield self

    @contextmanager
    def serve(self) -> Iterator[CallServer]:
        """Serve on a free port until the block ends."""
        with on_a_thread(self._serve()) as server:
            yield server

    def stop(self) -> None:
        """Begin to stop, as a signal does it: what runs has ``drain_seconds``."""
        self._server.should_exit = True

    @asynccontextmanager
    async def _serve(self) -> AsyncIterator[CallServer]:
        async with self.open(), serve(self.application, **self._options) as server:
            self._server, self.port = server, read_port(server)
            self.url = f"http://127.0.0.1:{self.port}"
            yield self
