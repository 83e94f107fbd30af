"""What may stand in the file: the bodies of the API, with names in place of ids, and references in place of secrets.

The fields are those of the API's own requests, so that the file can say what the API can, with the same ranges.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Annotated, Any, ClassVar, Final, TypeAlias, cast

from pydantic import AfterValidator, BaseModel, Field, create_model, model_validator

from trunkline.cli.declared.secret_reference import REFERENCE, is_reference
from trunkline.faces.alerts.channel_wire import AlertChannelCreateRequest
from trunkline.faces.alerts.rule_wire import AlertRuleCreateRequest
from trunkline.faces.budgets.budget_wire import BudgetCreateRequest
from trunkline.faces.configurations.wire import ConfigurationCreateRequest
from trunkline.faces.features.wire import FeatureCreateRequest
from trunkline.faces.http.wire import GivenName, RequestBody
from trunkline.faces.limits.limit_wire import LimitCreateRequest
from trunkline.faces.management.application_wire import ApplicationCreateRequest
from trunkline.faces.management.capture import CaptureUpdateRequest
from trunkline.faces.management.retention import RetentionUpdateRequest
from trunkline.faces.management.route_wire import RouteCreateRequest, RouteTargetRequest
from trunkline.faces.policy.wire import PolicyCreateRequest
from trunkline.faces.prices.price_wire import PriceRequest

Shape: TypeAlias = type[BaseModel]
BASES: Final[dict[str, str]] = {}
"""What each shape is called here, and in the API's description, where the meanings of its fields are."""

_REMEDY: Final = "must be a reference such as ${env:OPENAI_API_KEY}: secrets do not stand in the file."


class _Said(RequestBody):
    """Nothing is ignored: a field that only answers have is a mistake here."""

    read_only: ClassVar[frozenset[str]] = frozenset()


def _require_reference(text: str) -> str:
    if not is_reference(text):
        raise ValueError(_REMEDY)
    return text


SecretField = Annotated[
    str, AfterValidator(_require_reference), Field(json_schema_extra={"pattern": REFERENCE.pattern})
]
_Name = Annotated[str, Field(min_length=1, max_length=255)]
_SubjectName = Annotated[
    _Name | None, Field(description="The name of it: a user's email address, a feature's slug, else its name.")
]


def _name(meaning: str) -> Any:
    return Annotated[_Name | None, Field(description=meaning)], None


def _refer(meaning: str) -> Any:
    where = f"{meaning} `${{env:NAME}}` or `${{file:PATH}}`, read where `trunkline apply` runs."
    return Annotated[SecretField | None, Field(description=where)], None


_API_KEY: Final = _refer(
    "Where the provider's API key is: a reference that the server follows (`env:NAME`, `file:/PATH`,"
    " `vault:PATH#FIELD`, `aws-sm:NAME#FIELD`), or"
)
_SECRET: Final = _refer("Where the secret is that a webhook signs with:")


def _derive(
    base: type[RequestBody], called: str, /, *, without: Iterable[str] = (), of: Shape = _Said, **added: Any
) -> Shape:
    """``base`` without some of its fields and with others, under the name that the schema shows."""
    left_out = {*without, "reason"}
    BASES[called] = base.__name__
    kept: dict[str, Any] = {
        each: (field.annotation, copy(field)) for each, field in base.model_fields.items() if each not in left_out
    }
    doc = (base.__doc__ or "").partition("\n")[0]
    return create_model(called, __base__=of, __doc__=doc, **{**kept, **added})


class _Headers(_Said):
    @model_validator(mode="after")
    def _require_references(self) -> _Headers:
        given = cast("dict[str, Any]", getattr(self, "configuration", None) or {}).get("headers")
        if isinstance(given, dict):
            for header, value in cast("dict[str, Any]", given).items():
                if value is not None and not (isinstance(value, str) and is_reference(value)):
                    raise ValueError(f"configuration.headers.{header} {_REMEDY}")
        return self


class _SlackUrl(_Said):
    @model_validator(mode="after")
    def _require_references(self) -> _SlackUrl:
        url = getattr(self, "url", None)
        if getattr(self, "kind", "") == "slack" and url is not None and not is_reference(url):
            raise ValueError(f"url {_REMEDY}")
        return self


