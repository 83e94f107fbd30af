"""Configurations in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.core.health import Health
from trunkline.storage import features, limits, routes
from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    Application,
    ApplicationConfiguration,
    Configuration,
    ConfigurationHealth,
    Workspace,
)


async def insert(tx: Transaction, configuration: Configuration) -> None:
    """Store a new one, of whose health nothing is known.

    Raises Conflict when its owner already has one of that name in the workspace.
    """
    tx.add(configuration)
    await save(tx, configuration)
    nothing = Health(revision=configuration.revision)
    tx.add(ConfigurationHealth(configuration_id=configuration.id, changed_at=0, **msgspec.structs.asdict(nothing)))
    await tx.flush()


async def save(tx: Transaction, configuration: Configuration) -> None:
    """Write what was changed on a row of this transaction. Raises Conflict for a name that is taken."""
    name, application_id = configuration.name, configuration.application_id
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(_taken(name, application_id), code="duplicate_name") from error


async def find(
    tx: Transaction, workspace_id: str, configuration_id: str, *, lock: bool = False
) -> Configuration | None:
    """The configuration of that id in the workspace. ``lock`` keeps other writers away from it until the end, and reads
    it as it is then, whatever this transaction has seen of it before.
    """
    query = select(Configuration).where(
        Configuration.id == configuration_id, Configuration.workspace_id == workspace_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await tx.scalar(query)


async def find_many(
    tx: Transaction, workspace_id: str, ids: Iterable[str], *, lock: bool = False
) -> dict[str, Configuration]:
    """Those of the workspace that have one of ``ids``, by id.

    ``lock`` keeps other writers away until the end. It goes in the order of the ids, so that two who want the same ones
    cannot wait for each other.
    """
    query = select(Configuration).where(Configuration.workspace_id == workspace_id, Configuration.id.in_(list(ids)))
    query = query.order_by(Configuration.id)
    return {row.id: row for row in await tx.scalars(query.with_for_update() if lock else query)}


async def find_names(tx: Transaction, workspace_id: str, user_id: str) -> set[str]:
    """The names that the user's configurations in the workspace have."""
    query = select(Configuration.name).where(
        Configuration.workspace_id == workspace_id, Configuration.user_id == user_id
    )
    return set(await tx.scalars(query))


async def require_free_name(
    tx: Transaction,
    workspace_id: str,
    user_id: str,
    name: str,
    *,
    application_id: str | None = None,
    besides: str | None = None,
) -> None:
    """Raise Conflict when the user has another configuration of that name in the workspace, or in the application."""
    query = select(Configuration.id).where(
        Configuration.workspace_id == workspace_id,
        Configuration.user_id == user_id,
        Configuration.application_id.is_not_distinct_from(application_id),
        Configuration.name == name,
    )
    found = await tx.scalar(query)
    if found is not None and found != besides:
        raise Conflict(_taken(name, application_id), code="duplicate_name")


async def list_visible(
    tx: Transaction,
    workspace_id: str,
    *,
    user_id: str,
    application_id: str | None = None,
    provider: str | None = None,
    is_active: bool | None = None,
    after: str | None = None,
    limit: int,
) -> list[Configuration]:
    """The newest first, of those that :func:`trunkline.core.access.may_see` allows; ``after`` is the last id of a page.

    With ``application_id``: what the key of that application sees; else what the user sees. Ids grow with time.
    """
    query = select(Configuration).where(Configuration.workspace_id == workspace_id, seen_by(user_id, application_id))
    if provider is not None:
        query = query.where(Configuration.provider == provider)
    if is_active is not None:
        query = query.where(Configuration.is_active == is_active)
    if after is not None:
        query = query.where(Configuration.id < after)
    return list(await tx.scalars(query.order_by(Configuration.id.desc()).limit(limit)))


class Named(NamedTuple):
    """What tells a configuration from others."""

    id: str
    user_id: str
    application_id: str | None
    name: str
    provider: str
    model: str | None
    is_active: bool
    shared: bool
    lender_id: str | None
    revision: int


async def list_named(tx: Transaction, workspace_id: str, *, user_id: str, application_id: str | None) -> list[Named]:
    """All that :func:`list_visible` lists, in its order, without what takes long to read."""
    query = (
        select(
            Configuration.id,
            Configuration.user_id,
            Configuration.application_id,
            Configuration.name,
            Configuration.provider,
            Configuration.model,
            Configuration.is_active,
            Configuration.is_shared,
            Configuration.lender_id,
            Configuration.revision,
        )
        .where(Configuration.workspace_id == workspace_id, seen_by(user_id, application_id))
        .order_by(Configuration.id.desc())
    )
    return [Named(*row) for row in await tx.execute(query)]


async def count_visible(tx: Transaction, workspace_id: str, *, user_id: str, application_id: str | None) -> int:
    """How many :func:`list_visible` lists in all."""
    query = select(func.count()).select_from(Configuration)
    query = query.where(Configuration.workspace_id == workspace_id, seen_by(user_id, application_id))
    return await tx.scalar(query) or 0


def seen_by(user_id: str, application_id: str | None) -> ColumnElement[bool]:
    """What :func:`trunkline.core.access.may_see` allows of a workspace: the key of an application, else the user."""
    if application_id is None:
        return or_(Configuration.is_shared, Configuration.user_id == user_id)
    return or_(
        Configuration.application_id == application_id,
        and_(Configuration.is_shared, Configuration.application_id.is_(None)),
    )


