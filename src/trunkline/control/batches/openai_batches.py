"""Batches at OpenAI: a file of requests in, a file of answers and one of errors out.

https://platform.openai.com/docs/api-reference/batch
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Final, Literal

import msgspec

from trunkline.control.batches.openai_file_api import drop_file, find_file, upload_file
from trunkline.control.batches.provider_api import (
    Kind,
    Sighting,
    Submission,
    Submitted,
    ask_json,
    find_path,
    read_lines,
)
from trunkline.core.errors import UpstreamError
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url


class _Counts(msgspec.Struct):
    completed: int = 0
    failed: int = 0


class _Fault(msgspec.Struct):
    message: str = ""
    line: int | None = None


class _Faults(msgspec.Struct):
    data: list[_Fault] = []


class _Batch(msgspec.Struct):
    id: str
    status: str = ""
    output_file_id: str | None = None
    error_file_id: str | None = None
    request_counts: _Counts | None = None
    errors: _Faults | None = None


_STATES: Final[dict[str, Literal["completed", "cancelled", "expired", "failed"]]] = {
    "completed": "completed",
    "cancelled": "cancelled",
    "expired": "expired",
    "failed": "failed",
}


class OpenAIBatches:
    """Implements :class:`~trunkline.control.batches.provider_api.ProviderBatches`."""

    def write_line(self, line: BatchLine, endpoint: str, body: bytes) -> bytes:
        """See the protocol."""
        fields = {"custom_id": line.custom_id, "method": "POST", "url": endpoint, "body": msgspec.Raw(body)}
        return msgspec.json.encode(fields)

    async def submit(self, target: Target, submission: Submission) -> Submitted:
        """See the protocol."""
        lines = (piece for line in submission.lines for piece in (line, b"\n"))
        file_id = await upload_file(target, lines, name="batch.jsonl", purpose="batch")
        order: dict[str, object] = {
            "input_file_id": file_id,
            "endpoint": submission.endpoint,
            "completion_window": "24h",
        }
        if submission.metadata:
            order["metadata"] = dict(submission.metadata)
        try:
            made = await ask_json(target, "POST", self._batch(target), _Batch, msgspec.json.encode(order))
        except UpstreamError:
            with suppress(UpstreamError):
                await drop_file(target, file_id)
            raise
        return Submitted(made.id, file_id)

    async def look(self, target: Target, batch_id: str) -> Sighting:
        """See the protocol."""
        seen = await ask_json(target, "GET", self._batch(target, f"/{batch_id}"), _Batch)
        counts = seen.request_counts or _Counts()
        files: list[tuple[Kind, str]] = []
        if seen.output_file_id:
            files.append(("output", seen.output_file_id))
        if seen.error_file_id:
            files.append(("errors", seen.error_file_id))
        faults = seen.errors.data if seen.errors is not None else []
        words = "; ".join(
            f"line {fault.line}: {fault.message}" if fault.line is not None else fault.message for fault in faults[:10]
        )
        return Sighting(
            state=_STATES.get(seen.status, "running"),
            succeeded=counts.completed,
            errored=counts.failed,
            fault=words or None,
            results=files,
        )

    async def read_results(self, target: Target, sighting: Sighting) -> AsyncGenerator[tuple[Kind, bytes]]:
        """See the protocol."""
        for kind, file_id in sighting.results:
            async for line in read_lines(target, find_file(target, f"/{file_id}/content")):
                yield kind, line

    async def cancel(self, target: Target, batch_id: str) -> None:
        """See the protocol."""
        await ask_json(target, "POST", self._batch(target, f"/{batch_id}/cancel"), _Batch)

    async def forget(self, target: Target, batch_id: str, file_id: str | None, results: Sequence[str]) -> None:
        """See the protocol. OpenAI keeps batches themselves for ever; only their files can be deleted."""
        del batch_id
        for each in (file_id, *results):
            if each is not None:
                await drop_file(target, each)

    def _batch(self, target: Target, below: str = "") -> Url:
        return target.endpoint.base.join(find_path(target, target.provider.paths.batches) + below)
