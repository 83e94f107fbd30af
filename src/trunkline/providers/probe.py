"""One call of a model, to see whether it answers."""

from __future__ import annotations

from time import perf_counter
from typing import Final, cast

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, Message, Text, Usage
from trunkline.core.chat_events import ChatEvent, Failure, Start, Stop, UsageReport
from trunkline.core.embeddings import EmbeddingsRequest
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import EmbeddingsDialect
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import Transport
from trunkline.providers.adaptation import adapt
from trunkline.providers.defaults import Defaults, apply_defaults
from trunkline.providers.diagnosis import explain
from trunkline.providers.dialect_choice import choose_dialect
from trunkline.providers.endpoint import Endpoint
from trunkline.providers.exchange import dispatch, read_failure
from trunkline.providers.quirks import quirk
from trunkline.providers.stage import Stage, StageName

CALL_TIMEOUTS: Final = Timeouts(connect=5.0, first_byte=60.0, between=30.0, total=90.0)
"""A local server may have to load the model first."""

_PROMPT: Final = "Reply with the word ok."


async def try_chat(endpoint: Endpoint, transport: Transport, model: str, defaults: Defaults | None) -> Stage:
    """The ``stream`` stage: ask for one token (more where the model needs them) and read the answer to its end."""
    provider = endpoint.provider
    habits = quirk(provider.id, model)
    request = ChatRequest(
        model=model, messages=(Message(role="user", parts=(Text(_PROMPT),)),), stream=True, stream_usage=True
    )
    if defaults is not None:
        request = apply_defaults(request, defaults.for_a_test())
    sampling = msgspec.structs.replace(request.sampling, max_tokens=habits.minimum_max_tokens)
    started = perf_counter()
    try:
        request, dropped = adapt(msgspec.structs.replace(request, sampling=sampling), habits)
        dialect = choose_dialect(provider, model)
        body = dialect.write_request(request).body
        outgoing = OutgoingRequest("POST", endpoint.chat(model, stream=True), endpoint.headers, body)
        response = await dispatch(endpoint, transport, outgoing, CALL_TIMEOUTS)
        if response.status != 200:
            raise await read_failure(endpoint, response)
        first: int | None = None
        events: list[ChatEvent] = []
        reader = dialect.stream_reader()
        try:
            while chunk := await response.next_chunk():
                read = reader.feed(chunk)
                if first is None and any(not isinstance(event, Start | UsageReport) for event in read):
                    first = since(started)
                events += read
            events += reader.close()
        finally:
            response.abort()
    except TrunklineError as error:
        failed = isinstance(error, UpstreamError) and error.kind == "auth"
        return fail("auth" if failed else "stream", error, endpoint, started, model)
    broken = next((event for event in events if isinstance(event, Failure)), None)
    if broken is not None:
        error = UpstreamError(broken.message, kind=broken.kind, provider=provider.id, detail=broken.message)
        return fail("stream", error, endpoint, started, model)
    return Stage(
        name="stream",
        ok=True,
        ms=since(started),
        message=f"{model} answers; its first token came after {first if first is not None else since(started)} ms.",
        details={
            "firstTokenMs": first,
            "stopReason": next((event.reason for event in events if isinstance(event, Stop)), None),
            "usage": _usage(events),
            "dropped": list(dropped),
        },
    )


async def try_embeddings(endpoint: Endpoint, transport: Transport, model: str) -> Stage:
    """The ``embeddings`` stage: one vector of one word."""
    started = perf_counter()
    try:
        # Every provider whose lists name such models speaks a dialect that embeds; the path says whether it does.
        url = endpoint.embeddings(model)
        dialect = cast("EmbeddingsDialect", choose_dialect(endpoint.provider, model))
        body = dialect.write_embeddings_request(EmbeddingsRequest(model=model, inputs=("ok",))).body
        outgoing = OutgoingRequest("POST", url, endpoint.headers, body)
        response = await dispatch(endpoint, transport, outgoing, CALL_TIMEOUTS)
        if response.status != 200:
            raise await read_failure(endpoint, response)
        answer = dialect.read_embeddings_response(await response.read())
    except TrunklineError as error:
        failed = isinstance(error, UpstreamError) and error.kind == "auth"
        return fail("auth" if failed else "embeddings", error, endpoint, started, model)
    size = len(answer.vectors[0]) if answer.vectors else 0
    return Stage(
        name="embeddings",
        ok=size > 0,
        ms=since(started),
        message=f"{model} answers with vectors of {size} dimensions." if size else f"{model} answered with no vector.",
        details={"dimensions": size},
    )


def fail(name: StageName, error: TrunklineError, endpoint: Endpoint, started: float, model: str | None = None) -> Stage:
    """A failed stage. ``started`` is of :func:`time.perf_counter`."""
    details: dict[str, JsonValue] = {"code": error.code}
    if isinstance(error, UpstreamError):
        details |= {"kind": error.kind, "status": error.status, "providerMessage": error.detail}
        # What broke off a stream was not read by the exchange that cleans.
        endpoint.redaction.error(error)
    details = {key: value for key, value in details.items() if value is not None}
    clean = cast("dict[str, JsonValue]", endpoint.redaction.value(details))
    return Stage(name=name, ok=False, ms=since(started), message=explain(error, endpoint, model), details=clean)


def _usage(events: list[ChatEvent]) -> JsonValue:
    known: Usage | None = None
    for event in events:
        if isinstance(event, Start | UsageReport) and event.usage is not None:
            known = event.usage
    return None if known is None else {"input": known.input, "output": known.output}


def since(started: float) -> int:
    """Milliseconds since then."""
    return round((perf_counter() - started) * 1000)