APPLICATION: Final = _derive(
    ApplicationCreateRequest,
    "Application",
    without=("id", "configuration_ids", "default_configuration_id"),
    configurations=(Annotated[list[_Name], Field(max_length=1000, description="Configurations that it uses.")], []),
    default_configuration=_name("The configuration that its keys call as `default`."),
)
CONFIGURATION: Final = _derive(
    ConfigurationCreateRequest,
    "Configuration",
    without=("application_id",),
    of=_Headers,
    api_key=_API_KEY,
    application=_name("The application that it belongs to. Null: none."),
)
CHANNEL: Final = _derive(
    AlertChannelCreateRequest, "AlertChannel", of=_SlackUrl, secret=_SECRET
)  # fmt: skip
_TARGET: Final = _derive(
    RouteTargetRequest,
    "RouteTarget",
    without=("configuration_id",),
    configuration=(Annotated[_Name, Field(description="A configuration that is shared with the workspace.")], ...),
)
ROUTE: Final = _derive(
    RouteCreateRequest,
    "Route",
    without=("otherwise_id", "targets"),
    targets=(Annotated[list[_TARGET], Field(min_length=1, max_length=100)], ...),  # pyright: ignore[reportInvalidTypeForm]
    otherwise=_name("The route or shared configuration that serves requests which do not fulfil `conditions`."),
)
FEATURE: Final = _derive(FeatureCreateRequest, "Feature", api_key=_API_KEY)
POLICY: Final = _derive(
    PolicyCreateRequest,
    "Policy",
    without=("org_id", "workspace_id", "repo_id", "key_id"),
    application=_name("The application whose calls are held to it. Null: all calls of the workspace."),
    key=_name("The key whose calls are held to it. Null: all."),
)
BUDGET: Final = _derive(BudgetCreateRequest, "Budget", without=("subject_id",), subject_name=(_SubjectName, None))
LIMIT: Final = _derive(LimitCreateRequest, "Limit", without=("subject_id",), subject_name=(_SubjectName, None))
PRICE: Final = _derive(PriceRequest, "Price")
RULE: Final = _derive(
    AlertRuleCreateRequest,
    "AlertRule",
    without=("name", "subject_id", "channel_ids"),
    name=(GivenName, ...),
    subject_name=(_SubjectName, None),
    channels=(Annotated[list[_Name] | None, Field(max_length=100, description="The channels that are told.")], None),
)
CAPTURE: Final = _derive(CaptureUpdateRequest, "Capture")
RETENTION: Final = _derive(RetentionUpdateRequest, "Retention")


class WORKSPACE(_Said):
    """What the workspace itself has."""

    default_configuration: Annotated[
        _Name | None, Field(description="The shared configuration that serves the model name `default`.")
    ] = None


class Settings(WORKSPACE):
    """Settings of the workspace."""

    capture: CAPTURE | None = None  # pyright: ignore[reportInvalidTypeForm]
    retention: RETENTION | None = None  # pyright: ignore[reportInvalidTypeForm]


def _list(shape: Shape, meaning: str) -> Any:
    return Annotated[list[shape], Field(max_length=10_000, description=meaning)], []


FILE: Final = create_model(
    "TrunklineFile",
    __base__=_Said,
    __doc__="A workspace, as `trunkline apply` makes it. A field that is left out stays as it is on the server.",
    # Not a literal: `true` would be equal to it.
    version=(Annotated[int, Field(strict=True, ge=1, le=1, description="The version of this format.")], ...),
    workspace=_name("The workspace's name. Left out: the one that commands work in."),
    applications=_list(APPLICATION, "Programs. Their keys are made by `trunkline keys add`."),
    configurations=_list(CONFIGURATION, "Named ways to reach a model."),
    channels=_list(CHANNEL, "Where people are told of alerts."),
    routes=_list(ROUTE, "Names that lead to several configurations."),
    features=_list(FEATURE, "Tools of your app, called as `feature/SLUG`."),
    policies=_list(POLICY, "What calls must not do."),
    budgets=_list(BUDGET, "What calls may cost."),
    limits=_list(LIMIT, "How much each may use."),
    prices=_list(PRICE, "Prices of your own."),
    alert_rules=_list(RULE, "When people are told."),
    settings=(Annotated[Settings | None, Field(description="Settings of the workspace.")], None),
)
