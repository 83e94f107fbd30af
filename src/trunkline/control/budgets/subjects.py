"""What budgets are for: whether it is there, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from trunkline.control.features.lookup import find_feature
from trunkline.core.budget import Subject
from trunkline.core.errors import FieldError, NotFound
from trunkline.core.tags import RULE, is_tag
from trunkline.storage import applications, keys, workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import BudgetRow

_WORDS = {"application": "application", "user": "member", "key": "API key"}


async def find_subject(
    tx: Transaction, workspace_id: str, subject: str, given: str | None, wrong: list[FieldError]
) -> str:
    """How the subject is stored that ``given`` names; adds to ``wrong`` where the workspace has none such."""
    if subject not in get_args(Subject):
        wrong.append(FieldError("subject", f"must be one of {', '.join(get_args(Subject))}."))
        return ""
    if subject == "workspace":
        if given not in {None, "", workspace_id}:
            wrong.append(FieldError("subjectId", "is not this workspace. Leave it out."))
        return workspace_id
    if not given:
        wrong.append(FieldError("subjectId", f"is required: name the {_WORDS.get(subject, subject)}."))
        return ""
    match subject:
        case "application":
            found = await applications.find(tx, workspace_id, given.lower()) is not None
        case "user":
            found = await workspaces.find_member(tx, workspace_id, given.lower()) is not None
        case "key":
            found = await keys.find(tx, workspace_id, given.lower()) is not None
        case "feature":
            try:
                await find_feature(tx, workspace_id, given)
            except NotFound as error:
                wrong.append(FieldError("subjectId", error.message))
            return given[:64]
        case _:
            if not is_tag(given):
                wrong.append(FieldError("subjectId", f"is no tag: {RULE}."))
            return given[:64]
    if not found:
        wrong.append(FieldError("subjectId", f"is the id of no {_WORDS[subject]} of this workspace."))
    return given.lower()[:64]


async def name_subjects(tx: Transaction, found: Sequence[BudgetRow]) -> dict[tuple[str, str], str]:
    """What the subjects are called that have a name besides."""
    names: dict[tuple[str, str], str] = {}
    for row in found:
        place = (row.subject, row.subject_id)
        if place in names:
            continue
        match row.subject:
            case "workspace":
                workspace = await workspaces.find(tx, row.workspace_id)
                name = workspace.name if workspace is not None else None
            case "application":
                application = await applications.find(tx, row.workspace_id, row.subject_id)
                name = application.name if application is not None else None
            case "user":
                member = await workspaces.find_member(tx, row.workspace_id, row.subject_id)
                name = member.user.email if member is not None else None
            case "key":
                key = await keys.find(tx, row.workspace_id, row.subject_id)
                name = key.name if key is not None else None
            case _:
                name = row.subject_id
        if name is not None:
            names[place] = name
    return names
