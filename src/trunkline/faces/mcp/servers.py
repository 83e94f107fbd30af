"""``/api/mcp-servers``: the MCP servers that the workspace reaches through the gateway."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.mcp.server_wire import (
    McpServerCreateRequest,
    McpServerResponse,
    McpServerTestResponse,
    McpServerUpdateRequest,
)

router = Router(prefix="/api/mcp-servers", tags=["MCP"])


@router.get("", dependencies=[allow("mcp_servers.read")])
async def list_mcp_servers(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[McpServerResponse]:
    """The workspace's MCP servers, the newest first."""
    found = await services.mcp_servers.list(actor, page)
    link_next(request, response, found)
    return [McpServerResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("mcp_servers.change")])
async def create_mcp_server(
    services: ServicesDep, given: McpServerCreateRequest, actor: ActorDep, response: Response
) -> McpServerResponse:
    """Register an MCP server. Clients reach it at `/mcp/<name>`."""
    record = await services.mcp_servers.create(actor, given.read())
    response.headers["Location"] = f"/api/mcp-servers/{record.id}"
    response.headers["ETag"] = write_etag(record.revision)
    return McpServerResponse.of(record)


@router.get("/{mcp_server_id}", dependencies=[allow("mcp_servers.read")])
async def get_mcp_server(
    services: ServicesDep, mcp_server_id: PathId, actor: ActorDep, response: Response
) -> McpServerResponse:
    """One MCP server."""
    record = await services.mcp_servers.get(actor, mcp_server_id)
    response.headers["ETag"] = write_etag(record.revision)
    return McpServerResponse.of(record)


@router.put("/{mcp_server_id}", dependencies=[allow("mcp_servers.change")])
async def update_mcp_server(
    services: ServicesDep,
    mcp_server_id: PathId,
    given: McpServerUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> McpServerResponse:
    """Change any part of an MCP server. `tools` and `keys` replace the whole list; `null` lets all in."""
    record = await services.mcp_servers.update(actor, mcp_server_id, given.read(), if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return McpServerResponse.of(record)


@router.delete("/{mcp_server_id}", dependencies=[allow("mcp_servers.change")])
async def delete_mcp_server(
    services: ServicesDep, mcp_server_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete an MCP server. Nobody reaches it here any more."""
    await services.mcp_servers.delete(actor, mcp_server_id, if_revision=if_match)
    return SuccessResponse()


@router.post("/{mcp_server_id}/test", dependencies=[allow("mcp_servers.change")])
async def test_mcp_server(services: ServicesDep, mcp_server_id: PathId, actor: ActorDep) -> McpServerTestResponse:
    """Ask an MCP server for its tools. The answer lists them, or says what is wrong."""
    return McpServerTestResponse.of(await services.mcp_servers.test(actor, mcp_server_id))
