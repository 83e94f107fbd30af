"""``/api/conversations`` and ``/api/pictures``: talking with models, and everybody's own history of it."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.conversations import answers, conversations, messages, pictures

router = APIRouter()
for part in (conversations, messages, answers, pictures):
    router.include_router(part.router)
