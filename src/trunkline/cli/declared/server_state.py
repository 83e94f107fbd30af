"""What a workspace is now, as the file would say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from trunkline.cli.api import Api
from trunkline.cli.declared.kinds import KINDS, SETTINGS, SUBJECT, DeclaredKind, Reference
from trunkline.cli.kind import Record
from trunkline.core.errors import Forbidden, NotFound

AS_THEY_ARE: Final = frozenset({"workspace", "provider", "feature", "tag", "machine"})
"""Subjects whose id is what people call them."""

UNREFERRED: Final = frozenset({"features", "limits", "prices", "alertRules"})
"""Sections that nothing refers to, or by what is their id already."""

SUBJECT_SECTIONS: Final[Mapping[str, str]] = {
    "application": "applications",
    "user": "users",
    "key": "keys",
    "configuration": "configurations",
    "budget": "budgets",
    "policy": "policies",
}


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on the server. ``fields`` are as in the file; ``masks`` shows the secrets that it has.

    ``made``: somebody has made it, or changed it from how every workspace has it. ``borrows``: its key is another's.
    """

    kind: DeclaredKind
    name: str
    id: str
    fields: dict[str, Any]
    masks: dict[str, str]
    made: bool
    made_at: str = ""
    borrows: bool = False
    revision: int | None = None
    changed_at: str = ""


class Names:
    """Which ids things of a section have by their names, and back."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, list[str]]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def add(self, section: str, name: str, identity: str) -> None:
        """Something is called so."""
        self._ids.setdefault(section, {}).setdefault(name, []).append(identity)
        self._names.setdefault(section, {})[identity] = name

    def find_ids(self, section: str, name: str) -> Sequence[str]:
        """The ids of what is called so: one, none, or several."""
        return self._ids.get(section, {}).get(name, ())

    def find_name(self, sections: Sequence[str], identity: str) -> str | None:
        """What that id is called; None where it is nobody's."""
        return next((name for each in sections if (name := self._names.get(each, {}).get(identity)) is not None), None)

    def list(self, section: str) -> list[str]:
        """All names of a section."""
        return list(self._ids.get(section, {}))


class ServerState(msgspec.Struct, frozen=True, kw_only=True):
    """A whole workspace. ``things`` are kind by kind, and of a kind the oldest first.

    ``hidden`` are the paths of kinds that the caller may not see, with the server's refusal.
    """

    workspace_id: str
    workspace: str
    personal: bool
    user_id: str
    things: tuple[Thing, ...]
    names: Names
    hidden: Mapping[str, str] = {}

    def find(self, kind: DeclaredKind, name: str) -> list[Thing]:
        """Those of that kind with that name."""
        return [one for one in self.things if one.kind is kind and one.name == name]


async def open_workspace(api: Api, name: str | None) -> tuple[Api, Record, Record]:
    """The API at the workspace of that name (None: where commands work), with ``/api/auth/me`` and the workspace."""
    me = await api.get("/api/auth/me", Record)
    every: list[Record] = me["workspaces"]
    here = me["actor"]["workspaceId"]
    if name is None:
        return api, me, next(one for one in every if one["id"] == here)
    found = [one for one in every if one["name"] == name]
    # One's own workspace may be called like a shared one: what commands work in already comes first.
    found = [one for one in found if one["id"] == here] or found
    if len(found) != 1:
        which = "there are several" if found else "you are in none"
        raise NotFound(
            f"The file is for the workspace {name!r}, and {which} of that name. "
            + ("Rename one of them." if found else f"Make it: trunkline workspaces add {name!r}")
        )
    if found[0]["id"] == here:
        return api, me, found[0]
    if me["actor"]["kind"] == "key":
        raise Forbidden(f"The file is for the workspace {name!r}, and this API key works in another one.")
    return api.at(found[0]["id"]), me, found[0]


