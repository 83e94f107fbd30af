"""Asking a feature: for its users, and for admins who try settings before they save them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, ClassVar, TypeVar, cast

from fastapi import Header
from pydantic import BeforeValidator, Field, StrictBool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trunkline.control.feature_runs.question import TEXTS_LIMIT, Question
from trunkline.control.feature_runs.run import Run, Vectors
from trunkline.control.record import Beside
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.faces.features.features import Slug
from trunkline.faces.features.run_stream import LateStream, RunStream, show_vectors
from trunkline.faces.features.wire import FeatureSettingsRequest
from trunkline.faces.http import event_stream
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.errors import request_id_of
from trunkline.faces.http.event_stream import ANSWERS, send_events
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.until_gone import wait_until_gone
from trunkline.faces.http.wire import RequestBody, ResponseBody

router = Router(prefix="/api/features", tags=["Features"])

_OF_THE_QUESTION = frozenset({"input", "prompt", "messages"})

T = TypeVar("T")
TEXT_LIMIT = 1_000_000
"""Characters of one text."""

Text = Annotated[str, Field(max_length=TEXT_LIMIT)]


def _read_input(given: object) -> object:
    # The library would say of each kind that may be sent what is wrong with it, under names of its own.
    texts = cast("list[object]", given) if isinstance(given, list) else [given]
    if given is not None and not all(isinstance(text, str) for text in texts):
        raise ValueError("must be a text, or a list of texts.")
    if len(texts) > TEXTS_LIMIT:
        raise ValueError(f"has at most {TEXTS_LIMIT} texts.")
    if any(isinstance(text, str) and len(text) > TEXT_LIMIT for text in texts):
        raise ValueError(f"has at most {TEXT_LIMIT} characters in one text.")
    return cast("object", given)


Input = Annotated[Text | Annotated[list[Text], Field(max_length=TEXTS_LIMIT)] | None, BeforeValidator(_read_input)]
UnitDep = Annotated[str | None, Header(alias="X-User-Id", max_length=255, description="The end user you serve.")]


class FeatureRunRequest(RequestBody):
    """What is asked: one of ``input``, ``prompt`` and ``messages`` (as OpenAI's chat has them).

    Features that make vectors take a list of texts as ``input`` too.
    """

    example: ClassVar[dict[str, Any]] = {"input": "Which trees bloom first?", "stream": False}

    input: Input = None
    prompt: Text | None = None
    messages: list[dict[str, Any]] | None = Field(None, max_length=2000)
    stream: StrictBool | None = None


class FeatureTestRequest(RequestBody):
    """What is asked, and settings to lay over the saved ones for this once."""

    __test__ = False

    example: ClassVar[dict[str, Any]] = {"input": "Which trees bloom first?", "settings": {"temperature": 0.9}}

    input: Text = Field(min_length=1)
    settings: FeatureSettingsRequest | None = None


class FeatureRunUsageResponse(ResponseBody):
    """Tokens of one call; ``estimated``: the provider did not say, so they are our own count."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimated: bool


class FeatureRunResponse(ResponseBody):
    """A whole answer. ``images`` have addresses of pictures here. ``costUSD`` is null where no price is known."""

    request_id: str
    feature: str
    model: str
    output: str
    reasoning: str | None
    images: list[dict[str, str]]
    finish_reason: str
    usage: FeatureRunUsageResponse
    cost_usd: float | None = Field(serialization_alias="costUSD")


class FeatureVectorsResponse(ResponseBody):
    """One vector per text, in their order."""

    request_id: str
    feature: str
    model: str
    dimensions: int
    embeddings: list[list[float]]
    usage: FeatureRunUsageResponse
    cost_usd: float | None = Field(serialization_alias="costUSD")


@router.post(
    "/{slug}/run",
    dependencies=[allow("features.run")],
    response_model=FeatureRunResponse | FeatureVectorsResponse,
    responses=ANSWERS,
)
async def run_feature(
    services: ServicesDep, request: Request, actor: ActorDep, slug: Slug, given: FeatureRunRequest, unit: UnitDep = None
) -> Response:
    """Ask a feature. With `stream` the answer comes as server-sent events: `start`, `delta`, `reasoning`, `image`, and
    at the end `done` or `error`; features that make vectors always answer whole.
    """
    question = Question(input=given.input, prompt=given.prompt, messages=given.messages, stream=given.stream)
    asking = services.feature_runs.run(actor, slug, question, request_id=request_id_of(request), unit=unit or None)
    doing = asyncio.ensure_future(asking)
    if not await wait_until_gone(request, doing, event_stream.QUIET_SECONDS if given.stream else None):
        return _gone()
    if not doing.done():
        return LateStream(asyncio.ensure_future(_first(doing)), slug)
    answer, streams = await doing
    if isinstance(answer, Vectors):
        return _send(FeatureVectorsResponse.of(Beside(answer, feature=slug)))
    if streams:
        return RunStream(answer)
    result = await _unless_gone(request, answer.whole())
    return (
        _gone()
        if result is None
        else _send(FeatureRunResponse.of(Beside(result, feature=slug, images=[{"url": url} for url in result.images])))
    )


@router.post("/{slug}/test", dependencies=[allow("features.change")], response_class=Response, responses=ANSWERS)
async def test_feature(
    services: ServicesDep, request: Request, actor: ActorDep, slug: Slug, given: FeatureTestRequest
) -> Response:
    """Try settings without saving them. Streamed as a run is; of vectors, a `vector` event shows the first."""
    settings = given.settings or FeatureSettingsRequest()
    asking = services.feature_runs.test(actor, slug, given.input, settings.draft(), request_id=request_id_of(request))
    doing = asyncio.ensure_future(asking)
    if not await wait_until_gone(request, doing, event_stream.QUIET_SECONDS):
        return _gone()
    if not doing.done():
        return LateStream(doing, slug)
    try:
        answer = await doing
    except InvalidInput as error:
        raise _below_settings(error) from error
    return send_events(show_vectors(answer, slug)) if isinstance(answer, Vectors) else RunStream(answer)


async def _first(doing: Awaitable[tuple[Run | Vectors, bool]]) -> Run | Vectors:
    return (await doing)[0]


async def _unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """What ``work`` gives; None, with the work cancelled, when the client goes away meanwhile."""
    doing = asyncio.ensure_future(work)
    if not await wait_until_gone(request, doing):
        return None
    return await doing


def _send(answer: ResponseBody) -> Response:
    return JSONResponse(answer.model_dump(mode="json", by_alias=True))


def _gone() -> Response:
    # Nobody reads it: nginx's word for a client that closed its request.
    return Response(status_code=499)


def _below_settings(error: InvalidInput) -> InvalidInput:
    """The same for fields of ``settings``, as the caller wrote them."""
    fields = tuple(
        wrong
        if wrong.field.partition("[")[0] in _OF_THE_QUESTION
        else FieldError(f"settings.{wrong.field}", wrong.message)
        for wrong in error.fields
    )
    return InvalidInput.of_all(fields) if fields else error
