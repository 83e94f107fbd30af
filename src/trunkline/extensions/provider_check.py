"""Holds a provider to what Trunkline does with one: its list of models, its connection test, a chat."""

from __future__ import annotations

import asyncio

import msgspec

from trunkline.core.chat import ChatRequest, Message, Text, Usage
from trunkline.core.chat_events import End, Start, Stop, TextDelta, UsageReport
from trunkline.core.errors import Conflict, TrunklineError
from trunkline.core.secret import Secret
from trunkline.extensions.interface import API
from trunkline.extensions.provider_extension import ProviderExtension
from trunkline.extensions.sent_request import SentRequest
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import DEFAULT_TIMEOUTS
from trunkline.providers.check import check
from trunkline.providers.demo.response import DemoResponse
from trunkline.providers.dialect_choice import DIALECTS
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.registry import added
from trunkline.providers.schema import schema


def check_provider(
    extension: ProviderExtension, *, key: str | None, model: str, base_url: str | None = None
) -> list[SentRequest]:
    """Check all that the server checks of a provider before it loads it, then test the connection to one that works.

    Gives the requests of that test, the chat of ``model`` last. ``key`` is None for a provider that takes none;
    ``base_url`` is one that a user would write, needed where the provider has none of its own.
    """
    assert isinstance(extension, ProviderExtension), "the extension must be a ProviderExtension"  # pyright: ignore[reportUnnecessaryIsInstance]
    assert extension.api == API, f"api: is {extension.api}, and this Trunkline has {API}"
    faults = extension.find_faults()
    assert not faults, "\n".join(faults)
    try:
        with added([extension.provider]):
            return asyncio.run(_test_connection(extension, key, model, base_url))
    except Conflict as error:
        raise AssertionError(error.message) from None
    except TrunklineError as error:
        raise AssertionError(f"{type(error).__name__}: {error.message}") from error


async def _test_connection(
    extension: ProviderExtension, key: str | None, model: str, base_url: str | None
) -> list[SentRequest]:
    provider = extension.provider
    schema(provider)
    transport = _Working(provider.dialect, provider.paths.models, model)
    endpoint = make_endpoint(provider, base_url, None if key is None else Secret(key))
    assert key is None or endpoint.has_key or provider.auth == "none", "auth: the key is not sent"
    stages = [stage async for stage in check(endpoint, transport, model)]
    failed = [f"{stage.name}: {stage.message}" for stage in stages if not stage.ok]
    assert not failed, "\n".join(failed)
    return transport.sent


class _Working:
    """A provider that knows one model and says "ok", on a dialect's wire."""

    def __init__(self, dialect: str, models: str | None, model: str) -> None:
        self._dialect = DIALECTS[dialect]
        self._models = models
        self._model = model
        self.sent: list[SentRequest] = []

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> DemoResponse:
        """Answer the list of models, or a chat."""
        url = f"{request.url.origin}{request.url.target}"
        headers = {name.lower(): value for name, value in request.headers}
        self.sent.append(SentRequest(request.method, url, headers, request.body))
        if request.method == "GET":
            entry = {"id": self._model, "name": self._model, "model": self._model}
            return DemoResponse(200, "application/json", [msgspec.json.encode({"data": [entry], "models": [entry]})])
        writer = self._dialect.stream_writer(
            ChatRequest(model=self._model, messages=(Message(role="user", parts=(Text("Say ok."),)),), stream=True)
        )
        events = (
            Start(id="1", model=self._model),
            TextDelta("ok"),
            Stop(),
            UsageReport(Usage(input=3, output=1)),
            End(),
        )
        return DemoResponse(200, "text/event-stream", [piece for event in events if (piece := writer.write(event))])
