"""The gateway alone over a given snapshot, behind the real server on a real port."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any, NoReturn, cast

import msgspec
import uvicorn

from trunkline.app.calls import CallParts, Calls
from trunkline.core.actor import Actor
from trunkline.core.budget import Budget
from trunkline.core.caching import Caching
from trunkline.core.capture import CaptureRule
from trunkline.core.chat import Usage
from trunkline.core.errors import Unauthenticated, Unavailable
from trunkline.core.hedging import Hedging
from trunkline.core.price import Price, Rate
from trunkline.core.route_conditions import RouteConditions
from trunkline.core.secret import Secret
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.faces.connection_limits import ConnectionLimits
from trunkline.faces.server import GatewayProtocol, ServerConfig
from trunkline.faces.v1.plain_protocol import PlainProtocol
from trunkline.gateway.batches.desk import Question
from trunkline.gateway.exchanges.kept_response import KeptResponse
from trunkline.gateway.gates.gate import Gate
from trunkline.gateway.identity import Identity
from trunkline.gateway.journal.syncer import Waiter
from trunkline.gateway.journal.template import RecordTemplate, TemplateReader
from trunkline.gateway.snapshot import (
    ConfigurationEntry,
    FeatureEntry,
    KeyEntry,
    PolicyEntry,
    RouteEntry,
    RouteTargetEntry,
    Snapshot,
    SnapshotHolder,
    UserEntry,
    WorkspacePart,
)
from trunkline.outbound import Client, Guard, LocalUpstreams, Timeouts, Transport
from trunkline.outbound.origin import Origin
from trunkline.providers.base_url import read_base_url
from trunkline.providers.demo import DemoTransport
from trunkline.providers.endpoint import write_origin
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret

KEY = "tl-test-key"
LIMIT = 1 << 20
"""The largest body, in bytes."""
MANAGER = "u-1"
WORKSPACE = "w-1"
PRICE = Price(input=Rate(2_000_000_000), output=Rate(8_000_000_000), sound_as_text=True, source="test")
"""2 and 8 dollars for a million tokens: 21 in and 9 out cost 114,000 nano-dollars."""


class Books:
    """A journal in memory, with a switch for a full disk."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.write_fault: Unavailable | None = None
        """What is in the way of writing what was taken."""
        self.waiting: list[Callable[[], None]] | None = None
        """Where it waits to be written, if it does."""
        self.settle_fault: Exception | None = None
        self.opened: list[Opened] = []
        self.short = 0
        """Calls whose records name a template."""
        self.events: list[UsageEvent] = []
        self._templates = TemplateReader()
        self.settled = threading.Condition()

    def open(self, event_id: bytes, payload: bytes, template: RecordTemplate | None = None) -> None:
        if self.fault is not None:
            raise self.fault
        if template is None:
            self.opened.append(msgspec.msgpack.decode(payload, type=Opened))
        else:
            self.short += 1
            self._templates.learn(template.frame[25:], template.frame[9:25])
            self.opened.append(self._templates.read_opened(payload, event_id))

    def start_after(self, starter: Waiter) -> None:
        """As the real one, which writes at the end of the loop's turn."""
        fault = self.write_fault
        tell = partial(starter.set_result, None) if fault is None else partial(starter.set_exception, fault)
        if self.waiting is None:
            asyncio.get_running_loop().call_soon(tell)
        else:
            self.waiting.append(tell)

    async def written(self) -> None:
        if self.write_fault is not None:
            raise self.write_fault

    async def settle(self, event_id: bytes, payload: bytes) -> None:
        await self._settle(msgspec.msgpack.decode(payload, type=UsageEvent))

    async def _settle(self, event: UsageEvent) -> None:
        with self.settled:
            self.events.append(event)
            self.settled.notify_all()
        if self.settle_fault is not None:
            raise self.settle_fault

    def settle_then(
        self, event_id: bytes, payload: bytes, waiter: Waiter, template: RecordTemplate | None = None
    ) -> None:
        """As the real one, which writes in the loop's next turn."""
        if template is None:
            task = asyncio.ensure_future(self.settle(event_id, payload))
        else:
            task = asyncio.ensure_future(self._settle(self._templates.read_end(payload, event_id)))

        def tell(done: asyncio.Task[None]) -> None:
            fault = done.exception()
            if isinstance(fault, Unavailable):
                waiter.set_exception(fault)
            else:
                waiter.set_result(None)

        task.add_done_callback(tell)

    def last(self, request_id: str | None = None) -> UsageEvent:
        """The event of a request (default: the newest); waits for it."""

        def find() -> UsageEvent | None:
            return next((event for event in reversed(self.events) if request_id in (None, event.request_id)), None)

        with self.settled:
            assert self.settled.wait_for(lambda: find() is not None, 10), "the call was never settled"
            event = find()
        assert event is not None
        return event


