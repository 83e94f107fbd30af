"""What must change on the server so that it is as the file says: worked out, and changing nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Literal, cast

import msgspec

from trunkline.cli.declared.document import Document, Wanted, order_routes
from trunkline.cli.declared.kinds import KINDS, SUBJECT, DeclaredKind, Reference
from trunkline.cli.declared.normal_form import complete
from trunkline.cli.declared.server_state import AS_THEY_ARE, SUBJECT_SECTIONS, Names, ServerState, Thing
from trunkline.cli.declared.yaml_text import Place, read_object
from trunkline.cli.nearest import suggest_or_list
from trunkline.core.secret import Secret, mask

Action = Literal["create", "update", "delete"]
UNKNOWN: Final = "unknown"


class FieldChange(msgspec.Struct, frozen=True):
    """A field before and after, as people may read it: secrets are masks."""

    field: str
    before: Any
    after: Any


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One request to the server. ``wanted`` is None for what is deleted, ``thing`` for what is made.

    ``late``: the second part of a thing, for which other things must be there first.
    """

    action: Action
    kind: DeclaredKind
    name: str
    fields: tuple[FieldChange, ...] = ()
    wanted: Wanted | None = None
    thing: Thing | None = None
    late: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The changes in their order. ``notes`` are what could not be compared; ``unlisted`` counts, by section, what is on
    the server and not in the file. ``there`` are the things of the file that the server has."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    unlisted: Mapping[str, int]
    there: tuple[Thing, ...] = ()


def make_plan(
    document: Document,
    state: ServerState,
    secrets: Mapping[str, Secret | None],
    prune: Collection[str] = (),
    *,
    renew_secrets: bool = False,
) -> Plan:
    """What to do. ``secrets`` has what each reference of the file leads to; ``prune`` are sections to delete from.

    Raises InvalidInput, with all mistakes, where the file does not fit what is there.
    """
    return _Planner(document, state, secrets, frozenset(prune), renew_secrets).plan()