async def read_state(
    api: Api, me: Record, workspace: Record, sections: Collection[str] = frozenset(one.section for one in KINDS)
) -> ServerState:
    """What the caller can see of the workspace: ``sections``, and all that they may refer to.

    What they may not list, such as its members, has no names.
    """
    names = Names()
    await _add_people(api, workspace["id"], names)
    hidden: dict[str, str] = {}
    listed: list[tuple[DeclaredKind, Record]] = []
    user_id = me["user"]["id"]
    for kind in KINDS:
        if kind.section not in sections and kind.section in UNREFERRED:
            continue
        try:
            found = await _list(api, kind)
        except Forbidden as refusal:
            hidden[kind.path] = refusal.message
            continue
        records = [one for one in found if one.get("workspaceId", workspace["id"]) == workspace["id"]]
        if kind.section == "configurations":
            records = _prefer_own(records, user_id)
        listed += ((kind, record) for record in records)
        if kind.section not in UNREFERRED:
            for record in records:
                names.add(kind.section, kind.name(record), record[kind.id])
    things = [_make_thing(kind, record, names) for kind, record in listed]
    things.sort(key=lambda one: (KINDS.index(one.kind), one.made_at, one.id))
    for kind in SETTINGS:
        try:
            record = workspace if kind.path.startswith("/api/workspaces") else await api.get(kind.path, Record)
        except Forbidden as refusal:
            hidden[kind.path] = refusal.message
            continue
        things.append(_make_thing(kind, _prepare(kind, record), names))
    return ServerState(
        workspace_id=workspace["id"],
        workspace=workspace["name"],
        personal=workspace["personal"],
        user_id=user_id,
        things=tuple(things),
        names=names,
        hidden=hidden,
    )


async def _list(api: Api, kind: DeclaredKind) -> list[Record]:
    if kind.listed is not None:
        found: list[Record] = (await api.get(kind.path, Record))[kind.listed]
        return found
    return [msgspec.json.decode(item) for item in await api.list(kind.path)]


async def _add_people(api: Api, workspace_id: str, names: Names) -> None:
    try:
        for item in await api.list(f"/api/workspaces/{workspace_id}/members"):
            member: Record = msgspec.json.decode(item)
            names.add("users", member["email"], member["userId"])
        for item in await api.list("/api/keys"):
            key: Record = msgspec.json.decode(item)
            names.add("keys", key["name"], key["id"])
    except Forbidden:
        return


def _prefer_own(records: list[Record], user_id: str) -> list[Record]:
    """Of configurations with one name those of the caller, as calls of theirs would find them."""
    own = {one["name"] for one in records if one["userId"] == user_id}
    return [one for one in records if one["userId"] == user_id or one["name"] not in own]


def _prepare(kind: DeclaredKind, record: Record) -> Record:
    if kind.path == "/api/retention":
        return record["workspace"]
    if kind.path == "/api/capture" and not record["enabled"]:
        # The rate of what captures nothing is no rate to go on with.
        return {**record, "rate": None}
    return record


def _make_thing(kind: DeclaredKind, record: Record, names: Names) -> Thing:
    fields = {name: record[name] for name in kind.fields if name in record and name not in kind.secrets}
    for reference in kind.references:
        for place, source in _find_places(reference, fields, record):
            place[reference.field] = _name_all(reference, source, names)
            if place is not fields:
                place.pop(reference.api, None)
    masks = {
        name: record[shown]
        for name, shown in kind.secrets.items()
        if record.get(shown) and (name != "url" or record.get("kind") == "slack")
    }
    if "url" in kind.secrets and record.get("kind") != "slack":
        fields["url"] = record.get("url")
    elif "url" in masks:
        masks.pop("secret", None)
    return Thing(
        kind=kind,
        name=kind.name(fields),
        id=str(record.get(kind.id, "")),
        fields=fields,
        masks=masks,
        made=kind.single or kind.own(record),
        made_at=str(record.get("createdAt") or ""),
        borrows=bool(record.get("borrows")),
        revision=record.get("revision"),
        changed_at=str(record.get("updatedAt") or ""),
    )


def _find_places(
    reference: Reference, fields: dict[str, Any], record: Record
) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Each object of the file that has the reference, with the one of the answer that it comes from."""
    if not reference.within:
        return [(fields, record)]
    sources = cast("list[Record]", record[reference.within])
    fields[reference.within] = [_keep_sent(source, reference) for source in sources]
    return list(zip(fields[reference.within], sources, strict=True))


def _keep_sent(source: Record, reference: Reference) -> Record:
    # Only targets of routes have references in a list; the rest of their answer is for readers.
    kept = ("model", "priority", "weight", "conditions", "fallbackFor")
    return {reference.field: "", **{name: source[name] for name in kept if name in source}}


def _name_all(reference: Reference, source: Mapping[str, Any], names: Names) -> Any:
    given = source.get(reference.api)
    if given is None:
        return None
    sections: Sequence[str] = reference.to
    if sections == (SUBJECT,):
        subject = source.get("subject")
        if subject == "workspace":
            return None
        if subject in AS_THEY_ARE or subject is None:
            return given
        sections = (SUBJECT_SECTIONS[str(subject)],)
    if isinstance(given, list):
        return [names.find_name(sections, str(each)) or each for each in cast("list[Any]", given)]
    return names.find_name(sections, str(given)) or given
