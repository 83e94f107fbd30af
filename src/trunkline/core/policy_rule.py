"""The rules that are decided without a model: their kinds, and how they are read from JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.policy import ALERT, BLOCK

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Names: TypeAlias = Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=500)]
Amount: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]

Listing = Literal["allow", "deny"]
"""Whether what is listed is all that may be used, or what may not."""

PersonalKind = Literal["email", "phone", "iban", "creditCard", "nationalId"]


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", tag_field="kind", kw_only=True):
    """What all kinds share: unknown fields are refused."""


class AllowedModels(_Rule, frozen=True, tag="allowedModels"):
    """Models by their names as the provider has them, or ``<provider>/<model>``; ``*`` and ``?`` as in file names."""

    models: Names
    mode: Listing = "allow"


class AllowedProviders(_Rule, frozen=True, tag="allowedProviders"):
    """Providers by their ids."""

    providers: Names
    mode: Listing = "allow"


class PaidModels(_Rule, frozen=True, tag="paidModels"):
    """Models that cost money: as their configuration says, else by their price. ``allow`` finds nothing wrong."""

    mode: Literal["allow", "block", "alert"] = "block"

    @property
    def action(self) -> int | None:
        """The action that the mode stands for; None: any."""
        return {"alert": ALERT, "block": BLOCK}.get(self.mode)


class Ceilings(_Rule, frozen=True, tag="ceilings"):
    """What one call may ask for at most, before it is made; None: any."""

    max_input_tokens: Amount | None = None
    max_output_tokens: Amount | None = None
    max_images: Amount | None = None
    max_cost_usd: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = msgspec.field(
        default=None, name="maxCostUSD"
    )


class Patterns(_Rule, frozen=True, tag="patterns"):
    """Regular expressions that must not occur in what is sent."""

    patterns: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=500)], ...],
        msgspec.Meta(min_length=1, max_length=50),
    ]


class PersonalData(_Rule, frozen=True, tag="personalData"):
    """Data of persons that must not be sent. ``countries`` (ISO 3166, two letters) are those whose numbers count."""

    kinds: Annotated[tuple[PersonalKind, ...], msgspec.Meta(min_length=1)]
    countries: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()


Rule: TypeAlias = AllowedModels | AllowedProviders | PaidModels | Ceilings | Patterns | PersonalData

KINDS: Final = ("allowedModels", "allowedProviders", "paidModels", "ceilings", "patterns", "personalData")

_PATH: Final = re.compile(r" - at `(?:key in )?\$(.*)`$")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def read_rule(given: Mapping[str, JsonValue]) -> Rule:
    """The rule in ``given``. :class:`InvalidInput` names the wrong field (``rule.models[0]``) and the remedy."""
    if given.get("kind") not in KINDS:
        raise InvalidInput.of("rule.kind", f"must be one of {', '.join(KINDS)}.")
    try:
        rule = msgspec.convert(given, type=Rule)
    except msgspec.ValidationError as error:
        text = str(error)
        found = _PATH.search(text)
        path = found[1] if found is not None else ""
        raise InvalidInput.of(f"rule{path}", f"{text[: found.start()] if found else text}.") from None
    _require_sense(rule)
    return rule


def require_patterns(rule: Rule, compile_pattern: Callable[[str], object]) -> None:
    """Raise :class:`InvalidInput` naming the first pattern that ``compile_pattern`` refuses with InvalidInput."""
    if isinstance(rule, Patterns):
        for index, pattern in enumerate(rule.patterns):
            try:
                compile_pattern(pattern)
            except InvalidInput as error:
                raise InvalidInput.of(f"rule.patterns[{index}]", error.message) from None


def write_rule(rule: Rule) -> dict[str, JsonValue]:
    """The rule as it is stored and shown: only what was said."""
    whole: dict[str, JsonValue] = msgspec.json.decode(msgspec.json.encode(rule))
    return {name: value for name, value in whole.items() if value is not None}


def _require_sense(rule: Rule) -> None:
    match rule:
        case Ceilings() if all(getattr(rule, field) is None for field in Ceilings.__struct_fields__):
            raise InvalidInput.of(
                "rule", "name at least one of maxInputTokens, maxOutputTokens, maxImages and maxCostUSD."
            )
        case PersonalData():
            for index, country in enumerate(rule.countries):
                if _COUNTRY.fullmatch(country) is None:
                    raise InvalidInput.of(f"rule.countries[{index}]", "must be two capital letters, such as DE.")
            if "nationalId" in rule.kinds:
                _require_countries(rule)
        case _:
            pass


def _require_countries(rule: PersonalData) -> None:
    from trunkline.core.national_id import COUNTRIES  # noqa: PLC0415 - what it needs is large

    known = ", ".join(sorted(COUNTRIES))
    if not rule.countries:
        raise InvalidInput.of("rule.countries", f"name the countries of the national ids to look for: any of {known}.")
    if not COUNTRIES.intersection(rule.countries):
        raise InvalidInput.of("rule.countries", f"national ids are known of {known}.")