class _Planner:
    def __init__(
        self,
        document: Document,
        state: ServerState,
        secrets: Mapping[str, Secret | None],
        prune: frozenset[str],
        renew_secrets: bool,
    ) -> None:
        self._document = document
        self._state = state
        self._secrets = secrets
        self._prune = prune
        self._renew = renew_secrets
        self._mistakes: list[tuple[Place, str]] = []
        self._notes: list[str] = []
        self._listed = {kind.section: {one.name for one in document.wanted if one.kind is kind} for kind in KINDS}

    def plan(self) -> Plan:
        early: list[Change] = []
        late: list[Change] = []
        there: list[Thing] = []
        for wanted in order_routes(self._document.wanted):
            if wanted.kind.path in self._state.hidden:
                self._mistakes.append((wanted.place, self._state.hidden[wanted.kind.path]))
                continue
            self._check_references(wanted)
            thing = self._find(wanted)
            if thing is not None:
                there.append(thing)
            for change in self._compare(wanted, thing):
                (late if change.late or wanted.kind.single else early).append(change)
        if self._mistakes:
            raise self._document.refuse(self._mistakes)
        met = {id(one) for one in there}
        rest = [one for one in self._state.things if id(one) not in met and one.made and not one.kind.single]
        deletions = [
            Change(action="delete", kind=one.kind, name=one.name, thing=one)
            for kind in reversed(KINDS)
            for one in rest
            if one.kind is kind and kind.section in self._prune
        ]
        counts = {
            section: count
            for section in self._document.sections - self._prune
            if (count := sum(one.kind.section == section for one in rest))
        }
        return Plan(changes=(*early, *late, *deletions), notes=tuple(self._notes), unlisted=counts, there=tuple(there))

    def _find(self, wanted: Wanted) -> Thing | None:
        found = self._state.find(wanted.kind, wanted.name)
        starts = complete(wanted.kind.shape, wanted.fields).get("startsAt")
        if starts is not None:
            found = [one for one in found if complete(one.kind.shape, one.fields).get("startsAt") == starts]
        if len(found) > 1:
            remedy = (
                "Say which by `startsAt`."
                if wanted.kind.section == "prices"
                else "Rename one of them, or delete it: names must tell them apart."
            )
            self._mistakes.append((wanted.place, f"there are {len(found)} of {wanted.name!r} on the server. {remedy}"))
        return found[0] if found else None

    def _check_references(self, wanted: Wanted) -> None:
        for reference in wanted.kind.references:
            for place, fields in find_referring(reference, wanted):
                given = fields.get(reference.field)
                if given is None:
                    continue
                sections = find_sections(reference, fields)
                if sections is None:
                    continue
                for name in cast("list[str]", given) if isinstance(given, list) else [str(given)]:
                    self._check_name(place, sections, name)

    def _check_name(self, place: Place, sections: tuple[str, ...], name: str) -> None:
        known: list[str] = []
        for section in sections:
            listed = self._listed.get(section, set())
            there = () if section in self._prune else self._state.names.find_ids(section, name)
            if name in listed:
                there = self._state.names.find_ids(section, name)[:1]
            if len(there) > 1:
                self._mistakes.append((place, f"several {section} are called {name!r}. Rename one of them."))
                return
            if name in listed or there:
                return
            known += [*listed, *([] if section in self._prune else self._state.names.list(section))]
        if self._state.names.find_name(sections, name) is None:
            where = " or ".join(sections)
            self._mistakes.append(
                (place, f"nothing among the {where} is called {name!r}.{suggest_or_list(name, dict.fromkeys(known))}")
            )

    def _compare(self, wanted: Wanted, thing: Thing | None) -> Iterator[Change]:
        changes = tuple(self._find_changes(wanted, thing))
        kind = wanted.kind
        for field in changes:
            if thing is not None and field.field in kind.fixed:
                place = (*wanted.place, field.field)
                self._mistakes.append(
                    (place, f"cannot be changed; it is {field.before!r} on the server. Use another name, or delete it.")
                )
        if thing is None and wanted.fields.get("kind") == "webhook" and not wanted.fields.get("secret"):
            # The server would make one and show it once, to a log of this command at best.
            self._mistakes.append(
                (
                    wanted.place,
                    "a new webhook needs its `secret`, by reference: `whsec_` and 32 random bytes in base64.",
                )
            )
        early = tuple(one for one in changes if one.field not in kind.late)
        late = tuple(one for one in changes if one.field in kind.late)
        if thing is None:
            yield Change(action="create", kind=kind, name=wanted.name, fields=early, wanted=wanted)
        elif early:
            yield Change(action="update", kind=kind, name=wanted.name, fields=early, wanted=wanted, thing=thing)
        if late:
            yield Change(
                action="update", kind=kind, name=wanted.name, fields=late, wanted=wanted, thing=thing, late=True
            )

    def _find_changes(self, wanted: Wanted, thing: Thing | None) -> Iterator[FieldChange]:
        kind = wanted.kind
        there = dict(thing.fields) if thing is not None else {}
        said = kind.normalise(complete(kind.shape, _without_secrets(wanted.fields, kind)))
        # What tells how to read a field, such as the provider, may stand on the server alone.
        said = kind.normalise({**there, **said}) if thing is not None else said
        seen = complete(kind.shape, kind.normalise(_without_secrets(there, kind)))
        for field, value in wanted.fields.items():
            place = (*wanted.place, field)
            if field in kind.secrets and isinstance(value, str) and value in self._secrets:
                yield from self._compare_secret(field, value, thing, place)
            elif field in kind.merged and isinstance(value, dict):
                yield from self._compare_merged(field, cast("dict[str, Any]", value), thing, said, seen, place)
            elif thing is None:
                if value is not None:
                    yield FieldChange(field, None, value)
            elif field in kind.secrets and value is None:
                if field in thing.masks:
                    yield FieldChange(field, thing.masks[field], None)
            elif said.get(field) != seen.get(field):
                yield FieldChange(field, there.get(field), value)

    def _compare_secret(self, field: str, reference: str, thing: Thing | None, place: Place) -> Iterator[FieldChange]:
        secret, shown = self._secrets[reference], None if thing is None else thing.masks.get(field)
        if secret is None:
            if shown is None:
                self._mistakes.append((place, f"{reference} is not there. Set it, and run this again."))
            else:
                self._notes.append(f"{write_place(place)}: {reference} is not there; the stored secret stays.")
        elif self._renew or shown != mask(secret.reveal()):
            yield FieldChange(field, shown, mask(secret.reveal()))

    def _compare_merged(
        self,
        field: str,
        value: dict[str, Any],
        thing: Thing | None,
        said: Mapping[str, Any],
        seen: Mapping[str, Any],
        place: Place,
    ) -> Iterator[FieldChange]:
        headers = read_object(value.get("headers"))
        stored = {} if thing is None else read_object(read_object(thing.fields.get(field)).get("headers"))
        masks: dict[str, Any] = {}
        for header, reference in headers.items():
            if reference is None:
                continue
            secret = self._secrets.get(reference)
            if secret is None and header not in stored:
                self._mistakes.append(
                    ((*place, "headers", header), f"{reference} is not there. Set it, and run this again.")
                )
            masks[header] = stored.get(header) if secret is None else mask(secret.reveal())
        plain = {name: each for name, each in value.items() if name != "headers"}
        before = {**read_object(seen.get(field)), **({"headers": stored} if stored else {})}
        after = {**read_object(said.get(field)), **({"headers": masks} if masks else {})}
        if thing is None:
            if after:
                yield FieldChange(field, None, {**plain, **({"headers": masks} if masks else {})})
        elif before != after or (self._renew and masks):
            yield FieldChange(field, before, after)


def _without_secrets(fields: Mapping[str, Any], kind: DeclaredKind) -> dict[str, Any]:
    kept = {name: value for name, value in fields.items() if name not in kind.secrets or name == "url"}
    for name in kind.merged & kept.keys():
        inner = read_object(kept[name])
        kept[name] = {each: value for each, value in inner.items() if each != "headers" and value is not None}
    return kept


def find_referring(reference: Reference, wanted: Wanted) -> list[tuple[Place, dict[str, Any]]]:
    """Each object of the file that has the reference, and where that stands."""
    if not reference.within:
        return [((*wanted.place, reference.field), wanted.fields)]
    return [
        ((*wanted.place, reference.within, index, reference.field), each)
        for index, each in enumerate(wanted.fields.get(reference.within) or [])
    ]


def find_sections(reference: Reference, fields: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Where the reference leads; None where it is no name but the id itself."""
    if reference.to != (SUBJECT,):
        return reference.to
    subject = fields.get("subject")
    return None if subject is None or subject in AS_THEY_ARE else (SUBJECT_SECTIONS[str(subject)],)


def find_id(names: Names, sections: tuple[str, ...], name: str) -> str:
    """The id of what is called so; ``name`` itself where it is an id."""
    for section in sections:
        found = names.find_ids(section, name)
        if found:
            return found[0]
    return name


def write_place(place: Place) -> str:
    """``routes[0].targets``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
