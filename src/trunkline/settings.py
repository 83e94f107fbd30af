"""Every setting, read once at start from the environment (prefix ``TRUNKLINE_``) or an ``.env`` file beside it.

The reference page is made from this file: a field's description is what its reader needs to know. Commands read it as
they start, and so does each process of the server: it loads no more than it needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.setting_forms import FORMS, read_origins, read_packages

PREFIX: Final = "TRUNKLINE_"

_BOOLEANS: Final = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}

_NUMBERS: Final[Mapping[Any, str]] = {int: "a whole number", float: "a number"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one server process. :class:`InvalidInput` for origins that are none."""

    host: Annotated[str, Meta(description="The address to listen on. `0.0.0.0` opens it to the network.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="The port to listen on.")] = 8700
    ollama_port: Annotated[int | None, Meta(ge=1, le=65535, description="A port for Ollama's clients: `11434`.")] = None
    ollama_key: Annotated[
        Secret | None, Meta(description="The API key of Ollama's clients that send none. Needs a loopback `HOST`.")
    ] = None
    workers: Annotated[int, Meta(ge=1, le=64, description="Server processes that share the port.")] = 1
    data_dir: Annotated[
        Path,
        Meta(description="The folder of the SQLite database, the root key and the journal."),
    ] = Path(".trunkline")
    database_url: Annotated[
        Secret | None,
        Meta(
            description="`postgresql://user:password@host/name`, with `?sslmode=verify-full` for TLS. Unset: SQLite in"
            " the data folder."
        ),
    ] = None
    database_direct_url: Annotated[
        Secret | None,
        Meta(
            description="PostgreSQL's own address, for migrations and notifications, where `TRUNKLINE_DATABASE_URL`"
            " leads to a connection pooler in transaction mode, such as PgBouncer. Unset: there is no pooler."
        ),
    ] = None
    database_read_url: Annotated[
        Secret | None,
        Meta(
            description="A read replica of PostgreSQL, for reports of usage and lists of requests while it is less than"
            " 5 s behind. Unset: there is none."
        ),
    ] = None
    database_connections: Annotated[
        int, Meta(ge=2, le=1_000, description="Connections to PostgreSQL for management, and to the replica, at most.")
    ] = 20
    redis_url: Annotated[
        Secret | None,
        Meta(
            description="Redis or Valkey, in which all processes count for limits together, and tell each other which"
            " targets of routes to leave alone: `redis://host:6379/0`,"
            " `rediss://user:password@host:6379/0` with TLS, or `unix:///path/to/socket`. Unset: each process has its"
            " share of every limit.",
        ),
    ] = None
    redis_seconds: Annotated[
        float,
        Meta(gt=0, le=5, description="How long a call waits for Redis, before it goes without."),
    ] = 0.05
    cache_mb: Annotated[
        int,
        Meta(ge=1, le=65_536, description="MiB of memory for responses that routes keep, in each server process."),
    ] = 64
    cache_seconds: Annotated[
        int,
        Meta(ge=1, le=31_536_000, description="The longest time for which a route may keep responses."),
    ] = 86_400
    root_key: Annotated[
        str | None,
        Meta(
            description="The key of a key service that wraps the root key: `aws-kms://alias/trunkline`,"
            " `gcp-kms://projects/…/cryptoKeys/…`, `azure-keyvault://name.vault.azure.net/key` or"
            " `vault-transit://transit/trunkline`. Unset: the root key is a plain file.",
        ),
    ] = None
    root_key_file: Annotated[
        Path | None,
        Meta(
            description="The file with the 32-byte root key, or with the wrapped one. Unset: a systemd credential"
            " `trunkline-root-key` if there is one, else `root.key` (wrapped: `root.key.wrapped`) in the data folder,"
            " made at the first start.",
        ),
    ] = None
    secret_references: Annotated[
        str | None,
        Meta(
            description="References that configurations may name in the place of a provider's key, with commas between"
            " and `*` for any characters: `env:OPENAI_API_KEY for https://api.openai.com, vault:secret/data/ai/*`."
            " A key is sent only to the origins after `for`. Unset: none.",
        ),
    ] = None
    secret_refresh_seconds: Annotated[
        int, Meta(ge=1, le=86_400, description="After how long a key by reference is looked up again.")
    ] = 300
    secret_keep_seconds: Annotated[
        int,
        Meta(
            ge=1,
            le=604_800,
            description="How long a key by reference is used after it was found, where it cannot be looked up again.",
        ),
    ] = 3600
    extensions: Annotated[
        str | None,
        Meta(
            description="Installed Python packages that this server loads as extensions, with commas between:"
            " `trunkline-acme, trunkline-office-hours`. Their code runs inside the server and sees its secrets. Unset:"
            " none.",
        ),
    ] = None
    base_path: Annotated[
        str,
        Meta(
            description="The path below which a proxy publishes the server (`/trunkline`); unset: none. The proxy may"
            " pass it on or leave it out.",
        ),
    ] = ""
    public_url: Annotated[
        str | None,
        Meta(description="Where people reach this server (`https://ai.example.com`); unset: from host and port."),
    ] = None
    admin_email: Annotated[
        str | None,
        Meta(description="With the password: makes the first administrator at start."),
    ] = None
    admin_password: Annotated[Secret | None, Meta(description="The first administrator's password.")] = None
    signup: Annotated[
        Literal["closed", "open"],
        Meta(description="Whether strangers may make an account (`open`), or only the invited (`closed`)."),
    ] = "closed"
    password_sign_in: Annotated[
        Literal["everyone", "administrators"],
        Meta(
            description="Who may sign in by password: `everyone`, or, where people sign in at an identity provider,"
            " `administrators` of the installation alone."
        ),
    ] = "everyone"  # noqa: S105 - who, not what
    local_upstreams: Annotated[
        str | None,
        Meta(
            description="Which providers on local addresses may be called: `loopback`, `none`, or exact origins with"
            " commas between (`http://10.0.0.5:8000`). Unset: `loopback` while the server listens on"
            " loopback only and sign-up is closed, else `none`.",
        ),
    ] = None
    journal_strict: Annotated[
        bool,
        Meta(description="Wait for the disk, not only for the kernel, before a call's last bytes leave."),
    ] = False
    login_attempts_per_minute: Annotated[int, Meta(ge=1, description="Sign-in attempts per account and address.")] = 5
    writes_per_minute: Annotated[int, Meta(ge=1, description="Changes through the management API per actor.")] = 600
    tests_per_minute: Annotated[int, Meta(ge=1, description="Connection tests per user.")] = 10
    health_probe_seconds: Annotated[
        int,
        Meta(
            ge=0,
            description="After how long without calls the provider of an active configuration is asked for its list of"
            " models, which costs nothing, to see whether the configuration works. `0`: never.",
        ),
    ] = 300
    policy_judge: Annotated[
        str,
        Meta(
            description="What judges policies in plain language, in each workspace: `default` for its default"
            " configuration, or the name of a route or shared configuration.",
        ),
    ] = "default"
    policy_judge_seconds: Annotated[
        float,
        Meta(gt=0, le=60, description="How long a call waits for the verdict of a policy that blocks."),
    ] = 3
    keep_requests_days: Annotated[
        int | None,
        Meta(ge=1, description="How long requests are listed one by one. Reports of usage keep their sums."),
    ] = None
    keep_conversations_days: Annotated[
        int | None, Meta(ge=1, description="How long a conversation is kept after it was last used.")
    ] = None
    keep_violations_days: Annotated[int | None, Meta(ge=1, description="How long violations of policies are kept.")] = (
        None
    )
    keep_audit_days: Annotated[int | None, Meta(ge=30, description="How long events of the audit log are kept.")] = None
    keep_alerts_days: Annotated[
        int | None, Meta(ge=1, description="How long alerts are kept after they are over, with what was sent of them.")
    ] = None
    smtp_url: Annotated[
        Secret | None,
        Meta(
            description="The mail server for alerts, invitations and new passwords: `smtp://user:password@host:587`,"
            " with STARTTLS, `smtps://user:password@host:465`, with TLS from the start, or `smtp+plain://host:25`,"
            " without either, for a relay on the own network. Unset: no email is sent.",
        ),
    ] = None
    smtp_from: Annotated[
        str | None,
        Meta(
            description="Whom emails are from (`alerts@example.com`); unset: `trunkline@` the host of the public URL."
        ),
    ] = None
    max_body_mb: Annotated[int, Meta(ge=1, le=1024, description="The largest body of a call, in MiB.")] = 64
    max_file_mb: Annotated[
        int, Meta(ge=1, le=1024, description="The largest file of a batch that a caller may send, in MiB.")
    ] = 100
    batch_calls: Annotated[
        int,
        Meta(ge=1, le=1_000, description="Calls that are made at a time for batches that Trunkline runs itself."),
    ] = 4
    batch_poll_seconds: Annotated[
        float, Meta(gt=0, le=3_600, description="How often a provider is asked about a batch that it runs.")
    ] = 30.0
    max_calls: Annotated[
        int, Meta(ge=1, description="Calls that a process serves at a time. Those above it are answered 503.")
    ] = 5_000
    max_bodies_mb: Annotated[
        int,
        Meta(
            ge=1,
            description="The bodies of the calls that a process serves at a time, in MiB together. Those above it are"
            " answered 503.",
        ),
    ] = 512
    drain_seconds: Annotated[
        float,
        Meta(ge=0, description="How long a stopping server lets running calls finish."),
    ] = 120
    header_seconds: Annotated[
        float,
        Meta(ge=1, description="How long a client may take to send a request's head."),
    ] = 15
    body_seconds: Annotated[
        float,
        Meta(
            ge=1,
            description="How long a client may take until the first byte of a request's body; from then on 500 bytes a"
            " second must come.",
        ),
    ] = 30
    reader_seconds: Annotated[
        float,
        Meta(
            ge=1,
            description="How long a client may take nothing of an answer before it is cut off and its call cancelled.",
        ),
    ] = 60
    unauthenticated_connections: Annotated[
        int,
        Meta(
            ge=8,
            description="Open connections per client address (and process) on which no valid key or token was sent"
            " yet. Above it the oldest is closed.",
        ),
    ] = 512
    ping_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=3600,
            description="Seconds of silence in a streamed response after which the client is sent a comment or a ping,"
            " so that proxies keep the connection open. `0`: never.",
        ),
    ] = 15
    cors_origins: Annotated[
        str | None,
        Meta(
            description="Origins of the web pages that may call this server from a browser, with commas between"
            " (`https://app.example.com`), `*` for all or `none`. It holds for `/v1`, `/v1beta`,"
            " `/ollama` and the API. Unset: all for `/v1`, `/v1beta` and `/ollama`, none for the API.",
        ),
    ] = None
    connect_timeout: Annotated[float, Meta(gt=0, description="Seconds for a connection to a provider.")] = 5
    first_byte_timeout: Annotated[
        float,
        Meta(
            gt=0,
            description="Seconds until a provider's first byte, where the answer is streamed. One that is not streamed"
            " comes when it is complete, and has the time of the whole call.",
        ),
    ] = 60
    between_timeout: Annotated[
        float,
        Meta(gt=0, description="Seconds between two pieces of a provider's streamed answer."),
    ] = 60
    total_timeout: Annotated[float, Meta(gt=0, description="Seconds for a whole call, retries included.")] = 600
    metrics_token: Annotated[
        Secret | None,
        Meta(description="The bearer token for `/metrics`. Unset: `/metrics` answers requests from this machine only."),
    ] = None
    otel: Annotated[
        bool,
        Meta(
            description="Send traces and metrics of calls to an OpenTelemetry collector, as the variables `OTEL_…` say."
            " Needs the extra `trunkline[otel]`.",
        ),
    ] = False
    access_log: Annotated[
        bool, Meta(description="Log a line for each call, at the level `info`: ids and figures, and no content.")
    ] = False
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="What to log.")] = "info"
    log_format: Annotated[
        Literal["auto", "json", "console"],
        Meta(description="`json` for machines, `console` for people; `auto`: console on a terminal."),
    ] = "auto"

    def __post_init__(self) -> None:
        """Brings what may be written in several ways into one form."""
        for name, bring in FORMS.items():
            value = getattr(self, name)
            if value is not None:
                try:
                    msgspec.structs.force_setattr(self, name, bring(value))
                except ValueError as error:
                    raise InvalidInput.of(f"{PREFIX}{name.upper()}", str(error)) from None

        if self.ollama_port == self.port:
            raise InvalidInput.of(f"{PREFIX}OLLAMA_PORT", f"is the server's own port, {self.port}; choose another")
        if self.ollama_key is not None and not self.listens_on_loopback:
            words = f"would be lent to all who reach {self.host}. Leave it out, or set {PREFIX}HOST=127.0.0.1"
            raise InvalidInput.of(f"{PREFIX}OLLAMA_KEY", words)

    @property
    def ports(self) -> frozenset[int]:
        """Where the server listens. No provider is called there."""
        return frozenset({self.port} if self.ollama_port is None else {self.port, self.ollama_port})

    @property
    def extension_packages(self) -> tuple[str, ...]:
        """The packages of ``extensions``, each once."""
        return read_packages(self.extensions or "")

    @property
    def call_origins(self) -> tuple[str, ...]:
        """Whose pages may call ``/v1``, ``/v1beta`` and ``/ollama``."""
        return ("*",) if self.cors_origins is None else read_origins(self.cors_origins)

    @property
    def api_origins(self) -> tuple[str, ...]:
        """Whose pages may call the API."""
        return read_origins(self.cors_origins or "")

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in {"127.0.0.1", "::1", "localhost"}

    @property
    def effective_local_upstreams(self) -> str:
        """``local_upstreams``, or what it means when it is unset."""
        if self.local_upstreams is not None:
            return self.local_upstreams
        return "loopback" if self.listens_on_loopback and self.signup == "closed" else "none"

    @property
    def effective_database_url(self) -> str:
        """The database's URL, SQLite in the data folder when none is set. Holds a password: never log it."""
        if self.database_url is not None:
            return self.database_url.reveal()
        return f"sqlite+aiosqlite:///{self.data_dir / 'trunkline.db'}"

    @property
    def effective_public_url(self) -> str:
        """Where people reach the server."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.base_path}"


def describe_settings() -> Iterator[tuple[str, object, str]]:
    """Each setting: its field, what it is when it is unset, and what it is for."""
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        (meta,) = hints[field.name].__metadata__
        yield field.name, field.default, meta.description


def read_settings(environment: Mapping[str, str] = os.environ, file: Path = Path(".env")) -> Settings:
    """The settings; the environment goes before the file. :class:`InvalidInput` names each variable that is wrong."""
    texts = read_file(file) | {name.upper(): text for name, text in environment.items()}
    values: dict[str, object] = {}
    wrong: list[FieldError] = []
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        variable = f"{PREFIX}{name.upper()}"
        if variable in texts:
            try:
                values[name] = _read(texts[variable], hint)
            except ValueError as error:
                wrong.append(FieldError(variable, str(error)))
    try:
        settings = Settings(**cast("dict[str, Any]", values))
    except InvalidInput as error:
        wrong += error.fields
    else:
        if not wrong:
            return settings
    told = "; ".join(f"{each.field}: {each.message}" for each in wrong)
    raise InvalidInput(f"Some settings are wrong. {told}", fields=tuple(wrong))


Source = Literal["environment", "file", "default"]
"""Where the value of a setting is from. Options of commands count as the environment."""


def find_sources(environment: Mapping[str, str] = os.environ, file: Path = Path(".env")) -> dict[str, Source]:
    """Where each setting is from, as :func:`read_settings` reads it from the same places."""
    set_here = {name.upper() for name in environment}
    set_there = read_file(file)
    sources: dict[str, Source] = {}
    for field in msgspec.structs.fields(Settings):
        variable = f"{PREFIX}{field.name.upper()}"
        sources[field.name] = "environment" if variable in set_here else "file" if variable in set_there else "default"
    return sources


def find_secrets() -> frozenset[str]:
    """The settings whose values must be shown nowhere."""
    hints = get_type_hints(Settings)
    return frozenset(name for name, hint in hints.items() if Secret in {hint, *get_args(hint)})


def read_file(file: Path = Path(".env")) -> dict[str, str]:
    """What an ``.env`` file sets, by names in upper case; nothing where there is none that can be read."""
    if not file.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - few have such a file

    return {name.upper(): text for name, text in dotenv_values(file).items() if text is not None}


def _read(text: str, hint: Any) -> object:
    """``text`` as what a setting is; ValueError that says what it must be."""
    kind, (meta,) = hint.__origin__, hint.__metadata__
    # Bounds are those of a number: msgspec has none for what may also be None.
    kind = next((one for one in get_args(kind) if one in _NUMBERS), kind)
    if kind is bool:
        if text.strip().lower() not in _BOOLEANS:
            raise ValueError("must be true or false")
        return _BOOLEANS[text.strip().lower()]
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ValueError(f"must be one of {', '.join(get_args(kind))}")
        return text
    if kind in _NUMBERS:
        try:
            return msgspec.convert(text.strip(), Annotated[kind, meta], strict=False)
        except msgspec.ValidationError:
            raise ValueError(f"must be {_NUMBERS[kind]}{_write_bounds(meta)}") from None
    return msgspec.convert(text, hint, dec_hook=lambda made, value: made(value))


def _write_bounds(meta: Meta) -> str:
    limits = (("at least", meta.ge), ("more than", meta.gt), ("at most", meta.le))
    told = [f"{word} {limit:g}" for word, limit in limits if limit is not None]
    return f" of {' and '.join(told)}" if told else ""
