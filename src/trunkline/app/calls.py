"""What serves calls, put together: the gateway, and the face that callers see."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from trunkline.core.errors import TrunklineError
from trunkline.core.model_traits import ModelTraits
from trunkline.core.secret import Secret
from trunkline.faces import v1
from trunkline.faces.cors import Cors
from trunkline.faces.v1.request_counts import RequestCounts
from trunkline.gateway.batches.desk import BatchDesk
from trunkline.gateway.batches.upload_ticket import UploadTickets
from trunkline.gateway.call import Books, Ledger
from trunkline.gateway.call_log import CallLog
from trunkline.gateway.call_observer import CallObserver
from trunkline.gateway.exchanges.kept_response import ResponseStore
from trunkline.gateway.gates.gate import Gate
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.prices import Prices
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.routing.retry import RetryBudget
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Patience, Timeouts, Transport
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


@dataclass(frozen=True, kw_only=True)
class CallParts:
    """What the settings do not say: it is of the vault, the journal and the network.

    ``clock`` is seconds since the epoch, ``ticks`` monotonic seconds; ``random`` is what weighted routes draw from.
    ``window`` tells how many tokens a model takes, where that is known, ``traits`` what else it can do.
    """

    holder: SnapshotHolder
    books: Books
    prices: Prices
    client: Transport
    demo: Transport
    open_secret: Callable[[StoredSecret, WrappedDataKey, str], Secret]
    identity: Identity
    gates: tuple[Gate, ...] = ()
    window: Callable[[Provider, str], int | None] | None = None
    traits: Callable[[Provider, str], ModelTraits | None] | None = None
    random: Random | None = None
    clock: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic


class Calls:
    """The gateway over ``parts``, and what it keeps of the calls of this process."""

    def __init__(self, settings: Settings, parts: CallParts, breakers: Breakers | None = None) -> None:
        """``breakers`` say which targets rest, where others know of that, too."""
        self._settings = settings
        self._parts = parts
        self._logging = (CallLog(),) if settings.access_log else ()
        self.identity = parts.identity
        self.counters, self.rate_limits, self.requests = CallCounters(), RateLimits(), RequestCounts()
        self.breakers = breakers or Breakers(parts.ticks)
        self.targets = Targets(
            providers=PROVIDERS,
            client=parts.client,
            in_process={"demo": parts.demo},
            open_secret=parts.open_secret,
            clock=parts.ticks,
        )
        self._ledger = self._make_ledger(self.counters, *self._logging)
        self.ledger = self._make_ledger()
        """For calls that are written down beside the gateway's; it has no observers."""
        self._retries = RetryBudget(parts.ticks)
        self.gateway = self.make_gateway(parts.holder)

    def make_gateway(self, holder: SnapshotHolder) -> Gateway:
        """A gateway of the same parts over another snapshot."""
        settings = self._settings
        return Gateway(
            holder=holder,
            targets=self.targets,
            ledger=self._ledger,
            rate_limits=self.rate_limits,
            budget=self._retries,
            timeouts=Timeouts(
                connect=settings.connect_timeout,
                first_byte=settings.first_byte_timeout,
                between=settings.between_timeout,
                total=settings.total_timeout,
            ),
            gates=self._parts.gates,
            random=self._parts.random,
            breakers=self.breakers,
        )

    def make_application(
        self, store: ResponseStore, desk: BatchDesk, uploads: UploadTickets | None = None
    ) -> v1.Application:
        """The face: ``store`` keeps responses, ``desk`` files and batches; ``uploads`` are for files in pieces."""
        settings = self._settings
        return v1.Application(
            self.gateway,
            self.identity,
            store,
            desk,
            limit=settings.max_body_mb << 20,
            uploads=uploads,
            file_limit=settings.max_file_mb << 20,
            ping_seconds=settings.ping_seconds,
            cors=Cors(settings.call_origins),
            load=v1.Load(most_calls=settings.max_calls, most_bytes=settings.max_bodies_mb << 20),
            counts=self.requests,
            patience=Patience(reader=settings.reader_seconds),
        )

    def _make_ledger(self, *observers: CallObserver) -> Ledger:
        parts = self._parts
        return Ledger(
            parts.books,
            parts.prices,
            observers,
            clock=parts.clock,
            ticks=parts.ticks,
            window=parts.window,
            traits=parts.traits,
            overrides=parts.holder.find_overrides,
            refused=self._note_refusal,
        )

    def _note_refusal(self, error: TrunklineError, request_id: str) -> None:
        self.counters.refused(error)
        for log in self._logging:
            log.refused(error, request_id)
