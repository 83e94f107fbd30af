"""Batches at Gemini, whose requests and answers come inline. https://ai.google.dev/api/batch-api"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Final, Literal

import msgspec

from trunkline.control.batches.provider_api import (
    MOST_BYTES,
    Kind,
    Sighting,
    Submission,
    Submitted,
    ask,
    ask_json,
    find_path,
)
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url

_STATES: Final[dict[str, Literal["completed", "cancelled", "expired", "failed"]]] = {
    "SUCCEEDED": "completed",
    "CANCELLED": "cancelled",
    "EXPIRED": "expired",
    "FAILED": "failed",
}


class _Inlined(msgspec.Struct, rename="camel"):
    inlined_responses: list[msgspec.Raw] = []


class _Output(msgspec.Struct, rename="camel"):
    inlined_responses: _Inlined | None = None


class _Stats(msgspec.Struct, rename="camel"):
    successful_request_count: int | str = 0
    failed_request_count: int | str = 0


class _Metadata(msgspec.Struct, rename="camel"):
    state: str = ""
    batch_stats: _Stats | None = None
    output: _Output | None = None


class _Error(msgspec.Struct):
    message: str = ""


class _Operation(msgspec.Struct):
    name: str
    metadata: _Metadata | None = None
    response: _Output | None = None
    error: _Error | None = None


class GeminiBatches:
    """Implements :class:`~trunkline.control.batches.provider_api.ProviderBatches`."""

    def write_line(self, custom_id: str, endpoint: str, body: bytes, metadata: bytes) -> bytes:
        """See the protocol."""
        del custom_id, endpoint
        beside = {"metadata": msgspec.Raw(metadata)} if metadata else {}
        return msgspec.json.encode({"request": msgspec.Raw(body), **beside})

    async def submit(self, target: Target, submission: Submission) -> Submitted:
        """See the protocol."""
        name = msgspec.json.encode(submission.name or "trunkline")
        body = (
            b'{"batch":{"displayName":' + name + b',"inputConfig":{"requests":{"requests":['
            + b",".join(submission.lines) + b"]}}}}"
        )  # fmt: skip
        path = find_path(target, target.provider.paths.batches)
        made = await ask_json(target, "POST", target.endpoint.operation(path, submission.model), _Operation, body)
        return Submitted(made.name)

    async def look(self, target: Target, batch_id: str) -> Sighting:
        """See the protocol."""
        seen = await ask_json(target, "GET", self._batch(target, batch_id), _Operation)
        told = seen.metadata or _Metadata()
        stats = told.batch_stats or _Stats()
        output = next((one for one in (told.output, seen.response) if one is not None and one.inlined_responses), None)
        inlined = output.inlined_responses if output is not None else None
        # https://ai.google.dev/api/batch-api#BatchState; the cloud's own word is JOB_STATE.
        word = told.state.removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        return Sighting(
            state=_STATES.get(word, "running"),
            succeeded=int(stats.successful_request_count),
            errored=int(stats.failed_request_count),
            fault=seen.error.message if seen.error is not None else None,
            raw=[bytes(one) for one in inlined.inlined_responses] if inlined is not None else (),
        )

    async def read_results(self, target: Target, sighting: Sighting) -> AsyncGenerator[tuple[Kind, bytes]]:
        """See the protocol."""
        del target
        for line in sighting.raw:
            yield "output", line

    async def cancel(self, target: Target, batch_id: str) -> None:
        """See the protocol."""
        await self._read(target, "POST", self._batch(target, f"{batch_id}:cancel"))

    async def forget(self, target: Target, batch_id: str, file_id: str | None, results: Sequence[str]) -> None:
        """See the protocol."""
        del file_id, results
        await self._read(target, "DELETE", self._batch(target, batch_id))

    async def _read(self, target: Target, method: str, url: Url) -> None:
        response = await ask(target, method, url, b"{}" if method == "POST" else b"")
        await response.read(MOST_BYTES)

    def _batch(self, target: Target, name: str) -> Url:
        return target.endpoint.base.join(f"/v1beta/{name}")
