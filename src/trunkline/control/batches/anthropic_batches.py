"""Message batches at Anthropic. https://docs.anthropic.com/en/api/creating-message-batches"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

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
    read_lines,
)
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url


class _Counts(msgspec.Struct):
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0


class _Batch(msgspec.Struct):
    id: str
    processing_status: str = ""
    request_counts: _Counts = msgspec.field(default_factory=_Counts)


class AnthropicBatches:
    """Implements :class:`~trunkline.control.batches.provider_api.ProviderBatches`."""

    def write_line(self, line: BatchLine, endpoint: str, body: bytes) -> bytes:
        """See the protocol."""
        del endpoint
        return msgspec.json.encode({"custom_id": line.custom_id, "params": msgspec.Raw(body)})

    async def submit(self, target: Target, submission: Submission) -> Submitted:
        """See the protocol."""
        body = b'{"requests":[' + b",".join(submission.lines) + b"]}"
        more = {"anthropic_beta": submission.beta} if submission.beta else {}
        made = await ask_json(target, "POST", self._batch(target), _Batch, body, **more)
        return Submitted(made.id)

    async def look(self, target: Target, batch_id: str) -> Sighting:
        """See the protocol. What was cancelled has ended, too, with a result for each request."""
        seen = await ask_json(target, "GET", self._batch(target, f"/{batch_id}"), _Batch)
        counts = seen.request_counts
        ended = seen.processing_status == "ended"
        return Sighting(
            state="completed" if ended else "running",
            succeeded=counts.succeeded,
            errored=counts.errored,
            results=[("output", batch_id)] if ended else (),
        )

    async def read_results(self, target: Target, sighting: Sighting) -> AsyncGenerator[tuple[Kind, bytes]]:
        """See the protocol. The address that the provider names is not followed: it may be any."""
        for kind, batch_id in sighting.results:
            async for line in read_lines(target, self._batch(target, f"/{batch_id}/results")):
                yield kind, line

    async def cancel(self, target: Target, batch_id: str) -> None:
        """See the protocol."""
        await ask_json(target, "POST", self._batch(target, f"/{batch_id}/cancel"), _Batch)

    async def forget(self, target: Target, batch_id: str, file_id: str | None, results: Sequence[str]) -> None:
        """See the protocol."""
        del file_id, results
        response = await ask(target, "DELETE", self._batch(target, f"/{batch_id}"))
        await response.read(MOST_BYTES)

    def _batch(self, target: Target, below: str = "") -> Url:
        return target.endpoint.base.join(find_path(target, target.provider.paths.batches) + below)
