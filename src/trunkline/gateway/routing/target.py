"""A candidate made ready to call: its endpoint with the credential opened, and its defaults."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from math import inf
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.core.errors import CannotOpen, InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.dialects import openai_responses
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.coalescing import PARAMETER as COALESCES
from trunkline.gateway.routing.coalescing import CoalescingTransport
from trunkline.gateway.routing.overlay import read_overlay, read_site
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry
from trunkline.outbound import Transport
from trunkline.providers.base_url import read_base_url
from trunkline.providers.defaults import Defaults, compile_defaults, wire_defaults
from trunkline.providers.endpoint import Endpoint, make_endpoint, write_origin
from trunkline.providers.geo import find_geo
from trunkline.providers.provider import Provider
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret

LIFETIME_SECONDS = 240.0
"""How long a target is used, and with it the credential that was opened for it. What is idle is swept once a minute, so
that nothing stays in memory for more than five minutes."""

MAX_FITS: Final = 100


_Key = str | tuple[str, str, str | None, str | None]
"""A configuration's id; with a version or a feature: workspace, configuration, version, feature."""


class Target:
    """What is the same for all calls of one configuration, or of a version of it, or through a feature.

    Holds a credential in plain, so it is no struct.
    """

    __slots__ = (
        "_overlay",
        "_responses",
        "custom",
        "defaults",
        "endpoint",
        "entry",
        "fits",
        "geo",
        "provider",
        "transport",
        "until",
        "wire_defaults",
    )

    def __init__(
        self,
        entry: ConfigurationEntry,
        provider: Provider,
        endpoint: Endpoint,
        transport: Transport,
        feature: FeatureEntry | None = None,
    ) -> None:
        self.entry = entry
        self.provider = provider
        self.endpoint = endpoint
        self.transport = transport
        self.geo = find_geo(provider.id, endpoint.origin.host)
        """The part of the world that the address is bound to, where that may have its price; else empty."""
        overlay = self._overlay = read_overlay(feature) if feature is not None else None
        self.custom: Mapping[str, JsonValue] = overlay.fields if overlay is not None else {}
        self._responses: Mapping[str, JsonValue] | None = None
        self.defaults: Defaults = compile_defaults(provider, entry.parameters, overlay)
        self.wire_defaults: Mapping[str, JsonValue] = wire_defaults(provider, entry.parameters, overlay=overlay)
        self.until = inf
        """When it ends, by the clock of who made it."""
        self.fits: dict[Hashable, object] = {}
        """How calls of a kind go to a model of this target, made when first asked for by whoever knows the kind."""

    def keep_fit(self, key: Hashable, fit: object) -> None:
        """Keep one of ``fits``. Callers may name any number of models, of which the last are kept."""
        if len(self.fits) >= MAX_FITS:
            self.fits.clear()
        self.fits[key] = fit

    @property
    def responses_defaults(self) -> Mapping[str, JsonValue]:
        """The same for OpenAI's responses, which a provider may speak besides. Raises Unsupported."""
        if self._responses is None:
            # Made when first asked for: what that wire cannot say is no fault of a chat.
            self._responses = wire_defaults(
                self.provider, self.entry.parameters, openai_responses.DIALECT.name, self._overlay
            )
        return self._responses


