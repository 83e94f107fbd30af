"""The batch interfaces of three vendors, as their documentation has them: what is not right is refused.

- https://platform.openai.com/docs/api-reference/batch and https://platform.openai.com/docs/api-reference/files;
- https://docs.anthropic.com/en/api/creating-message-batches;
- https://ai.google.dev/api/batch-api.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web  # noqa: TID251 - a server for tests

USED = {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}


def refuse(message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=400)


@dataclass
class Vendor:
    """What was handed in, other calls in ``calls``. Nothing ends before a test says so with :meth:`finish`."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    expiries: list[str] = field(default_factory=list)
    ended: bool = False
    answer: Callable[[dict[str, Any]], Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def note(self, request: web.Request) -> None:
        self.asked.append(f"{request.method} {request.path}")
        self.headers = dict(request.headers)

    def finish(self) -> None:
        """From now on all batches have ended."""
        self.ended = True


class OpenAI(Vendor):
    """``/v1/files`` and ``/v1/batches``."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/files", self.upload),
            web.get("/v1/files/{id}/content", self.content),
            web.post("/v1/responses", self.respond),
            web.delete("/v1/files/{id}", self.delete),
            web.post("/v1/batches", self.create),
            web.get("/v1/batches/{id}", self.get),
            web.post("/v1/batches/{id}/cancel", self.cancel),
            web.post("/v1/chat/completions", self.chat),
        ]

    async def chat(self, request: web.Request) -> web.Response:
        self.note(request)
        body = await request.json()
        self.calls.append(body)
        content = body["messages"][-1]["content"]
        if content == "bad":
            return refuse("bad content")
        if isinstance(content, list) and (refusal := self.look_for([part.get("file") for part in content])):
            return refusal
        return web.json_response(self.complete(body))

    async def respond(self, request: web.Request) -> web.Response:
        self.note(request)
        body = await request.json()
        self.calls.append(body)
        if refusal := self.look_for([part for item in body["input"] for part in item["content"]]):
            return refusal
        text = {"type": "output_text", "text": "Hello.", "annotations": []}
        message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [text]}
        usage = {"input_tokens": 1_000, "output_tokens": 100, "total_tokens": 1_100}
        told = {"id": "resp_1", "object": "response", "created_at": 1, "model": body["model"], "status": "completed"}
        return web.json_response({**told, "output": [message], "usage": usage})

    def look_for(self, parts: list[dict[str, Any] | None]) -> web.Response | None:
        """The refusal where one of ``parts`` names a file that is not here."""
        named = {part["file_id"] for part in parts if part is not None and "file_id" in part}
        return None if named <= set(self.files) else refuse("no such file")

    async def upload(self, request: web.Request) -> web.Response:
        self.note(request)
        form = await request.post()
        file = form["file"]
        if form["purpose"] in {"user_data", "vision", "assistants", "fine-tune", "evals"}:
            if form["expires_after[anchor]"] != "created_at" or not isinstance(file, web.FileField):
                return refuse("no file, or no end")
            made = f"file-Kept{len(self.files) + 1}"
            self.files[made] = file.file.read()
            return web.json_response({"id": made, "object": "file", "purpose": form["purpose"]})
        if form["purpose"] != "batch" or not isinstance(file, web.FileField) or not file.filename.endswith(".jsonl"):
            return refuse("a .jsonl file with the purpose batch is wanted")
        made = f"file-{len(self.files) + 1}"
        self.files[made] = file.file.read()
        return web.json_response({"id": made, "object": "file", "purpose": "batch"})

    async def create(self, request: web.Request) -> web.Response:
        self.note(request)
        order = await request.json()
        if order["completion_window"] != "24h" or order["input_file_id"] not in self.files:
            return refuse("no such file, or window")
        lines = [json.loads(line) for line in self.files[order["input_file_id"]].splitlines() if line]
        if any(set(line) != {"custom_id", "method", "url", "body"} for line in lines):
            return refuse("a line has other fields")
        if (
            any(line["url"] != order["endpoint"] for line in lines)
            or len({line["body"]["model"] for line in lines}) > 1
        ):
            return refuse("another endpoint, or several models")
        made = f"batch_{len(self.batches) + 1}"
        self.requests[made] = lines
        self.batches[made] = {"id": made, "object": "batch", "status": "in_progress", **order}
        return web.json_response(self.batches[made])

    async def get(self, request: web.Request) -> web.Response:
        self.note(request)
        batch = self.batches[request.match_info["id"]]
        if batch["status"] == "in_progress" and self.ended:
            self.end(batch)
        return web.json_response(batch)

    def end(self, batch: dict[str, Any]) -> None:
        good: list[Any] = []
        bad: list[Any] = []
        for line in self.requests[batch["id"]]:
            failed = line["body"].get("messages", [{}])[-1].get("content") == "bad"
            told = (
                {"error": {"message": "bad", "type": "invalid_request_error"}}
                if failed
                else self.complete(line["body"])
            )
            response = {"status_code": 400 if failed else 200, "request_id": "req", "body": told}
            to = bad if failed else good
            to.append({"id": "batch_req_1", "custom_id": line["custom_id"], "response": response, "error": None})
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                self.files[f"file-{name}-{batch['id']}"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
                batch[name] = f"file-{name}-{batch['id']}"
        batch["status"] = "completed"
        batch["request_counts"] = {"total": len(good) + len(bad), "completed": len(good), "failed": len(bad)}

    def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        if "input" in body:
            vector = {"object": "embedding", "index": 0, "embedding": [0.5]}
            usage = {"prompt_tokens": 1_000, "total_tokens": 1_000}
            return {"object": "list", "data": [vector], "model": body["model"], "usage": usage}
        message = {"role": "assistant", "content": "Hello."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
            "usage": USED,
        }

    async def cancel(self, request: web.Request) -> web.Response:
        self.note(request)
        batch = self.batches[request.match_info["id"]]
        batch["status"] = "cancelled"
        return web.json_response(batch)

    async def content(self, request: web.Request) -> web.Response:
        self.note(request)
        return web.Response(body=self.files[request.match_info["id"]], content_type="application/octet-stream")

    async def delete(self, request: web.Request) -> web.Response:
        self.note(request)
        self.deleted.append(request.match_info["id"])
        self.files.pop(request.match_info["id"], None)
        return web.json_response({"id": request.match_info["id"], "deleted": True})


class Anthropic(Vendor):
    """``/v1/messages``, ``/v1/messages/batches`` and ``/v1/files``."""

    def routes(self) -> list[web.RouteDef]:
        base = "/v1/messages/batches"
        return [
            web.post(base, self.create),
            web.get(f"{base}/{{id}}", self.get),
            web.get(f"{base}/{{id}}/results", self.results),
            web.post(f"{base}/{{id}}/cancel", self.cancel),
            web.delete(f"{base}/{{id}}", self.delete),
            web.post("/v1/messages", self.message),
            web.post("/v1/files", self.upload),
            web.delete("/v1/files/{id}", self.delete_file),
        ]

    def knows_files(self, request: web.Request) -> bool:
        """Whether the header is there without which there are no files."""
        return "files-api-2025-04-14" in request.headers.get("anthropic-beta", "").split(",")

    async def upload(self, request: web.Request) -> web.Response:
        """https://platform.claude.com/docs/en/api/beta/files/upload"""
        self.note(request)
        form = await request.post()
        file = form["file"]
        if not self.knows_files(request) or not isinstance(file, web.FileField):
            return refuse("no file, or no beta")
        self.expiries.append(str(form["expires_in_seconds"]))
        made = f"file_Kept{len(self.files) + 1}"
        self.files[made] = file.file.read()
        return web.json_response({"id": made, "type": "file", "mime_type": file.content_type})

    async def delete_file(self, request: web.Request) -> web.Response:
        self.note(request)
        if not self.knows_files(request):
            return refuse("no beta")
        self.deleted.append(request.match_info["id"])
        self.files.pop(request.match_info["id"], None)
        return web.json_response({"id": request.match_info["id"], "type": "file_deleted"})

    async def message(self, request: web.Request) -> web.Response:
        self.note(request)
        body = await request.json()
        self.calls.append(body)
        named = [block.get("source", block) for block in body["messages"][-1]["content"] if isinstance(block, dict)]
        ids = {one["file_id"] for one in named if "file_id" in one}
        if not ids <= set(self.files) or (ids and not self.knows_files(request)):
            return refuse("no such file, or no beta")
        return web.json_response(self.answer_of(body))

    def answer_of(self, body: dict[str, Any]) -> dict[str, Any]:
        usage = {"input_tokens": 1_000, "output_tokens": 100}
        content = [{"type": "text", "text": "Hello."}]
        return {
            "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
            "content": content, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage,
        }  # fmt: skip

    async def create(self, request: web.Request) -> web.Response:
        self.note(request)
        lines = (await request.json())["requests"]
        if request.headers.get("anthropic-version") != "2023-06-01" or not request.headers.get("x-api-key"):
            return refuse("no version, or no key")
        if any(set(line) != {"custom_id", "params"} or "max_tokens" not in line["params"] for line in lines):
            return refuse("a request has other fields")
        made = f"msgbatch_{len(self.batches) + 1}"
        self.requests[made] = lines
        counts = {"processing": len(lines), "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        self.batches[made] = {
            "id": made,
            "type": "message_batch",
            "processing_status": "in_progress",
            "request_counts": counts,
        }
        return web.json_response(self.batches[made])

    async def get(self, request: web.Request) -> web.Response:
        self.note(request)
        batch = self.batches[request.match_info["id"]]
        if self.ended:
            batch["processing_status"] = "ended"
            batch["results_url"] = "http://192.0.2.1/elsewhere"
        return web.json_response(batch)

    async def results(self, request: web.Request) -> web.Response:
        self.note(request)
        batch_id = request.match_info["id"]
        out: list[Any] = []
        cancelled = self.batches[batch_id]["processing_status"] == "canceling" or self.batches[batch_id].get(
            "cancelled"
        )
        for line in reversed(self.requests[batch_id]):
            if cancelled:
                result: Any = {"type": "canceled"}
            elif line["params"]["messages"][-1]["content"] == "bad":
                error = {"type": "error", "error": {"type": "invalid_request_error", "message": "bad"}}
                result = {"type": "errored", "error": error}
            else:
                result = {"type": "succeeded", "message": self.answer_of(line["params"])}
            out.append({"custom_id": line["custom_id"], "result": result})
        return web.Response(text="\n".join(map(json.dumps, out)), content_type="application/x-jsonl")

    async def cancel(self, request: web.Request) -> web.Response:
        self.note(request)
        batch = self.batches[request.match_info["id"]]
        batch["processing_status"], batch["cancelled"] = "canceling", True
        return web.json_response(batch)

    async def delete(self, request: web.Request) -> web.Response:
        self.note(request)
        self.deleted.append(request.match_info["id"])
        return web.json_response({"id": request.match_info["id"], "type": "message_batch_deleted"})


class Gemini(Vendor):
    """``models/{model}:batchGenerateContent``, ``models/{model}:asyncBatchEmbedContent``, ``batches`` and ``files``.

    ``tells_tokens``: whether it says of embeddings how many tokens they had.
    """

    tells_tokens = True

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/models/{model}:batchGenerateContent", self.create),
            web.post("/v1beta/models/{model}:asyncBatchEmbedContent", self.create),
            web.post("/upload/v1beta/files", self.upload),
            web.get("/v1beta/files/{id}:download", self.download),
            web.delete("/v1beta/files/{id}", self.delete),
            web.get("/v1beta/batches/{id}", self.get),
            web.post("/v1beta/batches/{id}:cancel", self.cancel),
            web.delete("/v1beta/batches/{id}", self.delete),
        ]

    async def create(self, request: web.Request) -> web.Response:
        self.note(request)
        batch = (await request.json())["batch"]
        source = batch["inputConfig"]
        embeds = request.path.endswith(":asyncBatchEmbedContent")
        if set(source) == {"fileName"}:
            lines = [json.loads(line) for line in self.files[source["fileName"]].splitlines() if line.strip()]
            if any(not set(line) <= {"key", "request", "metadata"} for line in lines):
                return refuse("a line has other fields")
        elif set(source) == {"requests"}:
            lines = source["requests"]["requests"]
            if any(not set(line) <= {"request", "metadata"} for line in lines):
                return refuse("a request has other fields")
        else:
            return refuse("either a file or requests")
        if any(("content" if embeds else "contents") not in line["request"] for line in lines):
            return refuse("a request has no content")
        made = f"batches/b{len(self.batches) + 1}"
        self.requests[made] = lines
        metadata = {"state": "BATCH_STATE_PENDING", "displayName": batch["displayName"]}
        self.batches[made] = {"name": made, "metadata": metadata, "model": request.match_info["model"]}
        return web.json_response(self.batches[made])

    async def upload(self, request: web.Request) -> web.Response:
        """https://ai.google.dev/api/files#method:-media.upload, in one request."""
        self.note(request)
        if request.headers.get("X-Goog-Upload-Protocol") != "multipart":
            return refuse("another protocol")
        reader = await request.multipart()
        about = await reader.next()
        assert isinstance(about, BodyPartReader)
        told = (await about.json() or {})["file"]
        content = await reader.next()
        assert isinstance(content, BodyPartReader)
        if told["mimeType"] != "application/jsonl" or content.headers["Content-Type"] != told["mimeType"]:
            return refuse("another kind")
        name = f"files/in{len(self.files) + 1}"
        self.files[name] = bytes(await content.read())
        return web.json_response({"file": {"name": name, "mimeType": told["mimeType"]}})

    async def download(self, request: web.Request) -> web.Response:
        self.note(request)
        if request.query.get("alt") != "media":
            return refuse("alt must be media")
        return web.Response(body=self.files[f"files/{request.match_info['id']}"])

    async def get(self, request: web.Request) -> web.Response:
        self.note(request)
        name = f"batches/{request.match_info['id']}"
        batch = self.batches[name]
        if self.ended and batch["metadata"]["state"] == "BATCH_STATE_PENDING":
            told = [self.reply(line) for line in self.requests[name]]
            batch["metadata"]["state"] = "BATCH_STATE_SUCCEEDED"
            batch["metadata"]["batchStats"] = {"successfulRequestCount": str(len(told))}
            embeds = any("content" in line["request"] for line in self.requests[name])
            if any("key" in line for line in self.requests[name]):
                self.files["files/out"] = b"".join(json.dumps(line).encode() + b"\n" for line in reversed(told))
                output: dict[str, Any] = {"responsesFile": "files/out"}
            else:
                output = {"inlinedEmbedContentResponses" if embeds else "inlinedResponses": {"inlinedResponses": told}}
            batch["done"], batch["response"] = True, output
        return web.json_response(batch)

    def reply(self, line: dict[str, Any]) -> dict[str, Any]:
        beside = {name: line[name] for name in ("key", "metadata") if name in line}
        if "content" in line["request"]:
            told = {"tokenCount": 1_000} if self.tells_tokens else {}
            return {**beside, "response": {"embedding": {"values": [0.5, 0.25]}, **told}}
        if line["request"]["contents"][-1]["parts"][0]["text"] == "bad":
            return {**beside, "error": {"code": 3, "message": "bad"}}
        content = {"role": "model", "parts": [{"text": "Hello."}]}
        usage = {"promptTokenCount": 1_000, "candidatesTokenCount": 100, "totalTokenCount": 1_100}
        response = {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}], "usageMetadata": usage}
        return {**beside, "response": response}

    async def cancel(self, request: web.Request) -> web.Response:
        self.note(request)
        self.batches[f"batches/{request.match_info['id']}"]["metadata"]["state"] = "BATCH_STATE_CANCELLED"
        return web.json_response({})

    async def delete(self, request: web.Request) -> web.Response:
        self.note(request)
        self.deleted.append(request.match_info["id"])
        return web.json_response({})


@asynccontextmanager
async def serve(vendor: OpenAI | Anthropic | Gemini) -> AsyncIterator[str]:
    """Run ``vendor`` until the block ends. Gives its address."""
    app = web.Application(client_max_size=1 << 28)
    app.add_routes(vendor.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield vendor.url
    finally:
        await runner.cleanup()
