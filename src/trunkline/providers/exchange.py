"""One small question to a provider's API and its answer in JSON: lists, key checks, what a model is."""

from __future__ import annotations

from typing import Final, cast

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import UpstreamError
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import IncomingResponse, Transport
from trunkline.outbound.url import Url
from trunkline.providers.dialect_choice import DIALECTS
from trunkline.providers.endpoint import Endpoint

ANSWER_LIMIT: Final = 16 * 1024 * 1024
"""Bytes. OpenRouter's list of models is the largest in use, with about one MiB."""

QUESTION_TIMEOUTS: Final = Timeouts(connect=5.0, first_byte=15.0, between=15.0, total=30.0)


async def ask(
    endpoint: Endpoint,
    transport: Transport,
    url: Url,
    question: JsonObject | None = None,
    timeouts: Timeouts = QUESTION_TIMEOUTS,
) -> JsonValue:
    """GET ``url``, or POST ``question`` to it, and return the JSON of the answer.

    Raises UpstreamError: for a status other than 2xx what the provider's dialect makes of it, kind ``malformed`` for a
    redirect or an answer that is no JSON, and what the transport raises where no answer came.
    """
    response = await send(endpoint, transport, url, question, timeouts)
    body = await response.read(ANSWER_LIMIT)
    if endpoint.redaction.holds(body):
        body = endpoint.redaction.bytes(body)
    try:
        return cast("JsonValue", msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UpstreamError(
            f"{url.origin.authority} did not answer in JSON. Check the base URL.",
            kind="malformed",
            provider=endpoint.provider.id,
            status=response.status,
        ) from None


async def send(
    endpoint: Endpoint,
    transport: Transport,
    url: Url,
    question: JsonObject | None = None,
    timeouts: Timeouts = QUESTION_TIMEOUTS,
    method: str | None = None,
) -> IncomingResponse:
    """As :func:`ask`, up to an answer with a status of 2xx whose body is still to be read."""
    body = b"" if question is None else msgspec.json.encode(question)
    method = method or ("GET" if question is None else "POST")
    response = await dispatch(endpoint, transport, OutgoingRequest(method, url, endpoint.headers, body), timeouts)
    if 200 <= response.status < 300:
        return response
    raise await read_failure(endpoint, response)


async def dispatch(
    endpoint: Endpoint, transport: Transport, request: OutgoingRequest, timeouts: Timeouts
) -> IncomingResponse:
    """Send ``request``, signed where ``endpoint`` signs. Raises what the transport and the signer raise."""
    if endpoint.signer is not None:
        request = await endpoint.signer.sign(request, transport)
    return await transport.send(request, timeouts)


async def read_failure(endpoint: Endpoint, response: IncomingResponse) -> UpstreamError:
    """The error that a failed answer stands for, with ``provider`` set and without the credential."""
    if response.status < 400:
        response.abort()
        return UpstreamError(
            f"{endpoint.origin.authority} answered with a redirect ({response.status}), which is not followed."
            " Check the base URL.",
            kind="malformed",
            provider=endpoint.provider.id,
            status=response.status,
        )
    body = await response.read(ANSWER_LIMIT)
    error = DIALECTS[endpoint.provider.dialect].read_error(response.status, body, response.headers)
    error.provider = endpoint.provider.id
    endpoint.redaction.error(error)
    return error