class Prices:
    """One price for all."""

    def find(self, provider: object, model: str, terms: object = None) -> Price | None:
        return None if model == "unpriced" else PRICE


class Lazy:
    """Makes the real client when the first call comes, as it belongs to the server's own loop."""

    def __init__(self, make: Callable[[], Transport]) -> None:
        self._make = make
        self._made: Transport | None = None

    async def send(self, *given: Any) -> Any:
        if self._made is None:
            self._made = self._make()
        return await self._made.send(*given)

    async def open_socket(self, *given: Any) -> Any:
        if self._made is None:
            self._made = self._make()
        return await self._made.open_socket(*given)  # type: ignore[attr-defined]

    def take(self, origin: Origin) -> Any:
        """A connection of the real one, which has none before it was made."""
        return None if self._made is None else self._made.take(origin)  # type: ignore[attr-defined]

    def give_back(self, *given: Any) -> Any:
        return self._made.give_back(*given)  # type: ignore[union-attr]

    def begin(self, *given: Any) -> Any:
        return self._made.begin(*given)  # type: ignore[union-attr]

    async def resume(self, *given: Any) -> Any:
        return await self._made.resume(*given)  # type: ignore[union-attr]


class Kept:
    """A store of answers in memory, with a switch for a database that is down."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.claimed: set[tuple[str, str]] = set()
        self.fault: Exception | None = None

    def _reach(self) -> None:
        if self.fault is not None:
            raise self.fault

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        self._reach()
        self.kept[actor.user_id, response_id] = msgspec.msgpack.encode(kept)

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        self._reach()
        found = self.kept.get((actor.user_id, response_id))
        return None if found is None else msgspec.msgpack.decode(found, type=KeptResponse)

    async def drop(self, actor: Actor, response_id: str) -> None:
        self._reach()
        self.kept.pop((actor.user_id, response_id), None)

    async def claim(self, actor: Actor, response_id: str) -> bool:
        self._reach()
        place = (actor.user_id, response_id)
        first = place not in self.claimed
        self.claimed.add(place)
        return first


class NoDesk:
    """Where nobody keeps files and batches."""

    async def ask(self, actor: Actor, question: Question[Any]) -> NoReturn:
        raise Unavailable("nobody answers here")


def configuration(name: str, provider: str, **fields: Any) -> ConfigurationEntry:
    """A configuration of the test's user. ``api_key`` is stored in the clear: its vault only looks at origins."""
    api_key = fields.pop("api_key", None)
    secrets = ()
    if api_key is not None:
        origin = write_origin(read_base_url(PROVIDERS[provider], fields.get("base_url")).origin)
        secrets = (StoredSecret(name, "user:u-1", "apiKey", "d-1", (origin,), api_key.encode()),)
    return ConfigurationEntry(
        id=f"id-{name}", workspace_id=WORKSPACE, owner_id=MANAGER, name=name, provider=provider, secrets=secrets,
        **fields,
    )  # fmt: skip


def route(
    name: str,
    *targets: str | RouteTargetEntry,
    strategy: Any = "priority",
    conditions: RouteConditions | None = None,
    hedging: Hedging | None = None,
    caching: Caching | None = None,
) -> RouteEntry:
    """A route over configurations, by their names or with more said of them."""
    entries = [
        target if isinstance(target, RouteTargetEntry) else RouteTargetEntry(configuration_id=f"id-{target}")
        for target in targets
    ]
    return RouteEntry(
        id=f"route-{name}",
        name=name,
        strategy=strategy,
        targets=tuple(entries),
        conditions=conditions,
        hedging=hedging,
        caching=caching,
        created_at=5_000_000,
    )


def open_secret(stored: StoredSecret, data_key: WrappedDataKey, origin: str) -> Secret:
    """What the vault does, less the cryptography, which has its own tests."""
    assert stored.allows(origin), f"a secret for {stored.origins} was asked for {origin}"
    return Secret(stored.ciphertext.decode())


class Tokens:
    """Keys are stored by themselves here, and no access token is good."""

    def digest(self, kind: object, text: str) -> bytes:
        return text.encode()

    def verify(self, token: str, now: float) -> NoReturn:
        raise Unauthenticated("no token is good here")


