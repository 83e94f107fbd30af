"""The use cases of asking a feature: for its users, and for admins who try settings before they save them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from trunkline.control.configurations.credentials import API_KEY, Credentials
from trunkline.control.conversations.answer_errors import AnswerFailed, explain
from trunkline.control.conversations.pictures import Pictures
from trunkline.control.feature_runs.preview import compile_trial
from trunkline.control.feature_runs.question import Question, VectorsCall, wants_stream, write_chat, write_vectors
from trunkline.control.feature_runs.run import Run, Vectors, read_vectors
from trunkline.control.features.catalogue import Catalogue
from trunkline.control.features.feature import PROVIDER, FeatureDraft
from trunkline.control.features.features import Features
from trunkline.control.features.keys import NO_KEY
from trunkline.control.rate_limit import RateLimit
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput, NotFound, TrunklineError, Unavailable
from trunkline.gateway.context import CallContext
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.snapshot import FeatureEntry, Snapshot, SnapshotHolder
from trunkline.providers.nearest import nearest
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.database import Database

PATIENCE_SECONDS: Final = 1.0
"""How long a picture waits to hear whether its model also writes."""


class FeatureRuns:
    """Runs features through the gateway, as any call: by the workspace's policies, prices, retries and accounts.

    Errors before the answer begins are raised as ``AnswerFailed``
    (:mod:`trunkline.control.conversations.answer_errors`), in words for whoever asked.
    """

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        holder: SnapshotHolder,
        gateway: Gateway,
        make_gateway: Callable[[SnapshotHolder], Gateway],
        features: Features,
        pictures: Pictures,
        catalogue: Catalogue,
        limit: RateLimit,
    ) -> None:
        """``make_gateway`` makes one that reads another snapshot; ``limit`` is for tests, per user."""
        self._database = database
        self._credentials = credentials
        self._holder = holder
        self._gateway = gateway
        self._make_gateway = make_gateway
        self._features = features
        self._pictures = pictures
        self._catalogue = catalogue
        self._limit = limit

    async def run(
        self, actor: Actor, slug: str, question: Question, *, request_id: str, unit: str | None = None
    ) -> tuple[Run | Vectors, bool]:
        """Ask a feature; ``unit`` is the end user whom the caller names. The answer, and whether it is to be streamed.

        Raises NotFound, InvalidInput and AnswerFailed.
        """
        access.check(actor, "features.run")
        context = CallContext(unit=unit)
        return await self._ask(self._gateway, self._holder.current, actor, slug, question, request_id, context)

    async def test(self, actor: Actor, slug: str, text: str, draft: FeatureDraft, *, request_id: str) -> Run | Vectors:
        """Ask a feature as if ``draft`` had been saved. Nothing is; policies hold as for any call.

        Raises as :meth:`run`, Forbidden, TooMany, and InvalidInput for what is wrong in ``draft``.
        """
        access.check(actor, "features.change")
        plan = await self._features.plan(actor, slug, draft)
        self._limit.take(actor.user_id)
        tried = await compile_trial(self._database, self._credentials, self._holder.current, actor, slug, plan)
        gateway = self._make_gateway(SnapshotHolder(tried))
        context = CallContext(purpose="test")
        answer, _ = await self._ask(gateway, tried, actor, slug, Question(input=text), request_id, context)
        return answer

    async def modalities(self, actor: Actor, slug: str) -> tuple[str, ...]:
        """What a conversation with a feature asks its model for; nothing where the model's own way is right.

        Raises NotFound, InvalidInput for a feature that makes vectors, and AnswerFailed for one without a key.
        """
        feature = _find(self._holder.current, actor, slug)
        if feature.kind == "embeddings":
            raise InvalidInput.of("feature", "makes vectors: it cannot be talked with. Choose another one.")
        _require_key(feature)
        return await self._modalities(actor, feature)

    async def _ask(
        self,
        gateway: Gateway,
        snapshot: Snapshot,
        actor: Actor,
        slug: str,
        question: Question,
        request_id: str,
        context: CallContext,
    ) -> tuple[Run | Vectors, bool]:
        feature = _find(snapshot, actor, slug)
        if feature.kind == "embeddings":
            call = write_vectors(feature, question)
            _require_key(feature)
            return await self._embed(gateway, actor, call, request_id, context), False
        exchange = write_chat(feature, question, await self._modalities(actor, feature))
        _require_key(feature)
        try:
            answer = await gateway.run(actor, "chat", exchange, request_id, context)
        except TrunklineError as error:
            raise _explain(error) from error
        run = Run(exchange, answer, actor=actor, feature=slug, request_id=request_id, pictures=self._pictures)
        return run, wants_stream(feature, question)

    async def _embed(
        self, gateway: Gateway, actor: Actor, call: VectorsCall, request_id: str, context: CallContext
    ) -> Vectors:
        try:
            answer = await gateway.run(actor, "embeddings", call, request_id, context)
        except TrunklineError as error:
            raise _explain(error) from error
        return read_vectors(call, answer, request_id)

    async def _modalities(self, actor: Actor, feature: FeatureEntry) -> tuple[str, ...]:
        # https://openrouter.ai/docs/guides/overview/multimodal/image-generation
        if feature.kind != "image" or "modalities" in feature.custom:
            return ()
        return ("image", "text") if await self._writes_text(actor, feature) else ("image",)

    async def _writes_text(self, actor: Actor, feature: FeatureEntry) -> bool:
        """Whether a model of pictures also writes, which it must be asked for in that case alone."""
        if feature.target is not None:
            return True
        try:
            listing = await self._catalogue.read(actor, PROVIDER, patience=PATIENCE_SECONDS)
        except (Unavailable, Forbidden):
            return True
        info = listing.find(feature.model)
        return info is None or not info.output_modalities or "text" in info.output_modalities


def _find(snapshot: Snapshot, actor: Actor, slug: str) -> FeatureEntry:
    part = snapshot.parts.get(actor.workspace_id)
    if part is None:
        raise NotFound("This workspace does not exist any more.", code="workspace_not_found")
    feature = part.features.get(slug)
    if feature is None:
        near = nearest(slug, part.features)
        hint = f" Nearest: {', '.join(near)}." if near else ""
        raise NotFound(f"There is no feature {slug!r} in this workspace.{hint}", code="feature_not_found")
    return feature


def _require_key(feature: FeatureEntry) -> None:
    entry = feature.entry
    if entry is None or not PROVIDERS[entry.provider].requires_api_key:
        return
    if not any(stored.field == API_KEY for stored in entry.secrets):
        raise AnswerFailed(NO_KEY, code="NO_KEY", status=HTTPStatus.CONFLICT, retryable=False)


def _explain(error: TrunklineError) -> TrunklineError:
    """The error for whoever asked. A key that may not use the feature stays what it is: refused, and noted as that."""
    return error if isinstance(error, Forbidden) and error.code == "model_not_allowed" else explain(error)
