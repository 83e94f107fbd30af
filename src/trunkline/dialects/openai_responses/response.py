"""A whole answer: https://platform.openai.com/docs/api-reference/responses/object."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatResponse, Choice, JsonValue
from trunkline.core.errors import UpstreamError
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.openai_failure import classify, read_error_object
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.echo import defaults, wants_summary
from trunkline.dialects.openai_responses.output_reading import Output
from trunkline.dialects.openai_responses.output_writing import write_output
from trunkline.dialects.openai_responses.status import read_status, write_status
from trunkline.dialects.openai_responses.usage import read_usage, write_tool_usage, write_usage
from trunkline.dialects.openai_responses.wire import Answer, Incomplete
from trunkline.dialects.raw_json import BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder

_decoder = SparingDecoder(Answer)

_OWN: Final = frozenset(
    {
        "id", "object", "created_at", "model", "status", "incomplete_details", "service_tier", "output", "output_text",
        "usage", "tool_usage", "error", "completed_at",
    }
)  # fmt: skip
"""What is never taken from ``extra``: it is told of this answer itself."""


def read_response(body: bytes) -> ChatResponse:
    """A provider's answer. Raises UpstreamError: ``malformed``, or what an error within a 200 says.

    What the answer repeats of its request is kept in ``extra``, as far as it differs from what is always there.
    """
    try:
        wire = _decoder.decode(body)
        if is_said(wire.error) or wire.output is None or wire.status in {"failed", "cancelled"}:
            raise _failed(decode(body), malformed=wire.status is None and not is_said(wire.error))
        output = Output(wire.output)
    except BROKEN_JSON as error:
        raise _failed(decode(body), malformed=True) from error
    whole = decode(body)
    usual = defaults()
    extra: dict[str, JsonValue] = (
        {name: value for name, value in whole.items() if name not in _OWN and usual.get(name) != value}
        if isinstance(whole, dict)
        else {}
    )
    reason = (wire.incomplete_details or Incomplete()).reason
    stop = read_status(wire.status, reason, calls=output.calls, refused=output.refused)
    return ChatResponse(
        id=wire.id or "",
        model=wire.model or "",
        choices=(Choice(tuple(output.parts), stop, logprobs=output.logprobs),),
        created=int(wire.created_at or 0),
        usage=read_usage(wire.usage, wire.tool_usage),
        service_tier=wire.service_tier,
        extra={NAME: extra} if extra else {},
    )


def write_response(response: ChatResponse) -> bytes:
    """An answer for a client, which has the first choice only: this wire knows no others.

    ``extra["openai_responses"]`` says what it repeats of its request (see
    :func:`~trunkline.dialects.openai_responses.echo.echo_request`).
    """
    choice = response.choices[0] if response.choices else Choice()
    echo = response.extra.get(NAME, {})
    output = write_output(choice.parts, choice.logprobs, response.id, summarize=wants_summary(echo))
    refused = any(
        isinstance(piece, dict) and piece.get("type") == "refusal"
        for item in output
        if isinstance(item, dict) and isinstance(content := item.get("content"), list)
        for piece in content
    )
    body = skeleton(echo)
    body.update(
        id=response.id,
        created_at=response.created,
        model=response.model,
        output=output,
        **write_status(choice.stop, refused=refused),
    )
    if response.service_tier is not None:
        body["service_tier"] = response.service_tier
    if response.usage is not None:
        body["usage"] = write_usage(response.usage)
        if response.usage.searches:
            body["tool_usage"] = write_tool_usage(response.usage.searches)
    try:
        return msgspec.json.encode(body)
    except RecursionError as error:
        raise UpstreamError("The provider's answer is nested too deeply.", kind="malformed") from error


def skeleton(echo: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Everything that stands in every answer, in the vendor's order, with what ``echo`` says instead of defaults."""
    own: dict[str, JsonValue] = {"id": "", "object": "response", "created_at": 0, "status": "completed", "error": None}
    rest = {name: value for name, value in echo.items() if name not in _OWN}
    return {**own, "model": "", "output": [], "usage": None, **defaults(), **rest}


def _failed(value: JsonValue, *, malformed: bool) -> UpstreamError:
    given = value.get("error") if isinstance(value, dict) else None
    error = read_error_object(value if given is not None else None)
    if malformed:
        return UpstreamError(MALFORMED, kind="malformed", detail=error.message, upstream_code=error.code)
    return UpstreamError(
        "The provider answered with an error.",
        kind=classify(None, error),
        status=error.status,
        detail=error.message,
        upstream_code=error.code or error.type,
    )
