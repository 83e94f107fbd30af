"""``/api/conversations`` and ``/api/pictures``: talking with models, and everybody's own history of it."""

from __future__ import annotations

from trunkline.faces.conversations import answers, conversations, messages, pictures
from trunkline.faces.http.router import Router

router = Router()
for part in (conversations, messages, answers, pictures):
    router.take_over(part.router)
