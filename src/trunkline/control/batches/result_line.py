"""How one line of a batch ended, in each vendor's form.

- OpenAI: https://platform.openai.com/docs/api-reference/batch/request-output;
- Anthropic: https://docs.anthropic.com/en/api/retrieving-message-batch-results;
- Gemini: https://ai.google.dev/api/batch-api#InlinedResponse; with the ``key`` of a request that came in a file.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.ids import new_id
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.batches.batch_record import Wire

Outcome = Literal["succeeded", "errored", "cancelled", "expired"]
Unmade = Literal["cancelled", "expired"]

_WORDS: Final = {
    "cancelled": "The batch was cancelled before this request was made.",
    "expired": "This request could not be made before the batch expired.",
}


class ResultLine(msgspec.Struct, frozen=True):
    """What a result says: ``body`` is the answer of one that succeeded, ``error`` the kind of failure else."""

    custom_id: str
    outcome: Outcome
    status: int = 200
    body: bytes = b""
    error: str = ""


class _Response(msgspec.Struct, frozen=True):
    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Error(msgspec.Struct, frozen=True):
    code: str | int | None = None
    type: str | None = None
    status: str | None = None


class _OpenAI(msgspec.Struct, frozen=True):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


class _Failure(msgspec.Struct, frozen=True):
    error: _Error | None = None


class _Result(msgspec.Struct, frozen=True):
    type: str
    message: msgspec.Raw = msgspec.Raw(b"null")
    error: _Failure | None = None


class _Anthropic(msgspec.Struct, frozen=True):
    custom_id: str
    result: _Result


class _Gemini(msgspec.Struct, frozen=True):
    response: msgspec.Raw = msgspec.Raw(b"null")
    error: _Error | None = None
    key: str | None = None


_openai: Final = msgspec.json.Decoder(_OpenAI)
_anthropic: Final = msgspec.json.Decoder(_Anthropic)
_gemini: Final = msgspec.json.Decoder(_Gemini)


def read_result(wire: Wire, number: int, raw: bytes) -> ResultLine | None:
    """What the ``number``-th result says; None for what is none."""
    try:
        match wire:
            case "openai":
                return _read_openai(_openai.decode(raw))
            case "anthropic":
                return _read_anthropic(_anthropic.decode(raw))
            case "gemini":
                told = _gemini.decode(raw)
                custom_id = str(number) if told.key is None else told.key
                if told.error is None and bytes(told.response) != b"null":
                    return ResultLine(custom_id, "succeeded", 200, bytes(told.response))
                return ResultLine(custom_id, "errored", 500, error=_name(told.error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read_openai(told: _OpenAI) -> ResultLine:
    response = told.response
    if response is not None and 200 <= response.status_code < 300:
        return ResultLine(told.custom_id, "succeeded", response.status_code, bytes(response.body))
    name = _name(told.error)
    outcomes: dict[str, Outcome] = {"batch_expired": "expired", "batch_cancelled": "cancelled"}
    status = response.status_code if response is not None else 0
    return ResultLine(told.custom_id, outcomes.get(name, "errored"), status or 500, error=name)


def _read_anthropic(told: _Anthropic) -> ResultLine:
    match told.result.type:
        case "succeeded":
            return ResultLine(told.custom_id, "succeeded", 200, bytes(told.result.message))
        case "canceled":
            return ResultLine(told.custom_id, "cancelled", 499)
        case "expired":
            return ResultLine(told.custom_id, "expired", 499)
        case _:
            failure = told.result.error
            return ResultLine(told.custom_id, "errored", 500, error=_name(failure.error if failure else None))


def _name(error: _Error | None) -> str:
    word = None if error is None else error.type or error.status or error.code
    return str(word or "error")[:64]


def write_answer(wire: Wire, line: BatchLine, request_id: str, status: int, body: bytes) -> bytes:
    """The result of a line that was answered with ``status`` and ``body``, be it an error in the wire's own form."""
    good = 200 <= status < 300
    told = msgspec.Raw(body)
    match wire:
        case "openai":
            response = {"status_code": status, "request_id": request_id, "body": told}
            return _write_openai(line, response, None)
        case "anthropic":
            result = {"type": "succeeded", "message": told} if good else {"type": "errored", "error": told}
            return msgspec.json.encode({"custom_id": line.custom_id, "result": result})
        case "gemini":
            return _write_gemini(line, "response" if good else "error", told if good else _inner(body))


def write_unmade(wire: Wire, line: BatchLine, outcome: Unmade) -> bytes:
    """The result of a line that was never called."""
    match wire:
        case "openai":
            return _write_openai(line, None, {"code": f"batch_{outcome}", "message": _WORDS[outcome]})
        case "anthropic":
            word = "canceled" if outcome == "cancelled" else outcome
            return msgspec.json.encode({"custom_id": line.custom_id, "result": {"type": word}})
        case "gemini":
            code, status = (1, "CANCELLED") if outcome == "cancelled" else (4, "DEADLINE_EXCEEDED")
            return _write_gemini(line, "error", {"code": code, "message": _WORDS[outcome], "status": status})


def _write_openai(line: BatchLine, response: object, error: JsonValue) -> bytes:
    made = f"batch_req_{new_id().replace('-', '')}"
    return msgspec.json.encode({"id": made, "custom_id": line.custom_id, "response": response, "error": error})


def _write_gemini(line: BatchLine, name: str, value: object) -> bytes:
    beside: dict[str, object] = {"key": line.custom_id} if line.keyed else {}
    if line.metadata:
        beside["metadata"] = msgspec.Raw(line.metadata)
    return msgspec.json.encode({**beside, name: value})


def _inner(body: bytes) -> msgspec.Raw:
    """The error within the body of one that failed."""
    return msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get("error", msgspec.Raw(body))
