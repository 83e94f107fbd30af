"""What a document's models become, where nothing is stored yet."""

from __future__ import annotations

from typing import cast

import pytest

from trunkline.control.configurations.credentials import Credentials
from trunkline.control.model_documents.model_document import DocumentDraft, ModelDraft
from trunkline.control.model_documents.plan import ModelPlan, ModelPlanner
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.storage.database import Transaction
from trunkline.vault.sealed_key import SealedKeys

ACTOR = Actor(user_id="u", workspace_id="w", role="owner")
PLAIN = "sk-proj-abcdefghijklmnop"


async def plan(*models: ModelDraft) -> list[ModelPlan]:
    """Nothing is stored and nothing sealed, so that neither the database nor the vault is asked."""
    planner = ModelPlanner(cast("Credentials", None), cast("SealedKeys", None))
    return await planner.plan(cast("Transaction", None), ACTOR, DocumentDraft(models=models), [], {})


def model(provider: str, ciphertext: str | None = None) -> ModelDraft:
    given = Secret(ciphertext) if ciphertext is not None else None
    return ModelDraft(provider=provider, type="chat", model="m", is_paid=True, ciphertext=given)


async def test_a_key_in_the_clear_is_no_ciphertext_whoever_asks() -> None:
    with pytest.raises(InvalidInput) as refused:
        await plan(model("openai", PLAIN), model("demo"), model("nobody", "Bearer abc"), model("groq", "gsk-…abcd"))
    assert [field.field for field in refused.value.fields] == [
        "models[0].apiKeyEncrypted",
        "models[2].apiKeyEncrypted",
        "models[3].apiKeyEncrypted",
    ]
    assert PLAIN not in refused.value.message


async def test_what_can_be_served_is_planned_with_who_serves_it() -> None:
    demo, openai, foreign, unknown = await plan(
        model("Demo"), model("OpenAI"), model("vLLM", "ciphertext"), model("Nobody", "ciphertext")
    )
    assert demo.serving is not None
    assert demo.serving.provider.id == "demo"
    assert (openai.serving, foreign.serving, unknown.serving) == (None, None, None)
    assert [each.ciphertext is not None for each in (openai, foreign, unknown)] == [False, True, True]
    assert not foreign.is_sealed
