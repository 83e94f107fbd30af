"""Applications' rows, and which configurations they use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select, union_all
from sqlalchemy.exc import IntegrityError

from trunkline.storage import limits
from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    ApiKey,
    Application,
    ApplicationConfiguration,
    Configuration,
    Conversation,
    Credential,
    Picture,
    Revision,
)


async def insert(tx: Transaction, application: Application) -> Application:
    """Add an application; its id is set afterwards."""
    tx.add(application)
    await tx.flush()
    return application


async def insert_if_free(tx: Transaction, application: Application) -> bool:
    """Add an application under an id of its own. False: another writer has taken that at the same moment."""
    try:
        async with tx.begin_nested():
            await insert(tx, application)
    except IntegrityError:
        return False
    return True


async def find(tx: Transaction, workspace_id: str, application_id: str, *, lock: bool = False) -> Application | None:
    """The workspace's application of that id. ``lock`` keeps other writers away from it until the end."""
    query = select(Application).where(Application.workspace_id == workspace_id, Application.id == application_id)
    if lock:
        # Not the strongest lock: what refers to the application may still be written meanwhile.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return await tx.scalar(query)


async def is_taken(tx: Transaction, application_id: str) -> bool:
    """Whether any workspace has an application of that id."""
    return await tx.scalar(select(Application.id).where(Application.id == application_id)) is not None


async def is_default(tx: Transaction, configuration: Configuration) -> bool:
    """Whether it is the default of the application that it belongs to."""
    query = select(Application.id).where(
        Application.id == configuration.application_id, Application.default_configuration_id == configuration.id
    )
    return await tx.scalar(query) is not None


async def find_page(
    tx: Transaction, workspace_id: str, *, limit: int, after: str | None, only: str | None = None
) -> Sequence[Application]:
    """The workspace's applications in the order of their ids; with ``only`` at most that one."""
    query = select(Application).where(Application.workspace_id == workspace_id)
    if after is not None:
        query = query.where(Application.id > after)
    if only is not None:
        query = query.where(Application.id == only)
    return (await tx.scalars(query.order_by(Application.id).limit(limit))).all()


async def find_associations(tx: Transaction, application_ids: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The ids of the configurations that each application is associated with, by application."""
    ids = list(application_ids)
    found: dict[str, list[str]] = {application_id: [] for application_id in ids}
    query = select(ApplicationConfiguration.application_id, ApplicationConfiguration.configuration_id)
    query = query.where(ApplicationConfiguration.application_id.in_(ids))
    for application_id, configuration_id in await tx.execute(query.order_by(ApplicationConfiguration.configuration_id)):
        found[application_id].append(configuration_id)
    return found


async def replace_associations(tx: Transaction, application_id: str, configuration_ids: Iterable[str]) -> None:
    """Associate an application with exactly these configurations."""
    await tx.execute(delete(ApplicationConfiguration).where(ApplicationConfiguration.application_id == application_id))
    for configuration_id in configuration_ids:
        tx.add(ApplicationConfiguration(application_id=application_id, configuration_id=configuration_id))
    await tx.flush()


async def has_more_users(tx: Transaction, application: Application, user_id: str) -> bool:
    """Whether anybody but that user has a configuration, a key or a conversation in it."""
    theirs = (
        select(Configuration.id).where(
            Configuration.application_id == application.id, Configuration.user_id != user_id
        ),
        select(ApiKey.id).where(
            ApiKey.application_id == application.id, ApiKey.user_id != user_id, ApiKey.revoked_at.is_(None)
        ),
        select(Conversation.id).where(Conversation.application_id == application.id, Conversation.user_id != user_id),
    )
    return await tx.scalar(union_all(*theirs).limit(1)) is not None


async def remove(tx: Transaction, application: Application) -> None:
    """Delete an application with its keys, associations, conversations, own configurations, their credentials and
    histories.
    """
    await limits.remove_of(tx, application.workspace_id, "application", application.id)
    own = Configuration.application_id == application.id
    used = (await tx.scalars(select(Configuration.credential_id).where(own))).all()
    await tx.execute(delete(Revision).where(Revision.subject_id.in_(select(Configuration.id).where(own))))
    await tx.execute(delete(Configuration).where(own))
    still = select(Configuration.credential_id).where(Configuration.credential_id.in_(used))
    await tx.execute(delete(Credential).where(Credential.id.in_(used), Credential.id.not_in(still)))
    for owned in (Conversation, Picture):
        await tx.execute(delete(owned).where(owned.application_id == application.id))
    await tx.delete(application)
    await tx.flush()
