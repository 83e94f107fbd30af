"""The connection test: from the name of the host to the first token, one stage after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import perf_counter
from typing import Final, Protocol, cast

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import UpstreamError
from trunkline.outbound.errors import OutboundError
from trunkline.outbound.errors import Stage as OutboundStage
from trunkline.outbound.origin import Origin
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.timing import Timing
from trunkline.outbound.transport import Transport
from trunkline.providers.defaults import Defaults
from trunkline.providers.diagnosis import explain_missing
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import QUESTION_TIMEOUTS
from trunkline.providers.model_info import ModelInfo, guess_capabilities
from trunkline.providers.model_list import list_models
from trunkline.providers.openai_models import NOTHING_THERE
from trunkline.providers.openrouter import check_key
from trunkline.providers.probe import fail, since, try_chat, try_embeddings
from trunkline.providers.stage import Stage, StageName

_NETWORK: Final[dict[OutboundStage, StageName]] = {
    "dns": "dns",
    "guard": "dns",
    "tcp": "tcp",
    "pool": "tcp",
    "tls": "tls",
}


_INCONCLUSIVE: Final = frozenset({"permission", "bad_request", "not_found", "malformed", "server"})
"""Failures of a list that a call of the model may well survive."""

_NO_SUCH_MODEL: Final = frozenset({"not_found", "bad_request"})
"""How providers answer to a known caller who asks for a model that they do not have."""

_ANY_MODEL: Final = "gpt-4o-mini"
"""What is called where nothing tells which models there are."""

_UNKNOWN_MODEL: Final = frozenset({"not_found", "bad_request", "permission"})
"""How providers answer to a model that they do not have, or not for this key."""


class Prober(Protocol):
    """What makes a connection only to see how that goes; :class:`trunkline.outbound.Client` does."""

    async def probe(self, origin: Origin, timeouts: Timeouts = QUESTION_TIMEOUTS) -> Timing:
        """See :meth:`trunkline.outbound.Client.probe`."""
        ...


async def check(
    endpoint: Endpoint,
    transport: Transport,
    model: str | None,
    *,
    prober: Prober | None = None,
    defaults: Defaults | None = None,
    pick: bool = False,
) -> AsyncIterator[Stage]:
    """Test ``endpoint``: ``dns``, ``tcp``, ``tls``, then ``auth``, ``models``, and ``stream`` with a call of one token.

    Stages that do not apply (TLS of an http URL, a key where none is wanted, a list that the provider does not have)
    are left out. The first that fails is the last. A model that only makes vectors is tried with one ``embeddings``
    call; without a ``model`` nothing is called where there is a list of models, unless ``pick`` has one taken from it
    that can chat. ``defaults`` are the configuration's, so that a model that refuses one of its settings shows it here.
    Never raises for what a provider does.
    """
    if prober is not None and not endpoint.provider.in_process:
        async for stage in _check_network(endpoint, prober):
            yield stage
            if not stage.ok:
                return
    account = await _look_at_account(endpoint, transport, final=model is None)
    for stage in account.stages:
        yield stage
    if any(not stage.ok for stage in account.stages):
        return
    listed = account.listed
    guessed = model is None and not account.has_list
    if guessed:
        # Only a call can tell whether the key is good.
        model = next(iter(endpoint.provider.example_models), _ANY_MODEL)
    ids = [info.id for info in listed]
    if model is None and pick:
        model = _pick(endpoint, listed)
    missing = model is not None and bool(ids) and not is_listed(model, ids)
    if ids and not missing:
        count = f"{len(ids)} model{'s' if len(ids) != 1 else ''}"
        yield Stage(name="models", ok=True, ms=account.list_ms, message=f"{count} may be used.")
    if model is None:
        if not ids:
            message = f"{endpoint.provider.display_name} answers, and lists no models."
            yield Stage(name="models", ok=True, ms=account.list_ms, message=message)
        return
    capabilities = next((info.capabilities for info in listed if info.id == model and info.capabilities), None)
    capabilities = capabilities or guess_capabilities(model)
    last = None
    if "text" in capabilities:
        last = await try_chat(endpoint, transport, model, defaults)
    elif "embeddings" in capabilities:
        last = await try_embeddings(endpoint, transport, model)
    if guessed and last is not None and endpoint.provider.paths.models and last.details.get("status") in NOTHING_THERE:
        # Nor is the list where this provider has it, so the model is not what is missing.
        message = f"{endpoint.origin.authority} answers, but nothing is at this address. Check the base URL's path."
        yield Stage(name="models", ok=False, ms=last.ms, message=message, details=last.details)
        return
    if guessed and last is not None and last.details.get("kind") in _NO_SUCH_MODEL:
        # It was ours to choose, and whose key it is has been looked at before that.
        message = f"{endpoint.provider.display_name} accepts this key. It serves no {model} here: call another model."
        yield Stage(name="auth", ok=True, ms=last.ms, message=message)
        return
    if missing and (last is None or (not last.ok and last.details.get("kind") in _UNKNOWN_MODEL)):
        details: dict[str, JsonValue] = last.details if last is not None else {}
        yield Stage(
            name="models", ok=False, ms=account.list_ms, message=explain_missing(endpoint, model, ids), details=details
        )
        return
    if missing:
        # Short names and private models are often not listed; whether they answer is what counts.
        message = f"{model} is not among the {len(ids)} that are listed, but that need not be wrong."
        yield Stage(name="models", ok=True, ms=account.list_ms, message=message)
    if last is not None:
        yield last


def _pick(endpoint: Endpoint, listed: list[ModelInfo]) -> str | None:
    """A model to try where nobody has chosen one yet: a known small one, else the first of the list that can chat."""
    chats = [info.id for info in listed if "text" in (info.capabilities or guess_capabilities(info.id))]
    known = (name for name in endpoint.provider.example_models if is_listed(name, chats))
    return next(known, None) or next(iter(chats), None)


async def check_freely(
    endpoint: Endpoint, transport: Transport, *, prober: Prober | None = None
) -> AsyncIterator[Stage]:
    """What of :func:`check` costs nothing: the network, the key where that can be asked, and the list of models.

    A list that says nothing of the key or the network leaves no stage. Never raises for what a provider does.
    """
    if prober is not None and not endpoint.provider.in_process:
        async for stage in _check_network(endpoint, prober):
            yield stage
            if not stage.ok:
                return
    account = await _look_at_account(endpoint, transport, final=False)
    for stage in account.stages:
        yield stage
    if account.listed:
        yield Stage(name="models", ok=True, ms=account.list_ms, message=f"{len(account.listed)} models are listed.")


def is_listed(model: str, ids: list[str]) -> bool:
    """Whether a list names ``model``, also by another spelling of it.

    Ollama adds ``:latest``; routers take a variant after a colon that their lists do not name (``:cerebras``).
    """
    known = set(ids)
    name = model.removeprefix("models/")
    return name in known or f"{name}:latest" in known or ("/" in name and name.partition(":")[0] in known)


async def _check_network(endpoint: Endpoint, prober: Prober) -> AsyncIterator[Stage]:
    host = endpoint.origin.authority
    started = perf_counter()
    try:
        timing = await prober.probe(endpoint.origin, QUESTION_TIMEOUTS)
    except OutboundError as error:
        name = _NETWORK.get(error.stage, "tcp")
        yield fail(name, error, endpoint, started)
        return
    for name, ms, message in (
        ("dns", timing.dns_ms, f"The name of {host} has an address."),
        ("tcp", timing.connect_ms, f"{host} accepts connections."),
        ("tls", timing.tls_ms, "Its certificate is trusted."),
    ):
        if ms is not None:
            yield Stage(name=cast("StageName", name), ok=True, ms=round(ms), message=message)


class _Account(msgspec.Struct):
    """What is known of the key and its models. ``list_ms`` is set where no other stage tells that time.

    ``has_list`` False: there is no list of models, by the provider's row or by what the server says.
    """

    stages: list[Stage]
    listed: list[ModelInfo] = []
    list_ms: int | None = None
    has_list: bool = True


async def _look_at_account(endpoint: Endpoint, transport: Transport, final: bool) -> _Account:
    """Ask for the key, where that can be asked, and for the list of models.

    Unless ``final``, a failed list that says nothing of the key or the network is passed over: keys may be made that
    call models but do not list them, and servers be built that have no list. The call will tell.
    """
    provider = endpoint.provider
    name = provider.display_name
    account = _Account([], has_list=provider.paths.models is not None)
    started = perf_counter()
    try:
        if provider.paths.key is not None and endpoint.has_key:
            about = cast("dict[str, JsonValue]", msgspec.to_builtins(await check_key(endpoint, transport)))
            message = f"{name} knows this key."
            account.stages.append(Stage(name="auth", ok=True, ms=since(started), message=message, details=about))
            started = perf_counter()
        account.listed = await list_models(endpoint, transport, required=final)
    except UpstreamError as error:
        if final and error.status in NOTHING_THERE:
            account.has_list = False
            return account
        asked_for_key = provider.paths.key is not None and endpoint.has_key and not account.stages
        if final or asked_for_key or error.kind not in _INCONCLUSIVE:
            of_key = asked_for_key or error.kind in ("auth", "permission", "no_credits")
            account.stages.append(fail("auth" if of_key else "models", error, endpoint, started))
        return account
    if provider.paths.key is None and endpoint.has_key and account.listed and not provider.open_list:
        message = f"{name} accepted this key."
        account.stages.append(Stage(name="auth", ok=True, ms=since(started), message=message))
    else:
        account.list_ms = since(started)
    return account
