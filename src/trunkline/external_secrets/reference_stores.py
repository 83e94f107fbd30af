"""Where references lead: the environment, files, Vault and AWS Secrets Manager. Each asked for one value at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, cast

import msgspec

from trunkline.core.secret import Secret
from trunkline.external_secrets.aws import AwsService
from trunkline.external_secrets.service_call import ServiceFailed
from trunkline.external_secrets.vault_server import VaultServer
from trunkline.outbound import Transport

_LONGEST: Final = 32_768


class Fetched(msgspec.Struct, frozen=True):
    """What was found. ``seconds``: for how long its store says that it is good; None where it does not say."""

    secret: Secret
    seconds: float | None = None


Fetch = Callable[[str, "str | None"], Awaitable[Fetched]]
"""Takes the name and the field of a reference. Raises ServiceFailed."""


def read_variable(environment: Mapping[str, str], name: str) -> Fetched:
    """The environment of the server, as it was at the start."""
    value = environment.get(name, "").strip()
    if not value:
        raise ServiceFailed(f"The environment of the server has no {name}.", refused=True)
    return Fetched(Secret(value))


def read_file(path: str) -> Fetched:
    """A file on the machine of the server, such as a mounted secret. White space around it is cut."""
    try:
        with Path(path).open("rb") as opened:
            value = opened.read(_LONGEST + 1).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ServiceFailed(f"{path} cannot be read: {reason}.", refused=True) from None
    if not value or len(value) > _LONGEST:
        raise ServiceFailed(f"{path} is empty, or longer than a key can be.", refused=True)
    return Fetched(Secret(value))


class _Answer(msgspec.Struct):
    """Of the KV engine; version 2 nests what version 1 gives. https://developer.hashicorp.com/vault/api-docs/secret/kv"""

    data: dict[str, object]
    lease_duration: float = 0


async def read_vault(environment: Mapping[str, str], transport: Transport, path: str, field: str) -> Fetched:
    """A field of a secret at ``path``, as Vault's API names it: ``secret/data/openai`` for version 2 of the engine."""
    answer = await VaultServer(environment, transport).ask("GET", path, None, _Answer)
    inner = answer.data.get("data")
    nested = isinstance(inner, dict) and "metadata" in answer.data
    values = cast("Mapping[str, object]", inner) if nested else answer.data
    return Fetched(_pick(values, field, f"Vault's {path}"), answer.lease_duration or None)


class _Value(msgspec.Struct):
    text: str | None = msgspec.field(name="SecretString", default=None)


async def read_aws(environment: Mapping[str, str], transport: Transport, name: str, field: str | None) -> Fetched:
    """The current version of a secret; one ``field`` of it where it is JSON.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    parts = name.split(":")
    region = parts[3] if name.startswith("arn:") and len(parts) > 5 else None
    service = AwsService(
        "secretsmanager",
        "AWS Secrets Manager",
        target="secretsmanager",
        environment=environment,
        transport=transport,
        region=region,
    )
    text = (await service.ask("GetSecretValue", {"SecretId": name}, _Value)).text
    if text is None:
        raise ServiceFailed(f"The secret {name} is no text.", refused=True)
    if field is None:
        return Fetched(Secret(text.strip()))
    try:
        values = msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError:
        raise ServiceFailed(f"The secret {name} is no JSON, so it has no field {field}.", refused=True) from None
    return Fetched(_pick(values, field, f"The secret {name}"))


def _pick(values: Mapping[str, object], field: str, what: str) -> Secret:
    value = values.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ServiceFailed(f"{what} has no field {field} with a text.", refused=True)
    return Secret(value.strip())


def make_stores(environment: Mapping[str, str], clients: Callable[[str], Transport]) -> Mapping[str, Fetch]:
    """By the beginning of a reference. ``clients`` gives what a kind of service is asked through."""

    async def variable(name: str, _: str | None) -> Fetched:
        return read_variable(environment, name)

    async def file(path: str, _: str | None) -> Fetched:
        return await asyncio.to_thread(read_file, path)

    async def vault(path: str, field: str | None) -> Fetched:
        return await read_vault(environment, clients("vault"), path, field or "")

    async def aws(name: str, field: str | None) -> Fetched:
        return await read_aws(environment, clients("aws"), name, field)

    return {"env": variable, "file": file, "vault": vault, "aws-sm": aws}
