"""What limits are for: whether it is there, who may set limits for it, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable

from trunkline.control.configurations.lookup import find_visible
from trunkline.control.features.lookup import find_feature
from trunkline.core.access import may_steer
from trunkline.core.actor import Actor, at_least
from trunkline.core.errors import Forbidden, InvalidInput, NotFound
from trunkline.core.limit import Subject
from trunkline.storage import applications, keys, names, workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Limit


async def require_subject(tx: Transaction, actor: Actor, subject: Subject, subject_id: str | None) -> str:
    """The subject as it is stored, empty for each of its kind, where ``actor`` may limit it.

    Whose traffic changes decides: one limits oneself, one's own keys and configurations and the applications that one
    has made; admins limit all. Raises InvalidInput for what is not there or not to be seen, and Forbidden.
    """
    if subject == "workspace":
        if subject_id not in {None, actor.workspace_id}:
            raise InvalidInput.of("subjectId", "is not this workspace. Leave it out, or ask in the other workspace.")
        return _admit(actor, "", own=False)
    if subject_id is None:
        return _admit(actor, "", own=False)
    unknown = InvalidInput.of("subjectId", f"names no {_NOUNS[subject]} of this workspace that you can see.")
    place = actor.workspace_id
    admin = at_least(actor.role, "admin")
    match subject:
        case "user":
            member = await workspaces.find_member(tx, place, subject_id)
            if member is None:
                raise unknown
            return _admit(actor, subject_id, own=subject_id == actor.user_id)
        case "application":
            application = await applications.find(tx, place, subject_id)
            if application is None:
                raise unknown
            return _admit(actor, subject_id, own=may_steer(actor, created_by=application.created_by))
        case "key":
            key = await keys.find(tx, place, subject_id)
            if key is None or not (admin or key.user_id == actor.user_id):
                raise unknown
            return _admit(actor, subject_id, own=True)
        case "configuration":
            try:
                row = await find_visible(tx, actor, subject_id)
            except NotFound:
                raise unknown from None
            return _admit(actor, subject_id, own=row.user_id == actor.user_id)
        case _:
            try:
                await find_feature(tx, place, subject_id)
            except NotFound as error:
                raise InvalidInput.of("subjectId", error.message) from None
            return _admit(actor, subject_id, own=False)


async def find_names(tx: Transaction, workspace_id: str, rows: Iterable[Limit]) -> dict[tuple[str, str], str]:
    """What the subjects of ``rows`` are called, by kind and id."""
    wanted = {(row.subject, row.subject_id) for row in rows if row.subject_id}
    found = await names.find(tx, workspace_id, [one for one in wanted if one[0] not in {"user", "feature"}])
    found |= await names.find_people(tx, {subject_id for kind, subject_id in wanted if kind == "user"})
    return found | {one: one[1] for one in wanted if one[0] == "feature"}


_NOUNS: dict[Subject, str] = {
    "workspace": "workspace",
    "user": "member",
    "application": "application",
    "key": "API key",
    "feature": "feature",
    "configuration": "configuration",
}


def _admit(actor: Actor, subject_id: str, *, own: bool) -> str:
    if not own and not at_least(actor.role, "admin"):
        raise Forbidden(
            "This limits the traffic of others, which needs the role 'admin' in the workspace. You may limit yourself,"
            " your own keys and configurations, and the applications that you have made."
        )
    return subject_id
