"""Features on the wire, in and out."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, UnsetType
from pydantic import Field, SecretStr

from trunkline.control.features.feature import SETTINGS, FeatureDraft, FeatureRecord
from trunkline.control.features.starting_features import FeatureKind
from trunkline.control.record import Beside
from trunkline.core.secret import Secret
from trunkline.faces.features.catalogue import CatalogueModelItemResponse
from trunkline.faces.http.caching_wire import GivenCaching, ShownCaching, read_caching
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody

KeyText = Annotated[SecretStr, Field(max_length=32_768)]
"""A key in plain, a sealed one, or the hint of the stored one."""

Number = Annotated[float, Field(strict=True)]
Share = Annotated[Number, Field(ge=0, le=1)]
Penalty = Annotated[Number, Field(ge=-2, le=2)]
Count = Annotated[int, Field(strict=True, ge=1, lt=2**31)]


class FeatureResponse(ResponseBody):
    """A feature as everybody sees it. ``modelInfo`` is what the catalogue says of its ``model``.

    ``servingModel`` is what answers: the same, or that of its target; null where a route chooses for each call.
    ``available`` is false when the live list lacks the model, and ``nearest`` names what may stand in for it; null when
    there is no live list. ``ready`` is whether a call can be tried at all: there is a key, or its target is there.
    """

    slug: str
    name: str
    kind: FeatureKind
    built_in: bool = Field(validation_alias="is_starting")
    model: str | None
    serving_model: str | None
    model_info: CatalogueModelItemResponse | None
    available: bool | None
    nearest: list[str]
    ready: bool

    @classmethod
    def of(cls, record: FeatureRecord) -> FeatureResponse:
        """From the record."""
        return super().of(_shown(record))


class FeatureSettingsResponse(FeatureResponse):
    """The same with its settings, for admins. Settings that are null are not sent to the model.

    ``hasApiKey`` and ``keyHint`` are of the feature's own key; ``keySource`` says whose key serves: ``own``,
    ``workspace`` or ``none``. ``problem`` says why nothing can serve it.
    """

    system_prompt: str
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    presence_penalty: float | None
    frequency_penalty: float | None
    site_url: str | None
    site_name: str | None
    custom_parameters: dict[str, Any] = Field(validation_alias="custom")
    target: str | None
    base_url: str | None
    caching: ShownCaching
    has_api_key: bool
    key_hint: str | None
    key_source: str
    problem: str | None
    revision: int
    created_at: Moment | None
    updated_at: Moment | None

    @classmethod
    def of(cls, record: FeatureRecord) -> FeatureSettingsResponse:
        """From the record."""
        settings = {name: record.parameters.get(name) for name in SETTINGS}
        return cls.model_validate(Beside(_shown(record), **settings, has_api_key=record.key_hint is not None))


class FeatureSettingsRequest(RequestBody):
    """Any subset of a feature's settings; null takes one away. ``customParameters`` are replaced as a whole."""

    model: str | None = Field(default=None, max_length=255)
    target: str | None = Field(
        default=None, max_length=511, description="A route or a shared configuration that serves instead of OpenRouter."
    )
    base_url: str | None = Field(default=None, max_length=500, description="Where the feature's own key goes.")
    api_key: KeyText | None = None
    system_prompt: str | None = Field(default=None, max_length=100_000)
    temperature: Share | None = None
    top_p: Share | None = None
    max_tokens: Count | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    site_url: str | None = Field(default=None, max_length=500, description="Your site, as OpenRouter shows it.")
    site_name: str | None = Field(default=None, max_length=255, description="Your app's name, as OpenRouter shows it.")
    custom_parameters: dict[str, Any] | None = None
    caching: GivenCaching = None

    def draft(self, *, name: str | UnsetType = UNSET, reason: str = "") -> FeatureDraft:
        """What was sent, and nothing else."""
        sent = {field: value for field in _SETTINGS if self.was_sent(field) for value in (getattr(self, field),)}
        return FeatureDraft(
            name=name,
            model=self._sent("model", self.model),
            target=self._sent("target", self.target),
            base_url=self._sent("base_url", self.base_url),
            api_key=self._sent("api_key", read_secret(self.api_key)),
            system_prompt=self._sent("system_prompt", self.system_prompt),
            settings={_SETTINGS[field]: value for field, value in sent.items()},
            custom=self._sent("custom_parameters", self.custom_parameters),
            caching=self._sent("caching", read_caching(self.caching)),
            reason=reason,
        )

    def _sent(self, field: str, value: Any) -> Any | UnsetType:
        return value if self.was_sent(field) else UNSET


_SETTINGS = {
    "temperature": "temperature",
    "top_p": "topP",
    "max_tokens": "maxTokens",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
    "site_url": "siteUrl",
    "site_name": "siteName",
}
"""Their names here, and in :data:`~trunkline.control.features.feature.SETTINGS`."""

_READ_ONLY = frozenset(
    {
        "slug",
        "kind",
        "builtIn",
        "modelInfo",
        "servingModel",
        "available",
        "nearest",
        "ready",
        "hasApiKey",
        "keyHint",
        "keySource",
        "problem",
        "revision",
        "createdAt",
        "updatedAt",
    }
)


class FeatureUpdateRequest(FeatureSettingsRequest):
    """A change of a feature."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY
    example: ClassVar[dict[str, Any]] = {"systemPrompt": "Answer in one sentence.", "temperature": 0.3}

    name: str = Field("", max_length=255)
    reason: str = Field("", max_length=500, description="Why, for the history.")

    def change(self, reason: str | None) -> FeatureDraft:
        """The change. ``reason`` is the header's; that of the body wins."""
        return self.draft(name=self._sent("name", self.name), reason=self.reason or reason or "")


class FeatureCreateRequest(FeatureSettingsRequest):
    """A new feature. ``slug`` is its name in addresses and after ``feature/`` in ``model``."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY - {"slug", "kind"}
    example: ClassVar[dict[str, Any]] = {"slug": "mail-writer", "name": "Mail writer", "model": "openai/gpt-4o-mini"}

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    name: str = Field(min_length=1, max_length=255)
    kind: FeatureKind = "chat"
    reason: str = Field("", max_length=500, description="Why, for the history.")


class FeatureKeyValidateRequest(RequestBody):
    """The key to ask about; without one, the key that the feature uses now."""

    example: ClassVar[dict[str, Any]] = {"apiKey": "sk-or-v1-xxxxxxxxxxxx"}

    api_key: KeyText | None = None


class FeatureKeyResponse(ResponseBody):
    """What OpenRouter tells of a key, in credits, which are US dollars; a ``limit`` of null is none."""

    label: str | None
    usage: float | None
    limit: float | None
    limit_remaining: float | None
    is_free_tier: bool | None
    expires_at: str | None


class FeatureKeyValidateResponse(ResponseBody):
    """Whether OpenRouter takes the key, and what to do if not."""

    success: bool
    message: str
    key_info: FeatureKeyResponse | None = Field(validation_alias="info")


def read_secret(given: SecretStr | None) -> Secret | None:
    """The wire's secret as ours."""
    return None if given is None else Secret(given.get_secret_value())


def _shown(record: FeatureRecord) -> Beside:
    standing = record.standing
    info = None if standing.info is None else CatalogueModelItemResponse.listed(standing.info, "openrouter")
    return Beside(
        record,
        model_info=info,
        available=standing.available,
        nearest=standing.nearest,
        ready=record.problem is None,
    )
