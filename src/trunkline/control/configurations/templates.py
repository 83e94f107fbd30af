"""Templates: presets of settings for a provider, those that come with Trunkline and users' own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, cut_page
from trunkline.control.record import read_record
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import FieldError, Forbidden, InvalidInput, NotFound
from trunkline.core.ids import new_id
from trunkline.providers import templates as built_in
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS, find
from trunkline.providers.validation import validate
from trunkline.storage import templates as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import ProviderTemplate, now

NAME_LIMIT: Final = 255
DESCRIPTION_LIMIT: Final = 2000
OWN_LIMIT: Final = 200
"""Templates of one user for one provider."""

_RELEASED: Final = datetime(2025, 1, 1, tzinfo=UTC)
"""What built-in templates say of when they were made."""


class TemplateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A template as people see it; ``built_in`` ones belong to nobody and cannot be deleted.

    ``model`` is the one that it is for; None: any of the provider's.
    """

    id: str
    provider: str
    model: str | None
    name: str
    description: str
    configuration: JsonObject
    is_default: bool
    built_in: bool
    created_at: datetime


class Templates:
    """Lists, makes and deletes them. A user's own are theirs alone, in one workspace."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def list(self, actor: Actor, provider_name: str, page: PageRequest | None = None) -> Page[TemplateRecord]:
        """The actor's own, the newest first, then the built-in ones. At most one is the default: an own one wins."""
        access.check(actor, "providers.read")
        provider = find(provider_name)
        async with self._database.read() as tx:
            own = [_show(row) for row in await rows.list_own(tx, actor.workspace_id, actor.user_id, provider.id)]
        chosen = any(template.is_default for template in own)
        every = own + [_show_built_in(template, chosen) for template in built_in.templates(provider)]
        return cut_page(every, page, lambda template: template.id)

    async def search(self, actor: Actor, words: str, page: PageRequest | None = None) -> Page[TemplateRecord]:
        """Those of every provider whose name, model or provider has each of ``words``: the actor's own first."""
        access.check(actor, "providers.read")
        async with self._database.read() as tx:
            found = [_show(row) for row in await rows.list_own(tx, actor.workspace_id, actor.user_id)]
        chosen = {template.provider for template in found if template.is_default}
        for provider in PROVIDERS.values():
            found += [_show_built_in(one, provider.id in chosen) for one in built_in.templates(provider)]
        wanted = words.lower().split()
        fitting = [template for template in found if all(word in _text_of(template) for word in wanted)]
        return cut_page(fitting, page, lambda template: f"{template.provider}/{template.id}")

    async def create(
        self,
        actor: Actor,
        provider_name: str,
        *,
        name: str,
        description: str,
        configuration: JsonObject,
        is_default: bool,
    ) -> TemplateRecord:
        """A new one. Raises InvalidInput for settings that the provider does not have, and for secrets; Conflict for a
        name that the actor has already.
        """
        access.check(actor, "templates.change")
        provider = find(provider_name)
        _check(provider, name, description, configuration)
        row = ProviderTemplate(
            id=new_id(),
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            provider=provider.id,
            name=name.strip(),
            description=description,
            configuration=configuration,
            is_default=is_default,
            created_at=now(),
        )
        async with self._database.write() as tx:
            if len(await rows.list_own(tx, actor.workspace_id, actor.user_id, provider.id)) >= OWN_LIMIT:
                raise InvalidInput(f"You have {OWN_LIMIT} templates for {provider.display_name}: delete one first.")
            await rows.insert(tx, row)
            await self._audit.record(
                tx,
                actor,
                "templates.create",
                target=("template", row.id),
                after={"provider": provider.id, "name": row.name, "configuration": configuration},
            )
        return _show(row)

    async def delete(self, actor: Actor, provider_name: str, template_id: str) -> None:
        """Delete an own one. Raises NotFound, and Forbidden for a built-in one."""
        access.check(actor, "templates.change")
        provider = find(provider_name)
        if any(template.id == template_id for template in built_in.templates(provider)):
            raise Forbidden("This template comes with Trunkline and stays. Set another one as your default instead.")
        async with self._database.write() as tx:
            row = await rows.find_own(tx, actor.workspace_id, actor.user_id, provider.id, template_id)
            if row is None:
                raise NotFound("There is no such template.", code="template_not_found")
            await rows.remove(tx, row)
            await self._audit.record(
                tx,
                actor,
                "templates.delete",
                target=("template", template_id),
                before={"provider": provider.id, "name": row.name},
            )


def _check(provider: Provider, name: str, description: str, configuration: JsonObject) -> None:
    errors: list[FieldError] = []
    if not name.strip():
        errors.append(FieldError("name", "is required."))
    elif len(name.strip()) > NAME_LIMIT:
        errors.append(FieldError("name", f"has at most {NAME_LIMIT} characters."))
    if len(description) > DESCRIPTION_LIMIT:
        errors.append(FieldError("description", f"has at most {DESCRIPTION_LIMIT} characters."))
    if "headers" in configuration:
        # Their values are secrets, and a template is plain.
        errors.append(FieldError("configuration.headers", "belong to a configuration: leave them out of a template."))
    errors += validate(provider, {k: v for k, v in configuration.items() if k != "headers"}, model=None)
    if errors:
        raise InvalidInput.of_all(tuple(errors))


def _text_of(template: TemplateRecord) -> str:
    """What a search looks through."""
    return " ".join((template.name, template.model or "", template.provider)).lower()


def _show(row: ProviderTemplate) -> TemplateRecord:
    return read_record(TemplateRecord, row, model=None, built_in=False)


def _show_built_in(template: built_in.Template, chosen: bool) -> TemplateRecord:
    return read_record(
        TemplateRecord,
        template,
        is_default=template.is_default and not chosen,
        built_in=True,
        created_at=_RELEASED,
    )
