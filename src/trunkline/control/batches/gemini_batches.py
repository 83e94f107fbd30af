"""Batches at Gemini: requests and answers come inline, or in files where its caller sent one.

https://ai.google.dev/api/batch-api and https://ai.google.dev/api/files
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
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
    read_json,
    read_lines,
)
from trunkline.core.errors import UpstreamError
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.batches.line_call import EMBED
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
    inlined_embed_content_responses: _Inlined | None = None
    responses_file: str | None = None

    @property
    def lines(self) -> list[msgspec.Raw] | None:
        """The results, where they are here."""
        found = self.inlined_responses or self.inlined_embed_content_responses
        return None if found is None else found.inlined_responses


class _Stats(msgspec.Struct, rename="camel"):
    successful_request_count: int | str = 0
    failed_request_count: int | str = 0


class _Metadata(msgspec.Struct, rename="camel"):
    state: str = ""
    batch_stats: _Stats | None = None
    output: _Output | None = None


class _Named(msgspec.Struct):
    name: str


class _Uploaded(msgspec.Struct):
    file: _Named


class _Embeddings(msgspec.Struct):
    requests: list[msgspec.Raw]


_FILE: Final = re.compile(r"files/[A-Za-z0-9_-]{1,128}")


class _Error(msgspec.Struct):
    message: str = ""


class _Operation(msgspec.Struct):
    name: str
    metadata: _Metadata | None = None
    response: _Output | None = None
    error: _Error | None = None


class GeminiBatches:
    """Implements :class:`~trunkline.control.batches.provider_api.ProviderBatches`."""

    def write_line(self, line: BatchLine, endpoint: str, body: bytes) -> bytes:
        """See the protocol. Embeddings are asked for by many at once elsewhere."""
        request = msgspec.Raw(body)
        if endpoint == EMBED:
            request = msgspec.json.decode(body, type=_Embeddings).requests[0]
        beside: dict[str, object] = {"key": line.custom_id} if line.keyed else {}
        if line.metadata:
            beside["metadata"] = msgspec.Raw(line.metadata)
        return msgspec.json.encode({"request": request, **beside})

    async def submit(self, target: Target, submission: Submission) -> Submitted:
        """See the protocol."""
        name = msgspec.json.encode(submission.name or "trunkline")
        paths = target.provider.paths
        path = find_path(target, paths.embedding_batches if submission.endpoint == EMBED else paths.batches)
        file: str | None = None
        if submission.in_file:
            file = await self._upload(target, submission)
            source = b'"fileName":' + msgspec.json.encode(file)
        else:
            source = b'"requests":{"requests":[' + b",".join(submission.lines) + b"]}"
        body = b'{"batch":{"displayName":' + name + b',"inputConfig":{' + source + b"}}}"
        try:
            made = await ask_json(target, "POST", target.endpoint.operation(path, submission.model), _Operation, body)
        except UpstreamError:
            if file is not None:
                with suppress(UpstreamError):
                    await self._read(target, "DELETE", self._resource(target, file))
            raise
        return Submitted(made.name, file)

    async def look(self, target: Target, batch_id: str) -> Sighting:
        """See the protocol."""
        seen = await ask_json(target, "GET", self._resource(target, batch_id), _Operation)
        told = seen.metadata or _Metadata()
        stats = told.batch_stats or _Stats()
        outputs = [one for one in (told.output, seen.response) if one is not None]
        inlined = next((one.lines for one in outputs if one.lines is not None), None)
        file = next((one.responses_file for one in outputs if one.responses_file is not None), None)
        # What else a provider may name is not asked for.
        results: list[tuple[Kind, str]] = [] if file is None or not _FILE.fullmatch(file) else [("output", file)]
        # https://ai.google.dev/api/batch-api#BatchState; the cloud's own word is JOB_STATE.
        word = told.state.removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        return Sighting(
            state=_STATES.get(word, "running"),
            succeeded=int(stats.successful_request_count),
            errored=int(stats.failed_request_count),
            fault=seen.error.message if seen.error is not None else None,
            results=results,
            raw=[bytes(one) for one in inlined] if inlined is not None else (),
        )

    async def read_results(self, target: Target, sighting: Sighting) -> AsyncGenerator[tuple[Kind, bytes]]:
        """See the protocol."""
        for line in sighting.raw:
            yield "output", line
        for kind, name in sighting.results:
            async for line in read_lines(target, self._resource(target, f"{name}:download?alt=media")):
                yield kind, line

    async def cancel(self, target: Target, batch_id: str) -> None:
        """See the protocol."""
        await self._read(target, "POST", self._resource(target, f"{batch_id}:cancel"))

    async def forget(self, target: Target, batch_id: str, file_id: str | None, results: Sequence[str]) -> None:
        """See the protocol."""
        for name in (batch_id, file_id, *results):
            if name is not None:
                await self._read(target, "DELETE", self._resource(target, name))

    async def _upload(self, target: Target, submission: Submission) -> str:
        """The name of a file with the requests, in one request: the address of one by and by would be the provider's
        to choose."""
        boundary = f"trunkline-{secrets.token_hex(16)}"
        pieces = [
            f"--{boundary}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
            '{"file":{"displayName":"batch.jsonl","mimeType":"application/jsonl"}}\r\n'
            f"--{boundary}\r\nContent-Type: application/jsonl\r\n\r\n".encode()
        ]
        for line in submission.lines:
            pieces += (line, b"\n")
        pieces.append(f"\r\n--{boundary}--\r\n".encode())
        path = find_path(target, target.provider.paths.files)
        response = await ask(
            target,
            "POST",
            target.endpoint.base.join(f"/upload{path}"),
            b"".join(pieces),
            content_type=f"multipart/related; boundary={boundary}",
            more=[("x-goog-upload-protocol", "multipart")],
        )
        return read_json(target, await response.read(MOST_BYTES), _Uploaded).file.name

    async def _read(self, target: Target, method: str, url: Url) -> None:
        response = await ask(target, method, url, b"{}" if method == "POST" else b"")
        await response.read(MOST_BYTES)

    def _resource(self, target: Target, name: str) -> Url:
        return target.endpoint.base.join(f"/v1beta/{name}")
