"""Every setting, read once at start from the environment (prefix ``TRUNKLINE_``) or an ``.env`` file beside it.

The reference page is made from this file: a field's description is what its reader needs to know.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#,*@]+|null|\*", re.IGNORECASE)

_POSTGRESQL: Final = frozenset({"postgres", "postgresql"})


class Settings(BaseSettings):
    """The settings of one server process."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on. `0.0.0.0` opens it to the network.")
    port: int = Field(default=8700, ge=1, le=65535, description="The port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes that share the port.")
    data_dir: Path = Field(
        default=Path(".trunkline"), description="The folder of the SQLite database, the root key and the journal."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="`postgresql://user:password@host/name`. Unset: SQLite in the data folder.",
    )
    root_key_file: Path | None = Field(
        default=None,
        description="The file with the 32-byte root key. Unset: a systemd credential `trunkline-root-key` if there is"
        " one, else `root.key` in the data folder, made at the first start.",
    )
    public_url: str | None = Field(
        default=None,
        description="Where people reach this server (`https://ai.example.com`); unset: from host and port.",
    )
    admin_email: str | None = Field(
        default=None, description="With the password: makes the first administrator at start."
    )
    admin_password: SecretStr | None = Field(default=None, description="The first administrator's password.")
    signup: Literal["closed", "open"] = Field(
        default="closed", description="Whether strangers may make an account (`open`), or only the invited (`closed`)."
    )
    local_upstreams: str | None = Field(
        default=None,
        description="Which providers on local addresses may be called: `loopback`, `none`, or exact origins with commas"
        " between (`http://10.0.0.5:8000`). Unset: `loopback` while the server listens on loopback only and sign-up is"
        " closed, else `none`.",
    )
    journal_strict: bool = Field(
        default=False, description="Wait for the disk, not only for the kernel, before a call's last bytes leave."
    )
    login_attempts_per_minute: int = Field(default=5, ge=1, description="Sign-in attempts per account and address.")
    writes_per_minute: int = Field(default=600, ge=1, description="Changes through the management API per actor.")
    tests_per_minute: int = Field(default=10, ge=1, description="Connection tests per user.")
    policy_judge: str = Field(
        default="default",
        description="What judges policies in plain language, in each workspace: `default` for its default"
        " configuration, or the name of a route or shared configuration.",
    )
    policy_judge_seconds: float = Field(
        default=3, gt=0, le=60, description="How long a call waits for the verdict of a policy that blocks."
    )
    max_body_mb: int = Field(default=64, ge=1, le=1024, description="The largest body of a call, in MiB.")
    drain_seconds: float = Field(default=120, ge=0, description="How long a stopping server lets running calls finish.")
    header_seconds: float = Field(default=15, ge=1, description="How long a client may take to send a request's head.")
    body_seconds: float = Field(
        default=30,
        ge=1,
        description="How long a client may take until the first byte of a request's body; from then on 500 bytes a"
        " second must come.",
    )
    reader_seconds: float = Field(
        default=60,
        ge=1,
        description="How long a client may take nothing of an answer before it is cut off and its call cancelled.",
    )
    unauthenticated_connections: int = Field(
        default=512,
        ge=8,
        description="Open connections per client address (and process) on which no valid key or token was sent yet."
        " Above it the oldest is closed.",
    )
    ping_seconds: float = Field(
        default=15,
        ge=0,
        le=3600,
        description="Seconds of silence in a streamed response after which the client is sent a comment or a ping, so"
        " that proxies keep the connection open. `0`: never.",
    )
    cors_origins: str | None = Field(
        default=None,
        description="Origins of the web pages that may call this server from a browser, with commas between"
        " (`https://app.example.com`), `*` for all or `none`. It holds for `/v1`, `/v1beta` and the API. Unset: all for"
        " `/v1` and `/v1beta`, none for the API.",
    )
    connect_timeout: float = Field(default=5, gt=0, description="Seconds for a connection to a provider.")
    first_byte_timeout: float = Field(
        default=60,
        gt=0,
        description="Seconds until a provider's first byte, where the answer is streamed. One that is not streamed"
        " comes when it is complete, and has the time of the whole call.",
    )
    between_timeout: float = Field(
        default=60, gt=0, description="Seconds between two pieces of a provider's streamed answer."
    )
    total_timeout: float = Field(default=600, gt=0, description="Seconds for a whole call, retries included.")
    metrics_token: SecretStr | None = Field(
        default=None,
        description="The bearer token for `/metrics`. Unset: `/metrics` answers requests from this machine only.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What to log.")
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="`json` for machines, `console` for people; `auto`: console on a terminal."
    )

    @field_validator("database_url")
    @classmethod
    def _with_driver(cls, value: SecretStr | None) -> SecretStr | None:
        """The address as operators know it, with the driver that this server speaks to it through."""
        if value is None:
            return None
        scheme, separator, rest = value.get_secret_value().partition("://")
        return SecretStr(f"postgresql+asyncpg://{rest}") if separator and scheme in _POSTGRESQL else value

    @field_validator("cors_origins")
    @classmethod
    def _as_origins(cls, value: str | None) -> str | None:
        return None if value is None else ", ".join(read_origins(value))

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else None

    @property
    def call_origins(self) -> tuple[str, ...]:
        """Whose pages may call ``/v1`` and ``/v1beta``."""
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
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'trunkline.db'}"

    @property
    def effective_public_url(self) -> str:
        """Where people reach the server."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def read_origins(text: str) -> tuple[str, ...]:
    """Origins with commas between; ``none`` for none. Raises ValueError for what is no origin, and says why."""
    given = (item.strip().lower() for item in text.split(","))
    origins = tuple(origin for origin in given if origin not in {"", "none"})
    for origin in origins:
        if _ORIGIN.fullmatch(origin) is None:
            raise ValueError(f"{origin!r} is not an origin. An origin is like https://app.example.com, without a path.")
    return origins
