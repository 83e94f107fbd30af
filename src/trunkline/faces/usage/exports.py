"""``/api/usage/export`` and ``/api/requests/export``: tables to take away."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final

from starlette.responses import Response

from trunkline.control.usage.export import ExportRow
from trunkline.control.usage.record import EventRecord
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.table_file import FILES, FormDep, Row, send_table
from trunkline.faces.usage.question import FilterDep, QuestionDep, SpanDep
from trunkline.faces.usage.wire import UsageEventResponse, UsageSliceResponse

router = Router(prefix="/api", tags=["Usage"])

_CALLS: Final = tuple(field.serialization_alias or name for name, field in UsageEventResponse.model_fields.items())
_SUMS: Final = (
    "from",
    "to",
    "key",
    "name",
    "requestCount",
    "errorCount",
    "inputTokens",
    "outputTokens",
    "tokenCount",
    "cachedTokens",
    "reasoningTokens",
    "costUSD",
    "costNanos",
    "cacheHitCount",
    "savedNanos",
    "unpricedCount",
    "averageLatency",
    "errorRate",
)


@router.get("/usage/export", dependencies=[allow("usage.read")], responses=FILES, response_class=Response)
async def export_usage(
    services: ServicesDep, actor: ActorDep, wanted: FilterDep, question: QuestionDep, form: FormDep = "csv"
) -> Response:
    """The figures of each `interval` (day), and apart `by` whatever you ask, as a file. The audit log notes it."""
    pages = await services.usage_export.export(actor, wanted, question, form)
    return send_table("usage", form, _SUMS, _write_sums(pages))


@router.get("/requests/export", dependencies=[allow("usage.read")], responses=FILES, response_class=Response)
async def export_requests(
    services: ServicesDep, actor: ActorDep, wanted: FilterDep, question: SpanDep, form: FormDep = "csv"
) -> Response:
    """All requests that the filter lets through, the newest first, as a file. The audit log notes it."""
    pages = await services.requests.export(actor, wanted, question, form)
    return send_table("requests", form, _CALLS, _write_calls(pages))


async def _write_calls(pages: AsyncGenerator[list[EventRecord]]) -> AsyncGenerator[list[Row]]:
    async for page in pages:
        yield [UsageEventResponse.of(record).model_dump(mode="json", by_alias=True) for record in page]


async def _write_sums(pages: AsyncGenerator[list[ExportRow]]) -> AsyncGenerator[list[Row]]:
    async for page in pages:
        yield [_write_sum(row) for row in page]


def _write_sum(row: ExportRow) -> dict[str, Any]:
    body = UsageSliceResponse.of(row).model_dump(mode="json", by_alias=True)
    return {name: ({"key": row.key, "name": row.name} | body).get(name) for name in _SUMS}
