"""A user's document of models, as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.secret import Secret, is_mask
from trunkline.providers.plain_key import looks_like_plain_key

KIND: Final = "ai_model_config"
"""What audit events call a document."""

ModelType = Literal["chat", "completion", "embedding", "image"]

MODEL_LIMIT: Final = 50
NAME_LIMIT: Final = 255
PROMPT_LIMIT: Final = 32_000
CIPHERTEXT_LIMIT: Final = 32_768
"""Models of a document; characters of a provider or model, of the system prompt, and of an encrypted key."""


class ModelDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One model that a program wants. ``provider`` is any name of it, or of one that Trunkline does not know.

    ``ciphertext`` is the key as the program encrypted it, kept exactly as it is. Sealed for this server (``tl1.…``), it
    is opened, and calls use it. UNSET keeps what is stored for the same provider, type and model; None takes it away.
    """

    provider: str
    type: ModelType
    model: str
    is_paid: bool
    ciphertext: Secret | UnsetType | None = UNSET


class DocumentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document as a program wants it. ``system_prompt`` goes in front of all of its models' conversations."""

    models: tuple[ModelDraft, ...]
    system_prompt: str = ""


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One model as its user sees it.

    ``usable``: calls with this model reach it, through the configuration ``configuration_id``. Otherwise ``reason``
    says why not and what to do. ``ciphertext`` is UNSET where it was not asked for.
    """

    provider: str
    type: str
    model: str
    is_paid: bool
    usable: bool
    reason: str | None
    configuration_id: str | None
    ciphertext: Secret | UnsetType | None = UNSET


class DocumentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The document as its user sees it. ``revision`` counts its saved states."""

    id: str
    models: tuple[ModelRecord, ...]
    system_prompt: str
    revision: int
    created_at: datetime
    updated_at: datetime


def find_fault(ciphertext: str) -> str | None:
    """Why ``ciphertext`` is none: it is a provider's key in the clear, or what people are shown of one. Else None."""
    if looks_like_plain_key(ciphertext):
        return (
            "is a key in plain text: encrypt it before you send it, and replace it at its provider, because it was on"
            " its way unencrypted. GET /api/encryption-key is what to encrypt it with."
        )
    if is_mask(ciphertext):
        return "is what is shown of a key, and no key: leave it out to keep the stored one, or encrypt the key anew."
    return None
