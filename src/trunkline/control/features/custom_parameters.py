"""Which custom parameters a feature may have: whatever else OpenRouter takes, but nothing that says who is asked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.providers.defaults import read_parameters

SIZE_LIMIT: Final = 64 * 1024
"""Bytes of all of them as JSON."""

DEPTH_LIMIT: Final = 20

_OWN: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "topp": "topP",
    "maxtokens": "maxTokens",
    "maxcompletiontokens": "maxTokens",
    "presencepenalty": "presencePenalty",
    "frequencypenalty": "frequencyPenalty",
    "system": "systemPrompt",
    "systemprompt": "systemPrompt",
    "siteurl": "siteUrl",
    "sitename": "siteName",
}
"""Settings of their own, which are checked."""

_CALL: Final = frozenset({"model", "models", "messages", "prompt", "input", "streamoptions", "extrabody"})
"""What belongs to the call, or would choose another model."""

_CREDENTIALS: Final = frozenset(
    {
        "apikey",
        "xapikey",
        "xgoogapikey",
        "openrouterkey",
        "openrouterapikey",
        "authorization",
        "proxyauthorization",
        "bearer",
        "bearertoken",
        "accesstoken",
        "authtoken",
        "secretkey",
        "clientsecret",
        "credential",
        "credentials",
        "password",
        "headers",
        "extraheaders",
    }
)

_SCHEMA_NAMES: Final = frozenset({"properties", "patternProperties", "$defs", "definitions"})
"""Members whose members are names of the user's own choice (JSON Schema)."""

_KEY: Final = re.compile(r"(?i)^\s*bearer\s|^\s*(sk-[a-z0-9-]{16,}|tl1\.|tl-[a-z0-9]{16,})")


def check_custom_parameters(given: Mapping[str, JsonValue], field: str = "customParameters") -> list[FieldError]:
    """What is wrong with ``given``, each with its path below ``field``; empty when nothing is.

    Refused, in any spelling (``api_key``, ``API-Key``): credentials at any depth, what names the model or the
    conversation, and what a setting of its own says. Names of a JSON Schema's properties are free.
    """
    errors: list[FieldError] = []
    for name in given:
        plain = _plain(name)
        if plain in _OWN:
            errors.append(FieldError(_path(field, name), f"is a setting of its own: set {_OWN[plain]} instead."))
    _look(dict(given), field, 0, errors)
    if errors:
        return errors
    if len(msgspec.json.encode(given)) > SIZE_LIMIT:
        return [FieldError(field, f"has at most {SIZE_LIMIT // 1024} KiB as JSON.")]
    if "stream" in given and not isinstance(given["stream"], bool):
        return [FieldError(_path(field, "stream"), "must be true or false.")]
    try:
        read_parameters(given)
    except InvalidInput as error:
        return [FieldError(_path(field, item.field), item.message) for item in error.fields] or [
            FieldError(field, error.message)
        ]
    return []


def _look(value: JsonValue, path: str, depth: int, errors: list[FieldError], *, named: bool = False) -> None:
    if depth > DEPTH_LIMIT:
        errors.append(FieldError(path[:200], f"is nested more than {DEPTH_LIMIT} levels deep."))
        return
    match value:
        case dict():
            for name, inner in value.items():
                where = _path(path, name)
                if not named and (problem := _refuse(name, top=depth == 0)) is not None:
                    errors.append(FieldError(where, problem))
                else:
                    _look(inner, where, depth + 1, errors, named=not named and name in _SCHEMA_NAMES)
        case list():
            for index, inner in enumerate(value):
                _look(inner, f"{path}[{index}]", depth + 1, errors)
        case str() if _KEY.search(value):
            errors.append(FieldError(path, "looks like a credential: keys are set as apiKey, and encrypted."))
        case int() if not isinstance(value, bool) and not -(2**63) <= value < 2**63:
            errors.append(FieldError(path, "holds a number beyond 64 bits."))
        case float() if not math.isfinite(value):
            errors.append(FieldError(path, "must be a finite number."))
        case _:
            pass


def _refuse(name: str, *, top: bool) -> str | None:
    plain = _plain(name)
    if plain in _CREDENTIALS:
        return "may not be here: credentials are set as apiKey, where they are encrypted."
    if plain in {"model", "messages"} or (top and plain in _CALL):
        return "may not be here: the model is a setting of its own, and what is asked comes with each call."
    return None


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _path(field: str, name: str) -> str:
    return f"{field}.{name[:100]}" if name else field
