"""Files that models are to read: kept by a provider, in the account of one configuration, and here for their maker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from trunkline.control.batches import anthropic_file_api, openai_file_api
from trunkline.control.batches.files import Files
from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, Forbidden, InvalidInput, NotFound, UpstreamError
from trunkline.gateway.batches.file_record import FileRecord
from trunkline.gateway.batches.vetting import Vetting
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import DEFAULT
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.providers.registry import PROVIDERS

_FIELD: Final = "x-trunkline-configuration"
_NAMED: Final = 3


class _FileApi(Protocol):
    """How one vendor keeps files."""

    async def upload_file(
        self,
        target: Target,
        parts: Iterable[bytes],
        *,
        name: str,
        purpose: str,
        lifetime: int | None = None,
        media_type: str = "",
    ) -> str: ...

    async def drop_file(self, target: Target, file_id: str) -> None: ...


_APIS: Final[Mapping[str, _FileApi]] = {
    "openai_chat": openai_file_api,
    "anthropic_messages": anthropic_file_api,
}
"""By the dialect of the provider."""


class ProviderFiles:
    """Sends and deletes them."""

    def __init__(self, files: Files, vetting: Vetting) -> None:
        self._files = files
        self._vetting = vetting

    async def send(self, actor: Actor, file_id: str, configuration: str | None) -> FileRecord:
        """Finish a file that was begun, by sending it on. Raises what :class:`.SendFile` says; then it is not kept."""
        begun = await self._files.find(actor, file_id, whole=False)
        try:
            candidate = self._choose(actor, configuration)
            if candidate is None:
                return await self._files.finish(actor, file_id)
            target = self._open(candidate)
            parts = [piece async for piece in self._files.read_pieces(file_id)]
            kept = await _APIS[target.provider.dialect].upload_file(
                target,
                parts,
                name=begun.name,
                purpose=begun.purpose,
                lifetime=begun.expires_at - begun.created_at,
                media_type=begun.media_type,
            )
        except BaseException:  # raised again; whatever it is, half a file is of no use
            await self._files.discard([file_id])
            raise
        return await self._files.finish(actor, file_id, sent=(candidate.entry.id, kept))

    async def forget(self, actor: Actor, file_id: str) -> None:
        """Have its provider delete it, where one has it. Raises UpstreamError where that did not work."""
        file = await self._files.find(actor, file_id)
        if file.configuration_id is None or file.provider_file_id is None:
            return
        try:
            target = self._vetting.open(self._vetting.find_configuration(actor, file.configuration_id))
            if _keeps_files(target):
                await _APIS[target.provider.dialect].drop_file(target, file.provider_file_id)
        except (NotFound, Forbidden, InvalidInput, CannotOpen):
            # Its configuration is gone, or leads elsewhere, and with it the key that could.
            return
        except UpstreamError as error:
            if error.kind != "not_found":
                raise

    def _choose(self, actor: Actor, configuration: str | None) -> Candidate | None:
        """None where nobody is sent the file."""
        if configuration is None:
            return self._find_default(actor)
        return self._find_unnamed(actor) if configuration == DEFAULT else self._find(actor, configuration)

    def _find_unnamed(self, actor: Actor) -> Candidate:
        """The default configuration, or where that keeps no files, the only one of OpenAI that does."""
        default = self._find_default(actor)
        if default is not None:
            return default
        fitting = [entry for entry in self._vetting.list_configurations(actor) if _is_openais(entry)]
        if len(fitting) == 1:
            return self._find(actor, fitting[0].id)
        names = ", ".join(repr(entry.name) for entry in fitting[:_NAMED])
        told = (
            f"There are several of OpenAI, such as {names}, and none of them is your default. Send this header with the"
            " name of one, or make it your default configuration."
            if fitting
            else "You have none of OpenAI, and your default one keeps no files. Add a configuration of OpenAI, or send"
            " this header with the name of one of Anthropic."
        )
        raise InvalidInput.of(_FIELD, f"must name the configuration whose provider is to have it. {told}")

    def _find_default(self, actor: Actor) -> Candidate | None:
        """The caller's default configuration; None where it is of no use for this."""
        try:
            found = self._vetting.find_configuration(actor, DEFAULT)
            return found if found.trial is None and _keeps_files(self._vetting.open(found)) else None
        except (NotFound, Forbidden, InvalidInput, CannotOpen):
            return None

    def _find(self, actor: Actor, name: str) -> Candidate:
        try:
            found = self._vetting.find_configuration(actor, name)
        except NotFound as error:
            raise InvalidInput.of(
                _FIELD, f"must name the configuration whose provider is to have it. {error.message}"
            ) from None
        if found.route is not None or found.trial is not None:
            raise InvalidInput.of(_FIELD, f"{name[:80]!r} is a route or has an experiment. Name one configuration.")
        return found

    def _open(self, candidate: Candidate) -> Target:
        target = self._vetting.open(candidate)
        if not _keeps_files(target):
            raise InvalidInput.of(
                _FIELD,
                f"{target.provider.display_name} keeps no files in this format. Name a configuration of OpenAI or"
                " Anthropic, or send what a model is to read in the request itself, such as OpenAI's file_data or"
                " image_url with a data: URL.",
            )
        return target


def _is_openais(entry: ConfigurationEntry) -> bool:
    provider = PROVIDERS.get(entry.provider)
    return (
        entry.trial is None
        and provider is not None
        and provider.dialect == "openai_chat"
        and provider.paths.files is not None
    )


def _keeps_files(target: Target) -> bool:
    return target.provider.dialect in _APIS and target.provider.paths.files is not None