class BareGateway:
    """A running gateway. ``url`` is its base; ``books`` what it wrote down."""

    def __init__(
        self,
        configurations: list[ConfigurationEntry],
        *,
        default: str | None = None,
        routes: Iterable[RouteEntry] = (),
        features: Iterable[FeatureEntry] = (),
        prices: Any = None,
        traits: Any = None,
        random: Random | None = None,
        ticks: Callable[[], float] = time.monotonic,
        policies: tuple[PolicyEntry, ...] = (),
        budgets: tuple[Budget, ...] = (),
        gates: tuple[Gate, ...] = (),
        capture: CaptureRule | None = None,
        keys: Mapping[str, KeyEntry] | None = None,
        timeouts: Timeouts | None = None,
        client: Transport | None = None,
        demo_delay: float = 0.0,
        limits: ConnectionLimits | None = None,
        idle_seconds: int = 5,
        ping_seconds: float = 15.0,
        cors_origins: str | None = None,
        protocol: type[GatewayProtocol] = PlainProtocol,
        drain_seconds: int = 1,
    ) -> None:
        self.protocol = protocol
        self.drain_seconds = drain_seconds
        self.limits = limits or ConnectionLimits()
        self.idle_seconds = idle_seconds
        self.books = Books()
        keys = keys or {KEY: KeyEntry(id="k-1", workspace_id=WORKSPACE, user_id=MANAGER)}
        stored = {key.encode().hex(): entry for key, entry in keys.items()}
        part = WorkspacePart(
            id=WORKSPACE,
            revision=1,
            members={MANAGER: "owner", "u-2": "viewer", "u-4": "member"},
            configurations={entry.id: entry for entry in configurations},
            data_keys={"d-1": WrappedDataKey("d-1", "user:u-1", 1, b"", datetime.now(UTC))},
            default_configuration_id=f"id-{default}" if default else None,
            policies=policies,
            budgets=budgets,
            capture=capture,
            routes={entry.name: entry for entry in routes},
            features={entry.slug: entry for entry in features},
        )
        self.holder = SnapshotHolder(
            Snapshot(
                parts={WORKSPACE: part},
                keys=stored,
                users={user: UserEntry(id=user, personal_workspace_id=WORKSPACE) for user in (MANAGER, "u-2", "u-4")},
            )
        )
        self.kept = Kept()
        self._server: uvicorn.Server
        timeouts = timeouts or Timeouts()
        settings = Settings(
            max_body_mb=LIMIT >> 20,
            ping_seconds=ping_seconds,
            cors_origins=cors_origins,
            reader_seconds=self.limits.reader_seconds,
            connect_timeout=timeouts.connect,
            first_byte_timeout=timeouts.first_byte,
            between_timeout=timeouts.between,
            total_timeout=timeouts.total,
        )
        parts = CallParts(
            holder=self.holder,
            books=self.books,
            prices=prices or Prices(),
            client=client or cast("Any", Lazy(lambda: Client(Guard(LocalUpstreams.parse("loopback"), frozenset())))),
            demo=DemoTransport(delay=demo_delay),
            open_secret=open_secret,
            identity=Identity(self.holder, Tokens(), Tokens(), used=lambda _: None),  # type: ignore[arg-type]
            gates=gates,
            traits=traits,
            random=random,
            ticks=ticks,
        )
        self.calls = Calls(settings, parts)
        self.gateway = self.calls.gateway
        self.application = self.calls.make_application(self.kept, cast("Any", NoDesk()))

    def stop(self) -> None:
        """Begin to stop, as a signal does it: what runs has ``drain_seconds``."""
        self._server.should_exit = True

    @contextmanager
    def serve(self) -> Iterator[BareGateway]:
        """Serve on a free port until the block ends."""
        config = ServerConfig(
            cast("Any", self.application),
            host="127.0.0.1",
            port=0,
            limits=self.limits,
            protocol=self.protocol,
            timeout_keep_alive=self.idle_seconds,
            lifespan="off",
            log_level="error",
            ws="none",
            timeout_graceful_shutdown=self.drain_seconds,
        )
        server = uvicorn.Server(config)
        ready = threading.Event()

        async def run() -> None:
            task = asyncio.ensure_future(server.serve())
            while not server.started and not task.done():
                await asyncio.sleep(0)
            ready.set()
            await task

        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        assert ready.wait(20)
        self._server = server
        port = server.servers[0].sockets[0].getsockname()[1]
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(20)


__all__ = ["KEY", "PRICE", "BareGateway", "Usage", "configuration", "route"]
