"""Trunkline's own tools: what they are called with, and what they give."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from trunkline.control.feature_runs.question import Question
from trunkline.control.feature_runs.run import Run, Vectors
from trunkline.control.feature_runs.runs import FeatureRuns
from trunkline.control.features.features import Features
from trunkline.control.health.status import StatusBoard
from trunkline.control.mcp.tool import Tool, ToolCall
from trunkline.control.page import PageRequest
from trunkline.control.usage.record import CallRecord, EventFilter, EventRecord, Figures, SpanQuestion, UsagePart
from trunkline.control.usage.requests import Requests
from trunkline.control.usage.usage import Usage
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.price import usd
from trunkline.core.usage_event import Outcome
from trunkline.gateway.model_names import ModelNames
from trunkline.gateway.routing.resolve import FEATURE

_PARTS: Final = 20
"""Of usage that is told apart: who reads it pays for each word."""

_NUMBERS: Final = 8
"""Of a vector, for the same reason. Whoever needs all of them calls ``/v1/embeddings``."""

Period = Annotated[
    Literal["day", "week", "month", "all"], Meta(description="The current day, week or month (UTC), or all time.")
]


class NoArguments(msgspec.Struct, forbid_unknown_fields=True):
    """None at all."""


class FeatureArguments(msgspec.Struct, forbid_unknown_fields=True):
    """What a feature is asked."""

    feature: Annotated[str, Meta(min_length=1, max_length=64, description="The slug of the feature.")]
    input: Annotated[str, Meta(min_length=1, max_length=1_000_000, description="What to ask it.")]


class UsageArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which usage is asked for."""

    period: Period = "month"
    by: Annotated[
        Literal["model", "provider", "configuration", "feature", "key", "user", "application", "outcome"] | None,
        Meta(description="Tell the figures apart by this."),
    ] = None


class RequestsArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which requests are asked for."""

    limit: Annotated[int, Meta(ge=1, le=50, description="How many, the newest first.")] = 10
    outcome: Annotated[Outcome | None, Meta(description="How they ended.")] = None
    model: Annotated[str, Meta(max_length=255, description="Only those of this model.")] | None = None
    period: Period = "all"


class RequestArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which request is asked for."""

    request_id: Annotated[str, Meta(min_length=1, max_length=128, description="Its id, or the `x-request-id` of it.")]


class OwnTools:
    """The tools over the use cases. What somebody else's are, no tool shows: the use cases say whose are whose."""

    def __init__(
        self,
        names: ModelNames,
        features: Features,
        runs: FeatureRuns,
        usage: Usage,
        requests: Requests,
        status: StatusBoard,
    ) -> None:
        self._names = names
        self._features = features
        self._runs = runs
        self._usage = usage
        self._requests = requests
        self._status = status
        self.tools: tuple[Tool[Any], ...] = (
            Tool(
                "list_models",
                "List models",
                "List what this API key can name as `model`: models, configurations, routes and features, each with"
                " its provider.",
                NoArguments,
                self._list_models,
                action="models.list",
            ),
            Tool(
                "list_features",
                "List features",
                "List the features of the workspace: a name, a kind (chat, image, embeddings), and the model behind it."
                " Use run_feature to ask one.",
                NoArguments,
                self._list_features,
                action="features.read",
            ),
            Tool(
                "run_feature",
                "Run a feature",
                "Ask a feature and get its whole answer, with the tokens and the cost. It is billed, limited and"
                " recorded as a request of this API key. Of a vector it gives the length and the first numbers.",
                FeatureArguments,
                self._run_feature,
                action="features.run",
                changes=True,
            ),
            Tool(
                "usage",
                "Usage and cost",
                "Sum up requests, tokens and cost in US dollars of a period: your own, and for administrators those of"
                " the workspace.",
                UsageArguments,
                self._read_usage,
                action="usage.read",
            ),
            Tool(
                "list_requests",
                "List requests",
                "List requests to models, the newest first: your own, and for administrators those of the workspace.",
                RequestsArguments,
                self._list_requests,
                action="usage.read",
            ),
            Tool(
                "get_request",
                "Look into a request",
                "Show one request with its failed attempts and the policies that it broke, to find out why it failed"
                " or what it cost.",
                RequestArguments,
                self._get_request,
                action="usage.read",
            ),
            Tool(
                "status",
                "Status of providers",
                "Show whether configurations and their providers work now, and the last failure of each.",
                NoArguments,
                self._read_status,
                action="status.read",
            ),
        )

    async def _list_models(self, call: ToolCall, given: NoArguments) -> JsonObject:
        listed = await self._names.list(call.actor)
        return {"models": [{"name": name, "provider": provider} for name, provider, _ in listed]}

    async def _list_features(self, call: ToolCall, given: NoArguments) -> JsonObject:
        found = (await self._features.list(call.actor)).items
        models = call.actor.models
        return {
            "features": [
                {
                    "feature": each.slug,
                    "name": each.name,
                    "kind": each.kind,
                    "model": each.serving_model,
                    "ready": each.problem is None,
                }
                for each in found
                # A key for some models alone may call those features that are among them.
                if not models or self._names.find(call.actor, f"{FEATURE}{each.slug}") is not None
            ]
        }

    async def _run_feature(self, call: ToolCall, given: FeatureArguments) -> JsonObject:
        question = Question(input=given.input, stream=False)
        answer, _ = await self._runs.run(call.actor, given.feature, question, request_id=call.request_id)
        if isinstance(answer, Vectors):
            return _show_vectors(answer, given.feature)
        return await _show_answer(answer, given.feature)

    async def _read_usage(self, call: ToolCall, given: UsageArguments) -> JsonObject:
        question = SpanQuestion(period=given.period, by=given.by, top=_PARTS)
        found = await self._usage.events(call.actor, EventFilter(), PageRequest(limit=1), question)
        told: JsonObject = {"period": given.period, "totals": _show_figures(found.figures)}
        if given.by is not None:
            told["by"] = given.by
            told["parts"] = [_show_part(part) for part in found.breakdown]
            if found.other is not None:
                told["other"] = _show_figures(found.other)
        return told

    async def _list_requests(self, call: ToolCall, given: RequestsArguments) -> JsonObject:
        wanted = EventFilter(outcome=given.outcome, model=given.model)
        page = await self._requests.list(
            call.actor, wanted, PageRequest(limit=given.limit), SpanQuestion(period=given.period)
        )
        return {"requests": [_show_event(each) for each in page.items], "more": page.next_cursor is not None}

    async def _get_request(self, call: ToolCall, given: RequestArguments) -> JsonObject:
        return _show_call(await self._requests.get(call.actor, given.request_id))

    async def _read_status(self, call: ToolCall, given: NoArguments) -> JsonObject:
        found = await self._status.read(call.actor, PageRequest(limit=100), "day")
        return {
            "state": found.state,
            "providers": [
                {"provider": each.provider, "state": each.state, "configurations": each.configurations}
                for each in found.providers
            ],
            "configurations": [
                {
                    "name": each.name,
                    "provider": each.provider,
                    "model": each.model,
                    "state": each.state,
                    "lastError": None if each.last_error is None else each.last_error.message,
                }
                for each in found.configurations.items
            ],
        }


