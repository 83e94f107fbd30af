"""Telling the server what a file declares, so that its console shows what is kept in git and what was changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from trunkline.cli.api import Api, find_path
from trunkline.cli.declared.plan import Plan
from trunkline.cli.output import note
from trunkline.core.errors import Conflict, Forbidden, NotFound

_LONGEST: Final = 255


async def declare(api: Api, workspace_id: str, name: str, plan: Plan) -> None:
    """Say that the things of ``plan`` that are there are those of the file called ``name``, as they are now.

    The workspace is as the file says already: who may not say so, or has an older server, is only told.
    """
    # Where the file lies on this machine is nobody's business: a path from the root is cut to its name.
    source = (Path(name).name if Path(name).is_absolute() else name)[-_LONGEST:]
    objects: list[dict[str, Any]] = [
        {"section": one.kind.section, "id": one.id, "revision": standing}
        for one in plan.there
        if not one.kind.single and (standing := _stand(one.revision, one.changed_at))
    ]
    path = find_path("/api/workspaces", workspace_id, "declared")
    try:
        await api.ask("PUT", path, body={"source": source, "objects": objects})
    except (Conflict, Forbidden, NotFound) as refusal:
        note(f"The console does not show what {source} declares: {refusal.message}")


def _stand(revision: int | None, changed_at: str) -> str:
    return changed_at if revision is None else str(revision)
