"""The kinds of things that the file lists: where the API has them, and what must be known of each to change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from trunkline.cli.declared import shapes
from trunkline.cli.declared.normal_form import (
    normalise_budget,
    normalise_channel,
    normalise_configuration,
    normalise_feature,
    normalise_policy,
)
from trunkline.cli.kind import Record

ANY: Final = "*"
SUBJECT: Final = "subject"
"""A reference to what the field ``subject`` beside it says."""


class Reference(msgspec.Struct, frozen=True):
    """``field`` of the file names what ``api`` has the id of: one of the sections ``to``, the first that has it.

    ``within`` is the list in whose items both are.
    """

    field: str
    api: str
    to: tuple[str, ...]
    within: str = ""


class DeclaredKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind. ``name`` tells things of it apart, and is what people read.

    ``fixed`` cannot be changed. ``clearable`` may be null, which takes a value away; ``ANY``: all may. ``late`` is set
    once everything else is there. ``merged`` are objects whose members the API changes one by one. ``secrets`` has the
    field of the answer that shows the mask of each secret. ``whole``: a change must name every field. ``listed`` and
    ``answered`` are the members of answers that hold the list, and the one thing. ``own`` tells which of the list are
    the workspace's and were made by somebody. ``placed``: who makes one names the workspace. ``single``: there is
    always one, neither made nor deleted.
    """

    section: str
    noun: str
    path: str
    shape: shapes.Shape
    name: Callable[[Record], str] = lambda record: str(record["name"])
    id: str = "id"
    method: str = "PUT"
    references: tuple[Reference, ...] = ()
    fixed: frozenset[str] = frozenset()
    clearable: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()
    secrets: Mapping[str, str] = {}
    whole: bool = False
    listed: str | None = None
    answered: str | None = None
    own: Callable[[Record], bool] = lambda record: True
    placed: bool = False
    single: bool = False
    normalise: Callable[[dict[str, Any]], dict[str, Any]] = lambda fields: fields

    @property
    def fields(self) -> tuple[str, ...]:
        """Its fields by their names in the file."""
        return tuple(field.alias or name for name, field in self.shape.model_fields.items())

    def may_clear(self, field: str) -> bool:
        """Whether null is something to say of it."""
        return field in self.clearable or ANY in self.clearable


def _name_limit(record: Record) -> str:
    whom = record["subject"]
    if whom != "workspace":
        whom = f"{whom} {record['subjectName']}" if record.get("subjectName") else f"each {whom}"
    measure = record["measure"]
    return f"{whom}: {measure}" + ("" if measure == "parallel" else f" per {record.get('window') or 'minute'}")


def _name_price(record: Record) -> str:
    tier = record.get("tier") or "standard"
    return f"{record['provider']}/{record['model']}" + ("" if tier == "standard" else f" ({tier})")


def _is_made(record: Record) -> bool:
    return record.get("createdAt") is not None


_SUBJECT: Final = Reference("subjectName", "subjectId", (SUBJECT,))

KINDS: Final[tuple[DeclaredKind, ...]] = (
    DeclaredKind(
        section="applications",
        noun="application",
        path="/api/applications",
        shape=shapes.APPLICATION,
        references=(
            Reference("configurations", "configurationIds", ("configurations",)),
            Reference("defaultConfiguration", "defaultConfigurationId", ("configurations",)),
        ),
        clearable=frozenset({"defaultConfiguration"}),
        late=frozenset({"configurations", "defaultConfiguration"}),
    ),
    DeclaredKind(
        section="configurations",
        noun="configuration",
        path="/api/configurations",
        shape=shapes.CONFIGURATION,
        references=(Reference("application", "applicationId", ("applications",)),),
        clearable=frozenset({"apiKey", "baseUrl", "caching", "application"}),
        merged=frozenset({"configuration"}),
        secrets={"apiKey": "apiKey"},
        normalise=normalise_configuration,
    ),
    DeclaredKind(
        section="channels",
        noun="channel",
        path="/api/alerts/channels",
        shape=shapes.CHANNEL,
        fixed=frozenset({"kind"}),
        secrets={"secret": "secretMask", "url": "secretMask"},
        normalise=normalise_channel,
    ),
    DeclaredKind(
        section="routes",
        noun="route",
        path="/api/routes",
        shape=shapes.ROUTE,
        references=(
            Reference("configuration", "configurationId", ("configurations",), within="targets"),
            Reference("otherwise", "otherwiseId", ("routes", "configurations")),
        ),
        clearable=frozenset({"conditions", "otherwise", "hedging", "caching"}),
    ),
    DeclaredKind(
        section="features",
        noun="feature",
        path="/api/features",
        shape=shapes.FEATURE,
        name=lambda record: str(record["slug"]),
        id="slug",
        fixed=frozenset({"kind"}),
        clearable=frozenset({ANY}),
        secrets={"apiKey": "keyHint"},
        own=_is_made,
        normalise=normalise_feature,
    ),
    DeclaredKind(
        section="policies",
        noun="policy",
        path="/policy",
        shape=shapes.POLICY,
        references=(Reference("application", "repoId", ("applications",)), Reference("key", "keyId", ("keys",))),
        fixed=frozenset({"application", "key"}),
        clearable=frozenset({"rule"}),
        placed=True,
        listed="policies",
        answered="policy",
        normalise=normalise_policy,
    ),
    DeclaredKind(
        section="budgets",
        noun="budget",
        path="/api/budgets",
        shape=shapes.BUDGET,
        references=(_SUBJECT,),
        clearable=frozenset({"defaultPrice"}),
        normalise=normalise_budget,
    ),
    DeclaredKind(
        section="limits",
        noun="limit",
        path="/api/limits",
        shape=shapes.LIMIT,
        name=_name_limit,
        references=(_SUBJECT,),
        fixed=frozenset({"subject", "subjectName", "measure", "window"}),
        clearable=frozenset({"burst"}),
    ),
    DeclaredKind(
        section="prices",
        noun="price",
        path="/api/prices",
        shape=shapes.PRICE,
        name=_name_price,
        clearable=frozenset({"endsAt"}),
        whole=True,
    ),
    DeclaredKind(
        section="alertRules",
        noun="alert rule",
        path="/api/alerts/rules",
        shape=shapes.RULE,
        references=(_SUBJECT, Reference("channels", "channelIds", ("channels",))),
        fixed=frozenset({"kind"}),
        clearable=frozenset({"subject", "subjectName", "quietHours", "repeatMinutes"}),
        own=_is_made,
    ),
)
"""In the order in which they are made: what is referred to comes first."""

SETTINGS: Final[tuple[DeclaredKind, ...]] = (
    DeclaredKind(
        section="settings",
        noun="setting",
        name=lambda record: "defaultConfiguration",
        path="/api/workspaces/{workspace}",
        method="PATCH",
        shape=shapes.WORKSPACE,
        references=(Reference("defaultConfiguration", "defaultConfigurationId", ("configurations",)),),
        clearable=frozenset({"defaultConfiguration"}),
        single=True,
    ),
    DeclaredKind(
        section="settings",
        noun="setting",
        name=lambda record: "capture",
        path="/api/capture",
        shape=shapes.CAPTURE,
        whole=True,
        single=True,
    ),
    DeclaredKind(
        section="settings",
        noun="setting",
        name=lambda record: "retention",
        path="/api/retention",
        shape=shapes.RETENTION,
        clearable=frozenset({ANY}),
        single=True,
    ),
)
"""What a workspace has one of, set when everything else is there."""

SECTIONS: Final = {kind.section: kind for kind in KINDS}