async def list_active(tx: Transaction, workspace_id: str, *, besides: str) -> list[Configuration]:
    """All that may serve a call in the workspace, whoever sees them, but for one."""
    query = select(Configuration).where(
        Configuration.workspace_id == workspace_id, Configuration.is_active, Configuration.id != besides
    )
    return list(await tx.scalars(query))


async def list_of_application(
    tx: Transaction,
    workspace_id: str,
    application_id: str,
    *,
    user_id: str | None,
    after: str | None = None,
    limit: int,
) -> list[Configuration]:
    """The application's own, the oldest first; for a user those that are shared or theirs. ``after`` is an id."""
    query = select(Configuration).where(
        Configuration.workspace_id == workspace_id, Configuration.application_id == application_id
    )
    if user_id is not None:
        query = query.where(or_(Configuration.is_shared, Configuration.user_id == user_id))
    if after is not None:
        query = query.where(Configuration.id > after)
    return list(await tx.scalars(query.order_by(Configuration.id).limit(limit)))


async def list_lenders(tx: Transaction, workspace_id: str, provider: str | None = None) -> list[Configuration]:
    """The workspace's configurations that have a credential of their own, of all or one provider, the oldest first."""
    query = select(Configuration).where(
        Configuration.workspace_id == workspace_id, Configuration.credential_id.is_not(None)
    )
    if provider is not None:
        query = query.where(Configuration.provider == provider)
    return list(await tx.scalars(query.order_by(Configuration.created_at, Configuration.id)))


async def find_borrowers(tx: Transaction, configuration: Configuration) -> list[str]:
    """Who has been lent its credential by name, in words; a private configuration of another user stays unnamed."""
    if configuration.credential_id is None:
        return []
    rows = await tx.scalars(
        select(Configuration)
        .where(
            Configuration.workspace_id == configuration.workspace_id,
            Configuration.lender_id == configuration.credential_id,
        )
        .order_by(Configuration.id)
    )
    return [_name_borrower(row, configuration.user_id) for row in rows]


async def find_uses(tx: Transaction, configuration: Configuration) -> list[str]:
    """What stands in the way of deleting it, in words: defaults of the workspace and of applications, associations,
    routes, borrowers of its credential, features.
    """
    uses: list[str] = []
    workspace = await tx.scalar(
        select(Workspace.name).where(
            Workspace.id == configuration.workspace_id, Workspace.default_configuration_id == configuration.id
        )
    )
    if workspace is not None:
        uses.append(f"it is the default of the workspace {workspace!r}")
    defaults = await tx.scalars(
        select(Application.name).where(
            Application.workspace_id == configuration.workspace_id,
            Application.default_configuration_id == configuration.id,
        )
    )
    uses += [f"it is the default of the application {name!r}" for name in defaults]
    associated = await tx.scalars(
        select(Application.name)
        .join(ApplicationConfiguration, ApplicationConfiguration.application_id == Application.id)
        .where(
            ApplicationConfiguration.configuration_id == configuration.id,
            Application.workspace_id == configuration.workspace_id,
            or_(
                Application.default_configuration_id.is_(None),
                Application.default_configuration_id != configuration.id,
            ),
        )
    )
    uses += [f"the application {name!r} uses it" for name in associated]
    uses += [f"the route {name!r} leads to it" for name in await routes.find_names_using(tx, configuration)]
    uses += await find_borrowers(tx, configuration)
    if configuration.is_shared:
        # A route of the same name is what a feature means by it.
        named = await features.find_route(tx, configuration.workspace_id, configuration.name) is None
        names = (configuration.id, configuration.name) if named else (configuration.id,)
        slugs = await features.find_targeting(tx, configuration.workspace_id, names)
        uses += [f"the feature {slug!r} uses it" for slug in slugs]
    return uses


async def find_uses_of_application(tx: Transaction, application: Application, user_id: str) -> list[str]:
    """What else needs configurations of an application, in words: routes, and borrowers of their credentials.

    A private borrower that is not that user's stays unnamed.
    """
    own = Configuration.application_id == application.id
    uses = [
        f"the route {name!r} leads to one"
        for name in await routes.find_names_into(tx, application.workspace_id, application.id)
    ]
    borrowers = await tx.scalars(
        select(Configuration)
        .where(
            Configuration.workspace_id == application.workspace_id,
            Configuration.application_id.is_distinct_from(application.id),
            Configuration.lender_id.in_(select(Configuration.credential_id).where(own)),
        )
        .order_by(Configuration.id)
    )
    return uses + [_name_borrower(row, user_id) for row in borrowers]


async def remove(tx: Transaction, configuration: Configuration) -> None:
    """Delete it. Its history and its usage stay; its credential is erased apart (see ``storage.credentials``)."""
    await limits.remove_of(tx, configuration.workspace_id, "configuration", configuration.id)
    await tx.execute(
        delete(Configuration).where(
            Configuration.id == configuration.id, Configuration.workspace_id == configuration.workspace_id
        )
    )


def _name_borrower(row: Configuration, user_id: str) -> str:
    if row.is_shared or row.user_id == user_id:
        return f"the configuration {row.name!r} borrows its key"
    return "a private configuration of another user borrows its key"


def _taken(name: str, application_id: str | None) -> str:
    where = "workspace" if application_id is None else "application"
    return f"You already have a configuration named {name!r} in this {where}. Choose another name."
