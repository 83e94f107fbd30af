"""Budgets on the wire. Amounts are decimal dollars: exact, and as texts in answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET
from pydantic import BeforeValidator, Field, StrictBool

from trunkline.control.budgets.budget import (
    CURRENCY,
    LARGEST_THRESHOLD,
    MOST_THRESHOLDS,
    BudgetDraft,
    BudgetRecord,
    DefaultPriceDraft,
    write_amount,
)
from trunkline.control.record import Beside
from trunkline.core.budget import Subject
from trunkline.core.period import PeriodKind
from trunkline.faces.http.wire import GivenName, Moment, RequestBody, ResponseBody


def _read_amount(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("must be an amount of dollars, such as 25 or '0.50'.")
    try:
        amount = Decimal(str(value).strip())
    except ArithmeticError:
        raise ValueError("must be an amount of dollars, such as 25 or '0.50'.") from None
    if not amount.is_finite() or abs(amount.adjusted()) > 30:
        raise ValueError("must be an amount of dollars, such as 25 or '0.50'.")
    return amount


Amount = Annotated[Decimal, BeforeValidator(_read_amount)]
SubjectField = Annotated[
    Subject,
    Field(description="What it is for: the whole `workspace`, an `application`, `user`, `key`, `feature` or `tag`."),
]
SubjectIdField = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="The id of the application, user or key; the slug of the feature; the tag. None for the workspace.",
    ),
]
Zone = Annotated[str, Field(max_length=100, description="The IANA time zone in which periods begin.")]
Thresholds = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=LARGEST_THRESHOLD)]],
    Field(max_length=MOST_THRESHOLDS, description="Per cent of the amount at which people are to be told."),
]


class DefaultPriceRequest(RequestBody):
    """Dollars per million tokens, for models whose price is not known."""

    input: Amount
    output: Amount


class _BudgetFields(RequestBody):
    """What making and changing a budget have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "workspaceId",
            "subjectName",
            "spent",
            "reserved",
            "left",
            "periodStart",
            "periodEnd",
            "forecast",
            "crossed",
            "revision",
            "createdBy",
            "createdAt",
            "updatedAt",
        }
    )

    subject: SubjectField | None = None
    subject_id: SubjectIdField | None = None
    currency: Annotated[str | None, Field(max_length=10, description="`USD`, which is the only one.")] = None
    time_zone: Zone | None = None
    hard: Annotated[StrictBool | None, Field(description="Whether requests that would go beyond it are refused.")] = (
        None
    )
    thresholds: Thresholds | None = None
    default_price: DefaultPriceRequest | None = None


class BudgetCreateRequest(_BudgetFields):
    """A new budget. Without `subject` it is for the whole workspace."""

    example: ClassVar[dict[str, Any]] = {
        "name": "Team Search",
        "subject": "tag",
        "subjectId": "team:search",
        "amount": "250",
        "period": "month",
        "timeZone": "Europe/Berlin",
        "thresholds": [50, 80, 100],
    }

    name: GivenName
    amount: Amount
    period: PeriodKind


class BudgetUpdateRequest(_BudgetFields):
    """What is to change of a budget. `defaultPrice` null takes it away."""

    example: ClassVar[dict[str, Any]] = {"amount": "300", "thresholds": [80]}

    name: GivenName | None = None
    amount: Amount | None = None
    period: PeriodKind | None = None


def read_draft(given: BudgetCreateRequest | BudgetUpdateRequest) -> BudgetDraft:
    """What was given, for the use case."""
    price = given.default_price
    draft = {
        name: value
        for name in BudgetDraft.__struct_fields__
        if name != "default_price" and (value := getattr(given, name)) is not None
    }
    default = UNSET if not given.was_sent("default_price") else None
    return BudgetDraft(
        **draft, default_price=default if price is None else DefaultPriceDraft(price.input, price.output)
    )


class DefaultPriceResponse(ResponseBody):
    """Dollars per million tokens, for models whose price is not known."""

    input: str
    output: str


class CrossingResponse(ResponseBody):
    """That a threshold was reached in the current period."""

    threshold: int
    at: Moment
    spent: str


class BudgetResponse(ResponseBody):
    """A budget and its current period. Amounts are decimal US dollars."""

    id: str
    workspace_id: str
    name: str
    subject: Subject
    subject_id: str
    subject_name: str | None
    amount: str
    currency: Literal["USD"] = CURRENCY
    period: PeriodKind
    time_zone: str
    hard: bool
    thresholds: list[int]
    default_price: DefaultPriceResponse | None
    spent: str
    reserved: str
    left: str
    period_start: Moment
    period_end: Moment | None
    forecast: str | None
    crossed: list[CrossingResponse]
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, record: BudgetRecord) -> BudgetResponse:
        """From the record."""
        amounts = {name: write_amount(getattr(record, name)) for name in ("amount", "spent", "reserved", "left")}
        price = None
        if record.default_input is not None and record.default_output is not None:
            price = DefaultPriceResponse(
                input=write_amount(record.default_input), output=write_amount(record.default_output)
            )
        return super().of(
            Beside(
                record,
                **amounts,
                forecast=None if record.forecast is None else write_amount(record.forecast),
                default_price=price,
                crossed=[
                    CrossingResponse(threshold=each.threshold, at=each.at, spent=write_amount(each.spent_nanos))
                    for each in record.crossed
                ],
            )
        )
