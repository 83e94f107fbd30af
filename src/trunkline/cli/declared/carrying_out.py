"""The changes of a plan, sent to the server one after the other."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from trunkline.cli.api import Api, find_path
from trunkline.cli.declared.document import Wanted
from trunkline.cli.declared.plan import Change, Plan, find_id, find_sections
from trunkline.cli.declared.secret_reference import is_reference
from trunkline.cli.declared.server_state import ServerState, Thing
from trunkline.cli.declared.yaml_text import Place, read_object
from trunkline.cli.kind import Record
from trunkline.core.errors import InvalidInput, NotFound, TrunklineError
from trunkline.core.secret import Secret, is_mask
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import write_origin
from trunkline.providers.registry import find
from trunkline.vault.sealed_key import PREFIX, SUITE, EncryptionKey, encode_info

_FEATURES = "openrouter"
"""Where a feature's own key goes, unless it says where."""


class Halted(Exception):
    """The server refused a change, or went away. ``done`` changes are made, and those behind it are not."""

    def __init__(self, done: int, error: TrunklineError) -> None:
        super().__init__(error.message)
        self.done = done
        self.error = error


class Carrier:
    """Carries out plans for one workspace. ``secrets`` has what each reference of the file leads to."""

    def __init__(self, api: Api, state: ServerState, secrets: Mapping[str, Secret | None]) -> None:
        self._api = api
        self._state = state
        self._secrets = secrets
        self._key: EncryptionKey | None = None
        self._made: dict[tuple[str, str], str] = {}
        self._touched: set[str] = set()

    async def carry_out(self, plan: Plan, tell: Callable[[Change], None]) -> None:
        """Send every change; ``tell`` hears of each one that is made. :class:`Halted` at the first that is not."""
        for index, change in enumerate(plan.changes):
            try:
                await self._send(change)
            except TrunklineError as error:
                raise Halted(index, error) from error
            tell(change)

    async def find_mistakes(self, plan: Plan) -> list[tuple[Place, str]]:
        """What the server would refuse of the configurations, asked before anything is changed."""
        mistakes: list[tuple[Place, str]] = []
        for change in plan.changes:
            wanted = change.wanted
            if change.kind.section != "configurations" or wanted is None:
                continue
            body = await self._write_body(change)
            before = change.thing.fields if change.thing is not None else {}
            whole = {**before, **wanted.fields}
            # Of headers that stay the server shows masks, and has taken them before.
            parameters = dict(read_object(whole.get("configuration")))
            if read_object(parameters.get("headers")):
                parameters["headers"] = {
                    header: value
                    for header, value in read_object(read_object(body.get("configuration")).get("headers")).items()
                    if value is not None and not is_mask(value)
                }
            draft: Record = {"name": wanted.name, "model": whole.get("model"), "configuration": parameters}
            if whole.get("baseUrl"):
                draft["baseUrl"] = whole["baseUrl"]
            if body.get("apiKey"):
                draft["apiKey"] = body["apiKey"]
            path = find_path("providers", str(whole.get("provider")), "validate")
            try:
                answer: Record = msgspec.json.decode(await self._api.ask("POST", path, body=draft))
            except (InvalidInput, NotFound) as error:
                mistakes.append((wanted.place, error.message))
                continue
            mistakes += [
                (_place(wanted, each["field"]), each["message"])
                for each in answer["errors"]
                if "apiKey" in draft or each["field"] != "apiKey" or change.thing is None
            ]
        return mistakes

    async def _send(self, change: Change) -> None:
        kind, thing = change.kind, change.thing
        if change.action == "delete":
            assert thing is not None
            await self._ask("DELETE", find_path(kind.path, thing.id), None, thing)
            return
        body = await self._write_body(change)
        if change.action == "create":
            if kind.placed:
                body["workspaceId"] = self._state.workspace_id
            answer = msgspec.json.decode(await self._api.ask("POST", kind.path, body=body), type=Record)
            record = answer[kind.answered] if kind.answered is not None else answer
            identity = str(record[kind.id])
            self._made[kind.section, change.name] = identity
            self._state.names.add(kind.section, change.name, identity)
            return
        path = kind.path.replace("{workspace}", self._state.workspace_id)
        if not kind.single:
            path = find_path(path, thing.id if thing is not None else self._made[kind.section, change.name])
        await self._ask(kind.method, path, body, thing)

    async def _ask(self, method: str, path: str, body: object, thing: Thing | None) -> None:
        # What somebody else has changed since the plan was made is not written over.
        headers: tuple[tuple[str, str], ...] = ()
        if thing is not None and thing.revision and path not in self._touched:
            headers = (("If-Match", f'"{thing.revision}"'),)
        self._touched.add(path)
        await (await self._api.open(method, path, body=body, headers=headers)).read()

    async def _write_body(self, change: Change) -> Record:
        kind, thing, wanted = change.kind, change.thing, change.wanted
        assert wanted is not None
        said = {field.field: wanted.fields[field.field] for field in change.fields}
        if kind.whole and thing is not None:
            # A change leaves nothing out; what the file does not say stays.
            said = {**{name: value for name, value in thing.fields.items() if value is not None}, **wanted.fields}
            if said.get("enabled") is False:
                said.pop("rate", None)
        said.update(self._add_moved(change))
        for name in kind.merged & said.keys():
            said[name] = self._merge(said[name] or {}, {} if thing is None else thing.fields.get(name) or {})
        body: Record = {}
        for name, value in said.items():
            if value is None and not kind.may_clear(name):
                continue
            if thing is None and value is None and not change.late:
                continue
            body[name] = await self._reveal(change, name, str(value)) if self._is_secret(change, name, value) else value
        return self._replace_names(change, body)

    def _is_secret(self, change: Change, name: str, value: Any) -> bool:
        return name in change.kind.secrets and isinstance(value, str) and is_reference(value)

    def _add_moved(self, change: Change) -> Record:
        """The key again where calls will go elsewhere: a stored one is bound to its place."""
        wanted, thing = change.wanted, change.thing
        if change.kind.section != "configurations" or wanted is None or thing is None:
            return {}
        reference = wanted.fields.get("apiKey")
        moved = self._find_origin(change, thing.fields) != self._find_origin(change, {**thing.fields, **wanted.fields})
        return {"apiKey": reference} if moved and self._secrets.get(str(reference)) is not None else {}

    def _merge(self, value: Record, before: Record) -> Record:
        """Members that the file has no more become null. Headers are sent whole, with what they refer to."""
        merged: Record = {**dict.fromkeys(before), **value}
        headers = cast("dict[str, Any]", value.get("headers") or {})
        stored = cast("dict[str, Any]", before.get("headers") or {})
        if headers or stored:
            revealed: Record = {}
            for header, reference in headers.items():
                secret = self._secrets.get(reference)
                revealed[header] = stored.get(header) if secret is None else secret.reveal()
            merged["headers"] = revealed
        return merged

    async def _reveal(self, change: Change, name: str, reference: str) -> str | None:
        secret = self._secrets[reference]
        if secret is None:
            return None
        if name != "apiKey":
            return secret.reveal()
        before = change.thing.fields if change.thing is not None else {}
        after = {**before, **(change.wanted.fields if change.wanted is not None else {})}
        return await self._seal(secret, self._find_origin(change, after))

    def _find_origin(self, change: Change, fields: Mapping[str, Any]) -> str:
        name = _FEATURES if change.kind.section == "features" else str(fields.get("provider"))
        parameters = cast("dict[str, Any]", fields.get("configuration") or {})
        return write_origin(read_base_url(find(name), fields.get("baseUrl"), parameters).origin)

    async def _seal(self, secret: Secret, origin: str) -> str:
        """So that nothing between this command and the server's vault sees it (RFC 9180)."""
        if self._key is None:
            self._key = await self._api.get("/api/encryption-key", EncryptionKey)
        key = self._key
        info = encode_info(
            instance=key.instance,
            kid=key.kid,
            user=self._state.user_id,
            workspace=self._state.workspace_id,
            origin=origin,
        )
        public = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key.public_key + "="))
        sealed = SUITE.encrypt(secret.reveal().encode(), public, info)
        return f"{PREFIX}{key.kid}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"

    def _replace_names(self, change: Change, body: Record) -> Record:
        """``body`` with ids in place of names, as the API has them."""
        wanted = change.wanted
        assert wanted is not None
        for reference in change.kind.references:
            if reference.within:
                items = cast("list[Record]", body.get(reference.within) or [])
                if items:
                    body[reference.within] = [
                        self._replace(reference.field, reference.api, reference.to, each) for each in items
                    ]
                continue
            if reference.field not in body:
                continue
            given = body.pop(reference.field)
            sections = find_sections(reference, {**(change.thing.fields if change.thing else {}), **wanted.fields})
            body[reference.api] = self._find_all(sections, given)
            if reference.field == "subjectName":
                body["subject"] = wanted.fields.get("subject")
        return body

    def _replace(self, field: str, api: str, sections: tuple[str, ...], item: Record) -> Record:
        rest = {name: value for name, value in item.items() if name != field}
        return {**rest, api: self._find_all(sections, item[field])}

    def _find_all(self, sections: tuple[str, ...] | None, given: Any) -> Any:
        if given is None or sections is None:
            return given
        if isinstance(given, list):
            return [find_id(self._state.names, sections, str(each)) for each in cast("list[Any]", given)]
        return find_id(self._state.names, sections, str(given))


def _place(wanted: Wanted, field: str) -> Place:
    return (*wanted.place, *(int(part) if part.isdigit() else part for part in re.split(r"[.\[\]]+", field) if part))
