"""Following the download of a model by the events of its job."""

from __future__ import annotations

import msgspec
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from trunkline.cli.api import Api, find_path
from trunkline.cli.output import clean, make_console
from trunkline.core.errors import TrunklineError, Unavailable
from trunkline.dialects.sse import EventReader, ServerEvent


class Started(msgspec.Struct, rename="camel"):
    """That the download has begun."""

    job_id: str


class Step(msgspec.Struct):
    """How far it is, in bytes of the part that is being downloaded; None where that is not known."""

    status: str = ""
    completed: int | None = None
    total: int | None = None


class Job(msgspec.Struct):
    """A job, as far as it is shown."""

    state: str
    progress: Step
    error: str | None


async def follow_pull(api: Api, configuration_id: str, model: str, *, quiet: bool) -> bytes:
    """Start the download of ``model`` and show it until it ends. Gives the job's JSON; raises when it failed."""
    path = find_path("configurations", configuration_id, "models", "pull")
    started = msgspec.json.decode(await api.ask("POST", path, body={"model": model}), type=Started)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = make_console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(clean(model), total=None)
        events = await api.open("GET", find_path("jobs", started.job_id, "events"))
        reader = EventReader()
        while piece := await events.next_chunk():
            for event in reader.feed(piece):
                job = _read(event)
                step = job.progress
                progress.update(
                    task, description=clean(step.status or model), completed=step.completed or 0, total=step.total
                )
                if event.name == "done":
                    if job.state != "succeeded":
                        raise TrunklineError(job.error or f"The download ended as {job.state}.")
                    return event.data
    raise Unavailable("The connection to the server ended. Ask again: what is downloaded already is kept.")


def _read(event: ServerEvent) -> Job:
    if event.name == "error":
        raise TrunklineError(event.data.decode("utf-8", "replace"))
    return msgspec.json.decode(event.data, type=Job)
