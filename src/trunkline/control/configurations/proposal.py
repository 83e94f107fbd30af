"""What a configuration is to become: a draft laid over what is stored, checked as a whole. Pure: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar, cast

from msgspec import UNSET, UnsetType

from trunkline.control.configurations.configuration import Draft, Present, Proposal, choose
from trunkline.control.configurations.credentials import ACCESS_KEY, API_KEY, HEADER_PREFIX
from trunkline.control.configurations.json_limits import find_json_problem
from trunkline.control.configurations.loan import find_loan
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import FieldError, InvalidInput, NotFound
from trunkline.core.secret import Secret, is_mask
from trunkline.core.secret_reference import is_reference
from trunkline.providers.auth import KEY_LIMIT, write_auth
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import make_endpoint, write_origin
from trunkline.providers.key_owner import find_mistake
from trunkline.providers.provider import Provider
from trunkline.providers.registry import find
from trunkline.providers.validation import validate
from trunkline.storage.tables import Configuration
from trunkline.vault.sealed_key import SealedKeys, looks_sealed

NAME_LIMIT: Final = 255
MODEL_LIMIT: Final = 255
OutputLimit = Callable[[Provider, "str | None"], int]
"""The most output tokens that a model may be asked for."""

T = TypeVar("T")

_STAND_IN: Final = "stored"
"""In the place of a secret that is not opened for checking the rest."""


def propose(
    actor: Actor,
    draft: Draft,
    present: Present | None,
    *,
    sealed_keys: SealedKeys,
    output_limit: OutputLimit,
    lenders: Sequence[Configuration] = (),
) -> Proposal:
    """Lay ``draft`` over ``present`` and check the whole. Raises InvalidInput that names every wrong field.

    A secret stays with the origins that it was entered for: when the origin changes, each must be entered again.
    ``lenders`` are the configurations that may lend one that borrows their credential; it may be saved without any.
    """
    return _Checker(actor, draft, present, sealed_keys, output_limit, lenders).check()


class _Checker:
    def __init__(
        self,
        actor: Actor,
        draft: Draft,
        present: Present | None,
        sealed_keys: SealedKeys,
        output_limit: OutputLimit,
        lenders: Sequence[Configuration],
    ) -> None:
        self._actor = actor
        self._draft = draft
        self._present = present
        self._sealed_keys = sealed_keys
        self._output_limit = output_limit
        self._masks: Mapping[str, str] = present.masks if present else {}
        self._errors: list[FieldError] = []
        self._put: dict[str, Secret] = {}
        self._drop: set[str] = set()
        self._lenders = lenders
        self._borrows = False

    def check(self) -> Proposal:
        draft, present = self._draft, self._present
        name = self._text("name", choose(draft.name, present.name if present else ""), NAME_LIMIT)
        model = choose(draft.model, present.model if present else None)
        if model is not None:
            model = self._text("model", model, MODEL_LIMIT)
        provider = self._find_provider(choose(draft.provider, present.provider if present else ""))
        base_url = (choose(draft.base_url, present.base_url if present else None) or "").strip() or None
        if provider is None:
            raise self._refuse()
        parameters, headers = self._merge(provider)
        loan = find_loan(self._actor, draft, present, provider, base_url, parameters, self._lenders)
        self._borrows = loan.borrows
        self._errors += loan.errors
        origins = self._read_origins(provider, loan.upstream.base_url, loan.upstream.parameters)
        moved = present is not None and bool(origins) and origins != _origins_of(present)
        self._read_key(provider, origins, moved)
        self._read_access_key(moved)
        for setting, value in parameters.items():
            if (problem := find_json_problem(value)) is not None:
                self._errors.append(FieldError(f"configuration.{setting[:100]}", problem))
        kept = self._read_headers(provider, headers, moved)
        checked: JsonObject = {**parameters, "headers": dict(kept)} if kept else dict(parameters)
        self._errors += validate(provider, checked, model=model, max_output=self._output_limit(provider, model))
        if not self._errors:
            # What is left are settings that become headers of every call.
            settings = loan.upstream
            self._collect(
                lambda: make_endpoint(provider, settings.base_url, Secret(_STAND_IN), {}, settings.parameters)
            )
        if self._errors:
            raise self._refuse()
        if self._put:
            # One credential serves a call: with secrets of its own it needs no other.
            self._borrows = False
        elif self._borrows:
            self._drop |= set(self._masks)
        return Proposal(
            name=name,
            provider=provider,
            model=model,
            base_url=base_url,
            parameters=parameters,
            is_active=choose(draft.is_active, present.is_active if present else True),
            shared=choose(draft.shared, present.shared if present else False),
            application_id=choose(draft.application_id, present.application_id if present else None),
            put=self._put,
            drop=frozenset(self._drop),
            origins=origins,
            borrows=self._borrows,
            lender_id=loan.lender_id if self._borrows else None,
            caching=choose(draft.caching, present.caching if present else None),
        )

    def _find_provider(self, name: str) -> Provider | None:
        if not name:
            self._errors.append(FieldError("provider", "is required: GET /api/providers lists what there is."))
            return None
        try:
            return find(name)
        except NotFound as error:
            self._errors.append(FieldError("provider", error.message))
            return None

    def _read_origins(self, provider: Provider, base_url: str | None, parameters: JsonObject) -> tuple[str, ...]:
        url = self._collect(lambda: read_base_url(provider, base_url, parameters))
        return () if url is None else (write_origin(url.origin),)

    def _read_key(self, provider: Provider, origins: tuple[str, ...], moved: bool) -> None:
        given, shown = self._draft.api_key, self._masks.get(API_KEY)
        # A reference is shown whole: whoever sends it names it, also for another address.
        if isinstance(given, Secret) and shown is not None and not is_reference(shown):
            given = UNSET if given.reveal().strip() == shown else given
        if provider.auth == "none":
            if isinstance(given, Secret):
                self._errors.append(FieldError("apiKey", f"{provider.display_name} takes no key: leave it out."))
            self._drop_if_stored(API_KEY)
        elif isinstance(given, Secret):
            self._take_key(provider, given, origins)
        elif self._borrows:
            pass
        elif given is UNSET and shown is not None:
            if moved:
                self._errors.append(FieldError("apiKey", _enter_again("The key")))
        elif provider.requires_api_key:
            where = f" Make one at {provider.key_url}" if provider.key_url else ""
            self._errors.append(FieldError("apiKey", f"is required for {provider.display_name}.{where}"))
        else:
            self._drop_if_stored(API_KEY)

    def _take_key(self, provider: Provider, given: Secret, origins: tuple[str, ...]) -> None:
        text = given.reveal().strip()
        if is_mask(text):
            self._errors.append(
                FieldError("apiKey", "is a mask and no key: leave it out to keep the stored one, or enter the key.")
            )
            return
        if looks_sealed(text):
            if not origins:
                return
            opened = self._collect(
                lambda: self._sealed_keys.open_sealed(
                    text, user=self._actor.user_id, workspace=self._actor.workspace_id, origin=origins[0]
                )
            )
            if opened is None:
                return
            text = opened.reveal().strip()
        key = Secret(text)
        mistake = find_mistake(provider, text) if _is_at_home(provider, origins) else None
        if mistake is not None:
            self._errors.append(FieldError("apiKey", mistake))
            return
        if self._collect(lambda: write_auth(provider.auth, key)) is not None:
            self._put[API_KEY] = key

    def _read_access_key(self, moved: bool) -> None:
        given, shown = self._draft.access_key, self._masks.get(ACCESS_KEY)
        text = given.reveal().strip() if isinstance(given, Secret) else ""
        if given is None or (moved and (given is UNSET or text == shown)):
            self._drop_if_stored(ACCESS_KEY)
        elif given is UNSET or text == shown:
            return
        elif not text or len(text) > KEY_LIMIT or not text.isprintable():
            self._errors.append(FieldError(ACCESS_KEY, f"must be one line of 1 to {KEY_LIMIT:,} characters."))
        elif is_mask(text):
            self._errors.append(FieldError(ACCESS_KEY, "is a mask: leave it out to keep the stored one."))
        else:
            self._put[ACCESS_KEY] = Secret(text)

    def _merge(self, provider: Provider) -> tuple[JsonObject, JsonValue | UnsetType]:
        """The settings under their own names without headers, and what the draft says of headers."""
        names = {alias: parameter.name for parameter in provider.parameters for alias in parameter.aliases}
        merged: JsonObject = dict(self._present.parameters) if self._present else {}
        headers: JsonValue | UnsetType = UNSET
        given = self._draft.parameters
        for name, value in ({} if given is UNSET else given).items():
            own = names.get(name, name)
            if own == "headers":
                headers = value
            elif value is None:
                merged.pop(own, None)
                merged.pop(name, None)
            elif own != name and own in (given or {}):
                # Both names at once: left as they are, for the check of the whole to say so.
                merged[name] = value
            else:
                merged[own] = value
        return merged, headers

    def _read_headers(self, provider: Provider, given: JsonValue | UnsetType, moved: bool) -> dict[str, JsonValue]:
        """What is to be checked of the headers: new values as they are, stored ones as a stand-in."""
        stored = {field.removeprefix(HEADER_PREFIX) for field in self._masks if field.startswith(HEADER_PREFIX)}
        if not any(parameter.neutral == "headers" for parameter in provider.parameters):
            self._drop |= {HEADER_PREFIX + name for name in stored}
            # Anything that was sent is for the check of the whole to refuse, which knows the settings there are.
            return {} if given is UNSET or given is None else {"": _STAND_IN}
        if given is UNSET and self._borrows:
            return {}
        if given is UNSET:
            if moved and stored:
                self._errors.append(FieldError("configuration.headers", _enter_again("The headers")))
            return {name: cast("JsonValue", _STAND_IN) for name in stored}
        if given is None:
            given = {}
        if not isinstance(given, dict):
            self._errors.append(FieldError("configuration.headers", "must be an object of names and texts."))
            return {}
        checked: dict[str, JsonValue] = {}
        for name, value in given.items():
            field, shown = HEADER_PREFIX + name, self._masks.get(HEADER_PREFIX + name)
            path = f"configuration.{field[:100]}"
            if value is None:
                continue
            if not isinstance(value, str):
                checked[name] = value
            elif not is_mask(value):
                checked[name] = value
                self._put[field] = Secret(value.strip())
            elif value != shown:
                self._errors.append(FieldError(path, "is a mask and no value: enter the value."))
            elif moved:
                self._errors.append(FieldError(path, _enter_again("The value")))
            else:
                checked[name] = _STAND_IN
        self._drop |= {HEADER_PREFIX + name for name in stored if name not in checked}
        return checked

    def _drop_if_stored(self, field: str) -> None:
        if field in self._masks:
            self._drop.add(field)

    def _text(self, field: str, value: str, limit: int) -> str:
        text = value.strip()
        if not text:
            self._errors.append(FieldError(field, "is required."))
        elif len(text) > limit:
            self._errors.append(FieldError(field, f"has at most {limit} characters; has {len(text)}."))
        elif not text.isprintable():
            self._errors.append(FieldError(field, "holds a line break or another character that cannot be shown."))
        return text

    def _collect(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except InvalidInput as error:
            self._errors += error.fields or (FieldError("", error.message),)
            return None

    def _refuse(self) -> InvalidInput:
        return InvalidInput.of_all(tuple(dict.fromkeys(self._errors)))


def _origins_of(present: Present) -> tuple[str, ...]:
    """Where the stored secrets may go; nowhere, when they are for a provider that this version does not have."""
    try:
        return (write_origin(read_base_url(find(present.provider), present.base_url, present.parameters).origin),)
    except (NotFound, InvalidInput):
        return ()


def _enter_again(what: str) -> str:
    return (
        f"{what} was entered for another address and is not sent to a new one: enter it again together with this"
        " change."
    )


def _is_at_home(provider: Provider, origins: tuple[str, ...]) -> bool:
    """Whether calls go to the provider's own address: behind another one may stand anybody."""
    if provider.base_url is None or "{" in provider.base_url:
        return False
    return origins == (write_origin(read_base_url(provider, None).origin),)
