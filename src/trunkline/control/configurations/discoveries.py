"""Configurations of what is there already: keys in the server's environment, an Ollama on its machine."""

from __future__ import annotations

from collections.abc import Mapping

from trunkline.control.configurations.configuration import ConfigurationRecord, Draft
from trunkline.control.configurations.configurations import Configurations
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound
from trunkline.core.secret import Secret
from trunkline.outbound.transport import Transport
from trunkline.providers.discovery import Discovered, discover
from trunkline.providers.registry import PROVIDERS


class Discoveries:
    """Finds them, and makes configurations of them. For the administrator of the installation: the keys are its own."""

    def __init__(self, configurations: Configurations, environ: Mapping[str, str], transport: Transport) -> None:
        self._configurations = configurations
        self._environ = environ
        self._transport = transport

    async def list(self, actor: Actor) -> list[Discovered]:
        """What is found now, in the order of the providers."""
        access.check(actor, "discoveries.use")
        return await discover(self._environ, self._transport)

    async def take_over(self, actor: Actor, provider: str, model: str | None = None) -> ConfigurationRecord:
        """Make a configuration of what was found of ``provider``, named like it, with the key that stands there.

        ``model`` unset: the first that it has. Raises NotFound where nothing is found, and what making a configuration
        does.
        """
        found = next((each for each in await self.list(actor) if each.provider == provider), None)
        if found is None:
            raise NotFound(
                f"Nothing of the provider {provider!r} is found in the server's environment or on its machine."
            )
        models = found.models or PROVIDERS[provider].example_models
        return await self._configurations.create(
            actor,
            Draft(
                name=provider,
                provider=provider,
                model=model or next(iter(models), None),
                api_key=Secret(self._environ[found.env].strip()) if found.env is not None else None,
                base_url=found.base_url,
                reason=f"Taken over from {found.env or found.base_url}.",
            ),
        )
