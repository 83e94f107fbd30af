"""A workspace as a file: what ``trunkline export`` writes and ``trunkline apply`` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from trunkline.cli.declared.kinds import KINDS, SETTINGS, DeclaredKind
from trunkline.cli.declared.plan_text import dump
from trunkline.cli.declared.server_state import ServerState, Thing
from trunkline.cli.declared.yaml_text import read_object
from trunkline.core.secret_reference import is_reference

_HEAD: Final = (
    "# Written by `trunkline export`. Secrets are references: set these variables where you run `trunkline apply`.\n"
)
_WORD: Final = re.compile(r"[^A-Z0-9]+")
_SECRET_WORDS: Final = {"apiKey": "API_KEY", "secret": "SECRET", "url": "URL"}
_FREE: Final = frozenset({"configuration", "customParameters", "rule"})
"""What is the provider's, or says something by being empty."""

_NOTHING: Final[tuple[Any, ...]] = (None, [], {}, "")


class Export:
    """The file's text, with the variables that it refers to and what it had to leave out."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self.variables: dict[str, str] = {}
        self.left_out: list[str] = []
        self.left_out += [f"{kind.section}: {words}" for kind in KINDS if (words := state.hidden.get(kind.path))]
        self.text = self._write()

    def _write(self) -> str:
        written: dict[str, Any] = {"version": 1}
        if not self._state.personal:
            written["workspace"] = self._state.workspace
        for kind in KINDS:
            things = [one for one in self._state.things if one.kind is kind and one.made]
            items = [self._write_thing(one) for one in things if self._is_nameable(one, things)]
            if items:
                written[kind.section] = items
        settings = dict(self._write_settings())
        if settings:
            written["settings"] = settings
        return _HEAD + dump(written) + "\n"

    def _is_nameable(self, thing: Thing, every: list[Thing]) -> bool:
        alone = thing.kind.section == "prices" or sum(one.name == thing.name for one in every) == 1
        gone = next((one for one in self._find_gone(thing)), None)
        if not alone:
            self.left_out.append(f"{thing.kind.noun} {thing.name}: several have this name. Rename one of them.")
        elif gone is not None:
            self.left_out.append(f"{thing.kind.noun} {thing.name}: what its {gone} leads to has no name here.")
        return alone and gone is None

    def _find_gone(self, thing: Thing) -> Iterator[str]:
        """References to what is deleted, or hidden from the caller: their id is all that there is."""
        for reference in thing.kind.references:
            if not reference.within:
                given = thing.fields.get(reference.field)
                for each in cast("list[Any]", given) if isinstance(given, list) else [given]:
                    if isinstance(each, str) and _ID.fullmatch(each):
                        yield reference.field

    def _write_thing(self, thing: Thing) -> dict[str, Any]:
        kind = thing.kind
        usual = _find_usual(kind)
        if thing.borrows:
            self.left_out.append(f"the key of {kind.noun} {thing.name}, which is another's. Give it an apiKey.")
        written: dict[str, Any] = {}
        for name in kind.fields:
            if name in thing.masks:
                shown = thing.masks.get(name) or ""
                written[name] = shown if is_reference(shown) else self._refer(thing.name, _SECRET_WORDS[name])
                continue
            value = thing.fields.get(name)
            headers = read_object(read_object(value).get("headers")) if name in kind.merged else {}
            if headers:
                value = {**read_object(value), "headers": {each: self._refer(thing.name, each) for each in headers}}
            if name not in _FREE:
                value = _strip(value)
            if value in _NOTHING or (name in usual and value == usual[name]):
                continue
            written[name] = value
        return written

    def _refer(self, name: str, what: str) -> str:
        variable = _WORD.sub("_", f"{name}_{what}".upper()).strip("_") or "SECRET"
        if variable[0].isdigit():
            variable = f"_{variable}"
        number, tried = 2, variable
        while tried in self.variables:
            tried, number = f"{variable}_{number}", number + 1
        self.variables[tried] = name
        return f"${{env:{tried}}}"

    def _write_settings(self) -> Iterator[tuple[str, Any]]:
        for kind in SETTINGS:
            thing = next((one for one in self._state.things if one.kind is kind), None)
            if thing is None:
                continue
            name = thing.name
            fields = {each: value for each, value in thing.fields.items() if value not in _NOTHING}
            if name in fields:
                yield name, fields[name]
            elif fields and fields.get("enabled") is not False:
                yield name, fields


_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _find_usual(kind: DeclaredKind) -> Mapping[str, Any]:
    """Values that need no word, because what is made without one has them."""
    return {
        field.alias or name: field.default
        for name, field in kind.shape.model_fields.items()
        if not field.is_required() and field.default is not None
    }


def _strip(value: Any) -> Any:
    """``value`` without members that say nothing."""
    if isinstance(value, dict):
        return {name: _strip(each) for name, each in read_object(value).items() if each not in _NOTHING}
    if isinstance(value, list):
        return [_strip(each) for each in cast("list[Any]", value)]
    return value
