"""What can serve a model of a document, and why one cannot be served. Pure: rows in, words out."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import write_origin
from trunkline.providers.provider import Capability, Provider
from trunkline.providers.registry import find
from trunkline.storage.model_documents import Entry
from trunkline.storage.tables import Configuration

_NEEDS: Final[dict[str, Capability]] = {"chat": "chat", "embedding": "embeddings", "image": "images"}
_WORDS: Final = {"chat": "chats", "completion": "completions", "embedding": "embeddings", "image": "images"}
_SEAL: Final = "send it as apiKeyEncrypted, sealed with the key of GET /api/encryption-key"
_ELSEWHERE: Final = "make a configuration of it (POST /api/configurations) and call that by its name."


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """Who serves a model: the provider, the base URL to save (None: the provider's own), and the origin of it."""

    provider: Provider
    base_url: str | None
    origin: str

    def write_parameters(self, system_prompt: str) -> JsonObject:
        """The document's system prompt as a setting of this provider; None, which takes it away, where it is blank."""
        names = (parameter.name for parameter in self.provider.parameters if parameter.neutral == "system")
        return {name: system_prompt if system_prompt.strip() else None for name in names}


class Identity(msgspec.Struct, frozen=True):
    """What makes two models of a document the same: provider, in whatever spelling, type and model."""

    provider: str
    type: str
    model: str


def identify(provider: str, kind: str, model: str) -> Identity:
    """The identity of a model that is written so."""
    try:
        name = find(provider).id
    except NotFound:
        name = " ".join(provider.split()).casefold()
    return Identity(name, kind, model.strip())


def choose(provider: str, kind: str) -> Serving | str:
    """Who serves models of that type under that name of a provider; else why nobody does."""
    try:
        row = find(provider)
    except NotFound as error:
        return error.message
    if row.paths.completions is None if kind == "completion" else _NEEDS[kind] not in row.capabilities:
        return f"{row.display_name} has no {_WORDS[kind]} through Trunkline: choose another type or provider."
    # Where the place is the user's to say, a document cannot say it: what the row proposes is taken.
    base_url = row.base_url if row.requires_base_url else None
    try:
        origin = write_origin(read_base_url(row, base_url, {}).origin)
    except InvalidInput as error:
        names = ", ".join(field.field.removeprefix("configuration.") for field in error.fields)
        return f"{row.display_name} needs settings that this document has no field for ({names}): {_ELSEWHERE}"
    return Serving(provider=row, base_url=base_url, origin=origin)


def still_serves(entry: Entry, configuration: Configuration) -> bool:
    """Whether a model's configuration is of that model still: it may be changed and given another on other faces."""
    of_it = identify(configuration.provider, entry.type, configuration.model or "")
    return of_it == identify(entry.provider, entry.type, entry.model)


def explain(entry: Entry, configuration: Configuration | None) -> str | None:
    """Why calls do not reach the model, and what to do; None: they do, through ``configuration``."""
    if configuration is not None:
        if not still_serves(entry, configuration):
            return (
                f"Its configuration {configuration.name!r} was changed and serves {configuration.model or 'any model'}"
                f" of {configuration.provider} now: save the document again to get a new one."
            )
        if not configuration.is_active:
            return f"Its configuration {configuration.name!r} is switched off: switch it on again."
        return None
    serving = choose(entry.provider, entry.type)
    if isinstance(serving, str):
        return serving
    name = serving.provider.display_name
    if entry.credential_id is None:
        if serving.provider.requires_api_key:
            return f"{name} needs a key: {_SEAL}."
        return "Its configuration was deleted: save the document again to get a new one."
    if entry.is_sealed:
        return "Its configuration was deleted or changed: save the document again, with the key sealed anew."
    if serving.provider.auth == "none":
        return f"Its key is encrypted in a way that only you can undo, and {name} takes none: send null."
    return f"Its key is encrypted in a way that only you can undo: {_SEAL}."
