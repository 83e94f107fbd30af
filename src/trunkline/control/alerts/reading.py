"""What was found of something that rules look at."""

from __future__ import annotations

from datetime import datetime

import msgspec

from trunkline.core.alert import AlertSubject


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How something is. ``value`` is in the unit of its kind of rule, None where it is simply so.

    ``since``: when it has become so, None where nobody knows. ``calls``: of how many this tells. ``detail`` is a
    sentence for people, without anything of what was asked or answered. ``owner_id`` is whose private thing it is, None
    where it is the workspace's; ``is_for_admins``: its admins see it too. ``workspace_id`` None: the installation.
    """

    workspace_id: str | None
    subject: AlertSubject
    subject_id: str
    name: str
    value: float | None = None
    since: datetime | None = None
    calls: int | None = None
    detail: str = ""
    provider: str | None = None
    owner_id: str | None = None
    is_for_admins: bool = False
    application_id: str | None = None
