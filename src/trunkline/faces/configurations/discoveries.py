"""What is there already: keys in the server's environment, an Ollama on its machine."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from trunkline.control.record import Beside
from trunkline.faces.configurations.wire import ConfigurationResponse
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import RequestBody, ResponseBody
from trunkline.providers.registry import PROVIDERS

router = Router(prefix="/api/discoveries", tags=["Providers"])


class DiscoveryResponse(ResponseBody):
    """Something that a configuration can be made of. Of a key, its end alone is shown."""

    provider: str
    display_name: str
    env: str | None = Field(description="The variable of the server's environment that holds the key.")
    key_hint: str | None = Field(description="The key, masked.")
    base_url: str | None
    models: list[str] = Field(description="The models of a server on this machine; empty for others.")


class DiscoveryTakeOverRequest(RequestBody):
    """Which model the configuration calls. Unset: the first that was found."""

    example: ClassVar[dict[str, Any]] = {"model": "gpt-4o-mini"}

    model: str | None = Field(default=None, min_length=1, max_length=200)


@router.get("", dependencies=[allow("discoveries.use")])
async def list_discoveries(services: ServicesDep, actor: ActorDep) -> list[DiscoveryResponse]:
    """What is found now. For the administrator of the installation."""
    return [
        DiscoveryResponse.of(Beside(found, display_name=PROVIDERS[found.provider].display_name))
        for found in await services.discoveries.list(actor)
    ]


@router.post("/{name}", status_code=201, dependencies=[allow("discoveries.use")])
async def take_over_discovery(
    services: ServicesDep, actor: ActorDep, name: str, given: DiscoveryTakeOverRequest | None = None
) -> ConfigurationResponse:
    """Make a configuration of what was found of a provider, named like it. The key stays on the server."""
    model = given.model if given is not None else None
    return ConfigurationResponse.of(await services.discoveries.take_over(actor, name, model))
