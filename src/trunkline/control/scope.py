"""How broad an actor's rights are: the key of an application has that application, and no more of the workspace."""

from __future__ import annotations

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden


def require_whole_workspace(actor: Actor) -> None:
    """Raise :class:`Forbidden` for the key of an application: what concerns the whole workspace is not its business."""
    if actor.application_id is not None:
        raise Forbidden(
            "The key of an application cannot do this for the whole workspace. Use a key without an application."
        )
