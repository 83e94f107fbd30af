"""Following long work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Final

from fastapi import Header
from starlette.responses import StreamingResponse

from trunkline.control.jobs import JobRecord
from trunkline.core.errors import NotFound, TrunklineError
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.event_stream import EVENTS
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import Moment, ResponseBody

router = Router(prefix="/api/jobs", tags=["Jobs"])

QUIET_SECONDS: Final = 15.0
"""After which a comment keeps the stream open through proxies."""


class JobResponse(ResponseBody):
    """A job: ``queued``, ``running``, ``succeeded``, ``failed`` or ``cancelled``."""

    id: str
    kind: str
    state: str
    subject: dict[str, Any]
    progress: dict[str, Any]
    error: str | None
    created_at: Moment
    updated_at: Moment
    finished_at: Moment | None


@router.get("/{job_id}", dependencies=[allow("jobs.read")])
async def get_job(services: ServicesDep, actor: ActorDep, job_id: str) -> JobResponse:
    """How far it is."""
    return JobResponse.of(await services.jobs.get(actor, job_id))


@router.get(
    "/{job_id}/events",
    dependencies=[allow("jobs.read")],
    response_class=StreamingResponse,
    responses=EVENTS,
)
async def follow_job(
    services: ServicesDep,
    actor: ActorDep,
    job_id: str,
    last_event_id: Annotated[str | None, Header(description="To go on after that event.")] = None,
) -> StreamingResponse:
    """The job as it goes on: `progress` events and at the end one `done`, each the whole job."""
    jobs = services.jobs
    await jobs.get(actor, job_id)
    seen = last_event_id or ""
    after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    return StreamingResponse(
        _write_events(jobs.follow(actor, job_id, after)),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


async def _write_events(records: AsyncGenerator[JobRecord]) -> AsyncGenerator[bytes]:
    waiting: asyncio.Task[JobRecord | None] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(records))
            done, _ = await asyncio.wait([waiting], timeout=QUIET_SECONDS)
            if not done:
                yield b": still here\n\n"
                continue
            record, waiting = waiting.result(), None
            if record is None:
                return
            name = "done" if record.finished else "progress"
            data = JobResponse.of(record).model_dump_json(by_alias=True)
            yield f"id: {record.sequence}\nevent: {name}\ndata: {data}\n\n".encode()
    except NotFound:
        return
    except TrunklineError as error:
        yield f"event: error\ndata: {error.message}\n\n".encode()
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await records.aclose()


async def _next(records: AsyncGenerator[JobRecord]) -> JobRecord | None:
    return await anext(records, None)