async def _show_answer(run: Run, feature: str) -> JsonObject:
    result = await run.whole()
    return {
        "feature": feature,
        "model": result.model,
        "output": result.output,
        "images": list(result.images),
        "finishReason": result.finish_reason,
        "usage": result.usage,
        "costUSD": result.cost_usd,
    }


def _show_vectors(vectors: Vectors, feature: str) -> JsonObject:
    return {
        "feature": feature,
        "model": vectors.model,
        "dimensions": vectors.dimensions,
        "first": list(vectors.embeddings[0][:_NUMBERS]) if vectors.embeddings else [],
        "usage": vectors.usage,
        "costUSD": vectors.cost_usd,
    }


def _show_figures(figures: Figures) -> JsonObject:
    return {
        "requests": figures.request_count,
        "failed": figures.error_count,
        "inputTokens": figures.input_tokens,
        "outputTokens": figures.output_tokens,
        "costUSD": figures.cost_usd,
        "requestsWithoutPrice": figures.unpriced_count,
    }


def _show_part(part: UsagePart) -> JsonObject:
    return {"key": part.key, "name": part.name, **_show_figures(part.figures)}


def _show_event(event: EventRecord) -> JsonObject:
    return {
        "id": event.id,
        "at": event.opened_at.isoformat(timespec="seconds"),
        "operation": event.operation,
        "model": event.model,
        "provider": event.provider,
        "outcome": event.outcome,
        "status": event.status,
        "error": event.error,
        "inputTokens": event.input_tokens,
        "outputTokens": event.output_tokens,
        "costUSD": None if event.cost_nanos is None else usd(event.cost_nanos),
        "durationMs": event.duration_ms,
    }


def _show_call(call: CallRecord) -> JsonObject:
    event = call.event
    attempts: list[JsonValue] = [
        {
            "provider": each.provider,
            "model": each.model,
            "status": each.status,
            "error": each.error,
            "reason": each.reason,
            "durationMs": each.duration_ms,
        }
        for each in call.attempts
    ]
    broken: list[JsonValue] = [
        {"policy": each.policy_name, "risk": each.risk_type, "explanation": each.explanation} for each in call.verdicts
    ]
    return {
        **_show_event(event),
        "requestedModel": event.requested_model,
        "reason": event.reason,
        "feature": event.feature,
        "names": dict(call.names),
        "failedAttempts": attempts,
        "brokenPolicies": broken,
    }
