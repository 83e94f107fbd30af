"""Configurations in the database."""

from __future__ import annotations

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Application, ApplicationConfiguration, Configuration, Workspace


async def insert(tx: Transaction, configuration: Configuration) -> None:
    """Store a new one. Raises Conflict when its owner already has one of that name in the workspace."""
    tx.add(configuration)
    await save(tx, configuration)


async def save(tx: Transaction, configuration: Configuration) -> None:
    """Write what was changed on a row of this transaction. Raises Conflict for a name that is taken."""
    name = configuration.name
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(_taken(name), code="duplicate_name") from error


async def find(
    tx: Transaction, workspace_id: str, configuration_id: str, *, lock: bool = False
) -> Configuration | None:
    """The configuration of that id in the workspace. ``lock`` keeps other writers away from it until the end."""
    query = select(Configuration).where(
        Configuration.id == configuration_id, Configuration.workspace_id == workspace_id
    )
    return await tx.scalar(query.with_for_update() if lock else query)


async def require_free_name(
    tx: Transaction, workspace_id: str, user_id: str, name: str, *, besides: str | None = None
) -> None:
    """Raise Conflict when the user has another configuration of that name in the workspace."""
    query = select(Configuration.id).where(
        Configuration.workspace_id == workspace_id, Configuration.user_id == user_id, Configuration.name == name
    )
    found = await tx.scalar(query)
    if found is not None and found != besides:
        raise Conflict(_taken(name), code="duplicate_name")


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
    if application_id is not None:
        visible = or_(
            Configuration.application_id == application_id,
            and_(Configuration.is_shared, Configuration.application_id.is_(None)),
        )
    else:
        visible = or_(Configuration.is_shared, Configuration.user_id == user_id)
    query = select(Configuration).where(Configuration.workspace_id == workspace_id, visible)
    if provider is not None:
        query = query.where(Configuration.provider == provider)
    if is_active is not None:
        query = query.where(Configuration.is_active == is_active)
    if after is not None:
        query = query.where(Configuration.id < after)
    return list(await tx.scalars(query.order_by(Configuration.id.desc()).limit(limit)))


async def find_uses(tx: Transaction, configuration: Configuration) -> list[str]:
    """What stands in the way of deleting it, in words: a default of the workspace or of applications, associations."""
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
    return uses


async def remove(tx: Transaction, configuration: Configuration) -> None:
    """Delete it. Its history and its usage stay; its credential is erased apart (see ``storage.credentials``)."""
    await tx.execute(
        delete(Configuration).where(
            Configuration.id == configuration.id, Configuration.workspace_id == configuration.workspace_id
        )
    )


def _taken(name: str) -> str:
    return f"You already have a configuration named {name!r} in this workspace. Choose another name."
