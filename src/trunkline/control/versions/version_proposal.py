"""What a version is to become: a draft laid over what is stored, checked as the configuration that it makes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.control.configurations.borrowing import UpstreamSettings, find_version_upstream
from trunkline.control.configurations.common_settings import merge_settings, rename_settings
from trunkline.control.configurations.configuration import choose
from trunkline.control.configurations.json_limits import find_json_problem
from trunkline.control.configurations.proposal import MODEL_LIMIT, OutputLimit
from trunkline.control.versions.version import VersionDraft
from trunkline.core.chat import JsonObject
from trunkline.core.errors import FieldError, InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.providers.validation import validate
from trunkline.storage.tables import Configuration, ConfigurationVersion

VERSION_LIMIT: Final = 64
LABEL_LIMIT: Final = 255


class VersionProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A checked state, all but its share."""

    version: str
    label: str
    provider: Provider
    model: str
    parameters: JsonObject
    is_active: bool


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a version is checked in: its configuration, how that one is reached, and who lends keys."""

    parent: Configuration
    upstream: UpstreamSettings
    lenders: Sequence[Configuration]
    output_limit: OutputLimit


def propose_version(draft: VersionDraft, present: ConfigurationVersion | None, around: Surroundings) -> VersionProposal:
    """Lay ``draft`` over ``present`` and check the whole. Raises InvalidInput that names every wrong field."""
    errors: list[FieldError] = []
    parent = around.parent
    if draft.application_id is not msgspec.UNSET and draft.application_id != parent.application_id:
        errors.append(FieldError("applicationId", "is not that of the configuration: leave it out."))
    version = _read_text(errors, "version", choose(draft.version, present.version if present else ""), VERSION_LIMIT)
    label = choose(draft.label, present.label if present else "").strip()
    if label:
        label = _read_text(errors, "label", label, LABEL_LIMIT)
    above = present or parent
    model = _read_text(errors, "modelId", choose(draft.model, above.model or ""), MODEL_LIMIT)
    try:
        provider = find(choose(draft.provider, above.provider))
    except NotFound as error:
        raise InvalidInput.of_all((*errors, FieldError("provider", error.message))) from error
    kept = present.parameters if present else {}
    parameters = merge_settings(above.provider, provider, kept, choose(draft.settings, {}))
    errors += _check_settings(provider, model, parameters, around)
    if errors:
        raise InvalidInput.of_all(tuple(dict.fromkeys(errors)))
    return VersionProposal(
        version=version,
        label=label,
        provider=provider,
        model=model,
        parameters=parameters,
        is_active=choose(draft.is_active, present.is_active if present else True),
    )


def _check_settings(provider: Provider, model: str, parameters: JsonObject, around: Surroundings) -> list[FieldError]:
    errors = [
        FieldError(f"settings.{name[:100]}", problem)
        for name, value in parameters.items()
        if (problem := find_json_problem(value)) is not None
    ]
    limit = around.output_limit(provider, model)
    errors += validate(provider, parameters, model=model, max_output=limit, root="settings")
    errors = rename_settings(provider, errors)
    if errors:
        return errors
    upstream = find_version_upstream(provider.id, parameters, around.parent, around.upstream, around.lenders)
    try:
        make_endpoint(provider, upstream.base_url, Secret("stored"), {}, upstream.parameters)
    except InvalidInput as error:
        # A version has no address of its own: it is its configuration's, or comes with the key that it borrows.
        name = provider.display_name
        why = f"{name} cannot be reached ({error.message.removesuffix('.')})"
        return [FieldError("provider", f"{why}: share a configuration of {name} with the workspace first.")]
    return []


def _read_text(errors: list[FieldError], field: str, value: str, limit: int) -> str:
    text = value.strip()
    if not text:
        errors.append(FieldError(field, "is required."))
    elif len(text) > limit:
        errors.append(FieldError(field, f"has at most {limit} characters; has {len(text)}."))
    elif not text.isprintable():
        errors.append(FieldError(field, "holds a line break or another character that cannot be shown."))
    return text
