"""Commands of one person at a live server, as a test gives them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import Person
from trunkline.cli.api import Api, make_client
from trunkline.cli.apply import resolve_all, run
from trunkline.cli.credential import ApiKey
from trunkline.cli.declared.document import read_document
from trunkline.cli.declared.plan import Plan, make_plan
from trunkline.cli.declared.server_state import open_workspace, read_state
from trunkline.cli.export import write
from trunkline.core.secret import Secret
from trunkline.outbound import Url


class Desk:
    """Applies and exports; ``environment`` is that of the commands."""

    def __init__(self, api: Api, environment: Mapping[str, str]) -> None:
        self.api = api
        self.environment = environment

    async def apply(self, text: str, prune: list[str] | None = None, **options: Any) -> bool:
        document = read_document("trunkline.yaml", text.encode())
        secrets = resolve_all(document, self.environment, Path())
        return await run(self.api, document, secrets, prune or [], yes=True, **options)

    async def plan(self, text: str, prune: list[str] | None = None) -> Plan:
        document = read_document("trunkline.yaml", text.encode())
        there, me, workspace = await open_workspace(self.api, document.workspace)
        secrets = resolve_all(document, self.environment, Path())
        return make_plan(
            document, await read_state(there, me, workspace, document.sections | set(prune or [])), secrets, prune or []
        )

    async def export(self) -> str:
        return (await write(self.api, None)).text


@asynccontextmanager
async def open_desk(
    live: LiveServer, person: Person, environment: Mapping[str, str] | None = None, workspace: str | None = None
) -> AsyncIterator[Desk]:
    """A desk whose commands sign in as ``person``."""
    url = Url.parse(live.url)
    client = make_client(url)
    try:
        yield Desk(Api(url, client, ApiKey(Secret(person.access_token)), workspace), environment or {})
    finally:
        await client.close()