class Targets:
    """Makes targets and keeps each for four minutes, or until its configuration changes.

    ``open_secret`` opens a stored secret for an origin; ``in_process`` are the transports of providers that need no
    network, by provider id; ``clock`` is monotonic.
    """

    __slots__ = ("_clock", "_forget", "_in_process", "_made", "_open", "client", "providers")

    def __init__(
        self,
        *,
        providers: Mapping[str, Provider],
        client: Transport,
        in_process: Mapping[str, Transport],
        open_secret: Callable[[StoredSecret, WrappedDataKey, str], Secret],
        clock: Callable[[], float],
    ) -> None:
        self.providers = providers
        self.client = client
        self._in_process = in_process
        self._open = open_secret
        self._clock = clock
        self._forget: list[Callable[[], None]] = []
        self._made: dict[_Key, tuple[ConfigurationEntry, FeatureEntry | None, Target]] = {}

    def get(self, candidate: Candidate) -> Target:
        """The target of ``candidate``.

        Raises :class:`NotFound` for a provider that this version does not have, :class:`CannotOpen` when a secret does
        not open, :class:`InvalidInput` for an address that cannot be used and where a key is missing.
        """
        entry, feature = candidate.entry, candidate.feature
        key: _Key = entry.id
        if feature is not None or entry.version_id is not None:
            key = (entry.workspace_id, entry.id, entry.version_id, feature.slug if feature is not None else None)
        now = self._clock()
        made = self._made.get(key)
        # What another state of the snapshot holds is another object: nothing that was changed is ever used again.
        if made is not None and made[0] is entry and made[1] is feature and made[2].until > now:
            return made[2]
        target = self._make(candidate)
        target.until = now + LIFETIME_SECONDS
        if len(self._made) > 10_000:
            self.forget_expired()
        self._made[key] = (entry, feature, target)
        return target

    def is_good(self, target: Target) -> bool:
        """Whether a ``target`` may still be used, while the snapshot stands that it was made for."""
        return target.until > self._clock()

    def find_reference(self, candidate: Candidate) -> tuple[Provider, str] | None:
        """The provider and the model of the first target of the candidate's route, where that can be told."""
        route = candidate.route
        first = route.targets[0] if route is not None and route.targets else None
        entry = candidate.part.configurations.get(first.configuration_id) if first is not None else None
        provider = self.providers.get(entry.provider) if entry is not None else None
        model = None if first is None or entry is None else first.model or entry.model
        return None if provider is None or model is None else (provider, model)

    def lacks_key(self, entry: ConfigurationEntry) -> bool:
        """Whether ``entry`` cannot be called for want of a key."""
        provider = self.providers.get(entry.provider)
        return (
            provider is not None
            and provider.requires_api_key
            and not any(stored.field == "apiKey" for stored in entry.secrets)
        )

    def forget_expired(self) -> None:
        """Drop what has been in memory for too long. Called by a timer, so that idle credentials go too."""
        now = self._clock()
        for identity in [identity for identity, made in self._made.items() if made[2].until <= now]:
            del self._made[identity]
        for forget in self._forget:
            forget()

    def when_forgotten(self, forget: Callable[[], None]) -> None:
        """Have ``forget`` drop what was made with targets, whenever these are looked through."""
        self._forget.append(forget)

    def _make(self, candidate: Candidate) -> Target:
        entry = candidate.entry
        provider = self.providers.get(entry.provider)
        if provider is None:
            raise NotFound(f"The provider {entry.provider!r} is not one of this version's.", code="provider_not_found")
        if self.lacks_key(entry):
            raise InvalidInput.of(
                "model",
                f"{entry.name!r} has no key for {provider.display_name}: give it one, or share a configuration of"
                " this provider that has one with the workspace.",
                code="key_required",
            )
        # The origin is judged before anything is opened, so that a changed address never gets the old one's secret.
        origin = write_origin(read_base_url(provider, entry.base_url, entry.parameters).origin)
        key: Secret | None = None
        headers: dict[str, str | Secret] = {}
        for stored in entry.secrets:
            data_key = candidate.part.data_keys.get(stored.data_key_id)
            if data_key is None:
                raise CannotOpen("A stored secret does not open: its data key is missing.")
            secret = self._open(stored, data_key, origin)
            if stored.field == "apiKey":
                key = secret
            elif stored.field.startswith("headers."):
                headers[stored.field.removeprefix("headers.")] = secret
        feature = candidate.feature
        site = read_site(feature, provider) if feature is not None else {}
        endpoint = make_endpoint(provider, entry.base_url, key, headers, {**entry.parameters, **site})
        transport = self._in_process.get(provider.id, self.client)
        if entry.parameters.get(COALESCES) is True:
            transport = CoalescingTransport(transport)
        return Target(entry, provider, endpoint, transport, feature)
