"""Jobs: their progress is kept, and each comes to an end whatever its work does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from trunkline.control import jobs as module
from trunkline.control.jobs import JobRecord, Jobs, Progress, Work
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound, UpstreamError
from trunkline.core.ids import new_id
from trunkline.storage.database import Database
from trunkline.storage.tables import User, Workspace


@pytest.fixture
async def actor(database: Database) -> Actor:
    user = User(id=new_id(), email=f"{new_id()}@example.com")
    workspace = Workspace(id=new_id(), name="w")
    async with database.write() as tx:
        tx.add_all([user, workspace])
    return Actor(user_id=user.id, workspace_id=workspace.id, role="member")


@pytest.fixture
async def jobs(database: Database) -> AsyncIterator[Jobs]:
    made = Jobs(database)
    yield made
    await made.close()


async def start(database: Database, jobs: Jobs, actor: Actor, work: Work) -> str:
    async with database.write() as tx:
        record, is_new = await jobs.start(tx, actor, "test", {"n": new_id()})
    assert is_new
    jobs.run(record.id, work)
    return record.id


async def finish(jobs: Jobs, actor: Actor, job_id: str) -> JobRecord:
    await jobs.wait(job_id)
    return await jobs.get(actor, job_id)


async def test_progress_is_followed_to_the_end(
    database: Database, jobs: Jobs, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITE_SECONDS", 0.001)
    monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    seen = asyncio.Event()

    async def work(progress: Progress) -> None:
        progress.report({"completed": 1})
        await seen.wait()
        progress.report({"completed": 2})

    job_id = await start(database, jobs, actor, work)
    followed: list[JobRecord] = []
    async for record in jobs.follow(actor, job_id):
        followed.append(record)
        if record.progress == {"completed": 1}:
            seen.set()
    assert [record.sequence for record in followed] == sorted({record.sequence for record in followed})
    assert followed[-1].state == "succeeded"
    assert followed[-1].progress == {"completed": 2}
    assert followed[-1].finished_at is not None
    resumed = [record async for record in jobs.follow(actor, job_id, followed[-1].sequence - 1)]
    assert resumed == followed[-1:]


async def test_work_that_fails_says_why(database: Database, jobs: Jobs, actor: Actor) -> None:
    async def work(progress: Progress) -> None:
        raise UpstreamError("Ollama says no.", kind="server")

    record = await finish(jobs, actor, await start(database, jobs, actor, work))
    assert (record.state, record.error) == ("failed", "Ollama says no.")


async def test_a_bug_ends_the_job_without_its_details(database: Database, jobs: Jobs, actor: Actor) -> None:
    async def work(progress: Progress) -> None:
        raise ZeroDivisionError("a detail")

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    record = await finish(jobs, actor, await start(database, jobs, actor, work))
    assert record.state == "failed"
    assert "detail" not in (record.error or "")


async def test_closing_ends_what_runs_with_what_to_do(database: Database, jobs: Jobs, actor: Actor) -> None:
    begun, closed = asyncio.Event(), asyncio.Event()

    async def work(progress: Progress) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()

    job_id = await start(database, jobs, actor, work)
    await begun.wait()
    await jobs.close()
    assert closed.is_set()
    record = await jobs.get(actor, job_id)
    assert record.state == "failed"
    assert "Start it again" in (record.error or "")


async def test_a_job_is_its_makers_and_the_admins(database: Database, jobs: Jobs, actor: Actor) -> None:
    async def work(progress: Progress) -> None:
        return

    job_id = await start(database, jobs, actor, work)
    await jobs.wait(job_id)
    admin = Actor(user_id=new_id(), workspace_id=actor.workspace_id, role="admin")
    assert (await jobs.get(admin, job_id)).id == job_id
    for other in (
        Actor(user_id=new_id(), workspace_id=actor.workspace_id, role="member"),
        Actor(user_id=actor.user_id, workspace_id=new_id(), role="owner"),
    ):
        with pytest.raises(NotFound):
            await jobs.get(other, job_id)
