"""A provider that a package brings, and what must be true of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.outbound import Url
from trunkline.providers.custom_headers import check_custom_headers
from trunkline.providers.dialect_choice import DIALECTS
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.provider import Provider

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_OF_CLOUDS: Final = frozenset({"aws", "google-cloud"})
_NEUTRAL: Final = re.compile(r"(sampling|reasoning|extra|header|place|gateway)\..+|system|merge|headers", re.ASCII)
_PLACE: Final = "https://provider.example.com/v1"
"""Where a provider is that only the user knows, as far as checking goes."""


class ProviderExtension(msgspec.Struct, frozen=True, kw_only=True):
    """A provider. It speaks one of the dialects that Trunkline knows; what the row says is all that differs."""

    api: int
    """:data:`~trunkline.extensions.interface.API`, as the number that the package was written for."""
    provider: Provider

    @property
    def name(self) -> str:
        """By which it is chosen."""
        return self.provider.id

    def find_faults(self) -> list[str]:
        """Everything that is wrong with it, a sentence each; empty when nothing is."""
        if not isinstance(self.provider, Provider):  # pyright: ignore[reportUnnecessaryIsInstance] - code that is not ours
            return ["provider: must be a Provider of trunkline.extensions."]
        try:
            # What a program writes is not held to the types of its fields, as what is read is.
            provider = msgspec.convert(_as_read(self.provider), Provider)
        except msgspec.ValidationError as error:
            return [f"provider: {error}."]
        return [*_check_names(provider), *_check_place(provider), *_check_abilities(provider)]


def _as_read(provider: Provider) -> Any:
    return msgspec.to_builtins(provider)


def _check_names(provider: Provider) -> Iterator[str]:
    if _NAME.fullmatch(provider.id) is None:
        yield "id: must be 2 to 32 lower-case letters, digits and hyphens, a letter first."
    if not 1 <= len(provider.display_name.strip()) <= 60:
        yield "display_name: must have 1 to 60 characters."
    for name in provider.env:
        if _VARIABLE.fullmatch(name) is None or name.startswith("TRUNKLINE_"):
            yield f"env: {name!r} is not the name of an environment variable for a key. Write one like ACME_API_KEY."
    for field in ("docs_url", "key_url"):
        text = getattr(provider, field)
        if text and not text.startswith("https://"):
            yield f"{field}: must start with https://."
    if "" in provider.key_prefixes:
        yield "key_prefixes: an empty one fits every key. Leave it out."


def _check_place(provider: Provider) -> Iterator[str]:
    if provider.dialect not in DIALECTS:
        yield f"dialect: there is no {provider.dialect!r}. There are: {', '.join(sorted(DIALECTS))}."
        return
    if provider.in_process:
        yield "in_process: is for Trunkline's own demo. Leave it out."
    if provider.auth in _OF_CLOUDS or provider.dialect == "bedrock_converse":
        yield "auth: that of clouds, which signs each call, is only for the providers of Trunkline's own table."
        return
    if provider.base_url is None and not provider.requires_base_url:
        yield "base_url: is required, unless requires_base_url says that each configuration has its own."
        return
    if provider.base_url and provider.base_url.startswith("http://") and not provider.requires_base_url:
        yield "base_url: must start with https://, because keys are sent there."
    if errors := check_custom_headers(dict(provider.headers), "headers"):
        yield from (f"{error.field}: {error.message}" for error in errors)
        return
    try:
        Url.parse(re.sub(r"\{\w+\}", "x", provider.base_url or _PLACE))
        key = None if provider.auth == "none" else Secret("key")
        make_endpoint(provider, None if provider.base_url else _PLACE, key)
    except InvalidInput as error:
        yield error.message


def _check_abilities(provider: Provider) -> Iterator[str]:
    paths = msgspec.structs.asdict(provider.paths)
    for name, path in paths.items():
        if path is not None and not path.startswith("/"):
            yield f"paths.{name}: must start with /."
    needed = {ability: "models" if ability == "list_models" else ability for ability in provider.capabilities}
    for ability in sorted(needed):
        if needed[ability] in paths and paths[needed[ability]] is None:
            yield f"capabilities: {ability} needs paths.{needed[ability]}."
    seen: set[str] = set()
    for parameter in provider.parameters:
        if {parameter.name, *parameter.aliases} & seen:
            yield f"parameters: {parameter.name!r} is there twice."
        seen |= {parameter.name, *parameter.aliases}
        if _NEUTRAL.fullmatch(parameter.neutral) is None:
            yield f"parameters: {parameter.neutral!r}, the neutral of {parameter.name!r}, leads nowhere."
