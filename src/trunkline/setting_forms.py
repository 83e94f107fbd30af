"""What may be written in several ways in a setting, brought into one form; ValueError says what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from trunkline.core.secret import Secret

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#,*@]+|null|\*", re.IGNORECASE)
_BASE_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_OWN_PATHS: Final = frozenset(
    {"ai", "api", "console", "docs", "healthz", "metrics", "model-configs", "openapi.json", "policy", "readyz", "setup"}
    | {"ollama", "v1", "v1beta"}
)

_PACKAGE: Final = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.ASCII | re.IGNORECASE)

_POSTGRESQL: Final = frozenset({"postgres", "postgresql"})

_REDIS: Final = {"redis": "redis", "rediss": "rediss", "unix": "unix", "valkey": "redis", "valkeys": "rediss"}

SMTP_PORTS: Final[Mapping[str, int]] = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""By how a mail server is spoken to, the port where its address names none."""

_KEY_ADDRESSES: Final[Mapping[str, re.Pattern[str]]] = {
    "aws-kms": re.compile(r"arn:[\w-]+:kms:[\w-]+:\d+:(key|alias)/[\w/-]+|alias/[\w/-]+|[\w-]+", re.ASCII),
    "azure-keyvault": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+){3}/[A-Za-z0-9-]+"),
    "gcp-kms": re.compile(r"projects/[\w.:-]+/locations/[\w-]+/keyRings/[\w-]+/cryptoKeys/[\w-]+", re.ASCII),
    "vault-transit": re.compile(r"([\w.-]+/)+[\w.-]+", re.ASCII),
}
"""By scheme, what names a key of a key service."""


def read_origins(text: str) -> tuple[str, ...]:
    """Origins with commas between; ``none`` for none. Raises ValueError for what is no origin, and says why."""
    given = (item.strip().lower() for item in text.split(","))
    origins = tuple(origin for origin in given if origin not in {"", "none"})
    for origin in origins:
        if _ORIGIN.fullmatch(origin) is None:
            raise ValueError(f"{origin!r} is not an origin. An origin is like https://app.example.com, without a path.")
    return origins


def read_packages(text: str) -> tuple[str, ...]:
    """Names of Python packages with commas between, each once. Raises ValueError for what is none.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    given = [item.strip() for item in text.split(",") if item.strip()]
    for name in given:
        if _PACKAGE.fullmatch(name) is None:
            raise ValueError(f"{name!r} is not the name of a package. Write names with commas between: trunkline-acme")
    return tuple(dict.fromkeys(re.sub(r"[-_.]+", "-", name).lower() for name in given))


def _add_driver(url: Secret) -> Secret:
    """The address as operators know it, with the driver that this server speaks to it through."""
    scheme, separator, rest = url.reveal().partition("://")
    return Secret(f"postgresql+asyncpg://{rest}") if separator and scheme in _POSTGRESQL else url


def _read_redis_url(url: Secret) -> Secret:
    """The address as the library takes it, which knows no other name of the server."""
    scheme, separator, rest = url.reveal().partition("://")
    scheme = _REDIS.get(scheme, "")
    if not (separator and scheme and rest):
        raise ValueError("must begin with redis://, rediss:// or unix://, as redis://127.0.0.1:6379/0 does")
    return Secret(f"{scheme}://{rest}")


def _read_smtp_url(url: Secret) -> Secret:
    parts = urlsplit(url.reveal())
    try:
        known = parts.scheme in SMTP_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("must be like smtp://user:password@smtp.example.com:587, smtps://… or smtp+plain://…")
    if parts.scheme == "smtp+plain" and (parts.username or parts.password):
        raise ValueError("has a password, which smtp+plain:// would send unencrypted: use smtp:// or smtps://")
    return url


def _read_sender(text: str) -> str:
    name, at, domain = text.strip().rpartition("@")
    if not (name and at and domain) or not text.isprintable() or set(text.strip()) & set(" <>,;"):
        raise ValueError("must be an email address alone, such as alerts@example.com")
    return text.strip()


def _read_key_address(text: str) -> str:
    scheme, separator, name = text.strip().partition("://")
    shape = _KEY_ADDRESSES.get(scheme)
    # What is wrong is not shown: somebody may have written the root key itself.
    if not separator or shape is None or shape.fullmatch(name) is None or ".." in name:
        raise ValueError(
            "must name the key of a key service, as aws-kms://alias/trunkline,"
            " gcp-kms://projects/P/locations/L/keyRings/R/cryptoKeys/K, azure-keyvault://name.vault.azure.net/key or"
            " vault-transit://transit/trunkline do. The root key itself goes into the file of TRUNKLINE_ROOT_KEY_FILE"
        )
    return text.strip()


def _read_base_path(text: str) -> str:
    path = text.strip().rstrip("/")
    if path and _BASE_PATH.fullmatch(path) is None:
        raise ValueError("must be a path of letters, digits and -._~ such as /trunkline or /tools/trunkline")
    if path and path.split("/")[1] in _OWN_PATHS:
        raise ValueError("begins like a path of the server's own; choose another, such as /trunkline")
    return path


FORMS: Final[Mapping[str, Callable[[Any], object]]] = {
    "extensions": lambda text: ", ".join(read_packages(text)) or None,
    "database_url": _add_driver,
    "database_direct_url": _add_driver,
    "redis_url": _read_redis_url,
    "root_key": _read_key_address,
    "smtp_url": _read_smtp_url,
    "smtp_from": _read_sender,
    "base_path": _read_base_path,
    "public_url": lambda url: url.rstrip("/") or None,
    "cors_origins": lambda text: ", ".join(read_origins(text)),
}
"""By the field of the settings."""
