"""A feature as use cases give and take it: free of tables, of wires and of secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.features.starting_features import FeatureKind
from trunkline.core.caching import Caching
from trunkline.core.chat import JsonObject
from trunkline.core.secret import Secret
from trunkline.providers.model_info import ModelInfo

KIND: Final = "feature"
"""What revisions and audit events call a feature."""

PROVIDER: Final = "openrouter"
"""Who serves features that have no target."""

SITE: Final = ("siteUrl", "siteName")
"""What names the app to OpenRouter: texts."""

SETTINGS: Final = ("temperature", "topP", "maxTokens", "presencePenalty", "frequencyPenalty", *SITE)
"""The settings of a feature, by their names everywhere: numbers, but for those of the site."""


KeySource = Literal["own", "workspace", "none"]
"""Whose key calls are made with: the feature's, that of a configuration shared with the workspace, or nobody's."""


class FeatureDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What an admin wants a feature to be; what is UNSET stays as it is.

    ``api_key`` is the key in plain, a sealed one (``tl1.…``), or the mask that was shown, which leaves the key alone;
    None takes it away. Each of ``settings`` (see :data:`SETTINGS`) that is None is taken away; ``custom`` replaces all
    custom parameters. ``model`` None is the starting one; ``target`` and ``base_url`` None are none.
    """

    name: str | UnsetType = UNSET
    model: str | UnsetType | None = UNSET
    target: str | UnsetType | None = UNSET
    base_url: str | UnsetType | None = UNSET
    api_key: Secret | UnsetType | None = UNSET
    system_prompt: str | UnsetType | None = UNSET
    settings: JsonObject = {}
    custom: JsonObject | UnsetType | None = UNSET
    caching: Caching | UnsetType | None = UNSET
    reason: str = ""


class ModelStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue says of a feature's model. ``available`` None: no live list was to be had."""

    info: ModelInfo | None = None
    available: bool | None = None
    nearest: tuple[str, ...] = ()


class FeatureRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A feature as people see it. ``revision`` 0 is one that nobody has saved yet; the times are None then.

    ``serving_model`` is what answers: its own model or its target's, None where a route chooses for each call;
    ``problem`` says why nothing can serve it now.
    """

    slug: str
    name: str
    kind: FeatureKind
    is_starting: bool
    model: str | None
    serving_model: str | None
    standing: ModelStanding
    target: str | None
    base_url: str | None
    system_prompt: str
    parameters: JsonObject
    custom: JsonObject
    caching: Caching | None
    key_source: KeySource
    key_hint: str | None
    problem: str | None
    revision: int
    created_at: datetime | None
    updated_at: datetime | None
