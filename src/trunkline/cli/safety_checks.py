"""What the doctor finds unsafe in the settings: each of them works, and lets somebody in who need not be let in."""

from __future__ import annotations

import ipaddress
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from trunkline.cli.finding import Finding, ok, warn
from trunkline.core.secret import Secret
from trunkline.external_secrets.reference_rule import ReferenceRule
from trunkline.settings import Settings

NAME: Final = "safety"
_SHORT_TOKEN: Final = 16
_MANY_ATTEMPTS: Final = 60
_ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
"""Values of ``sslmode`` and ``ssl`` with which no connection is made without TLS:
https://www.postgresql.org/docs/current/libpq-ssl.html."""


def examine_safety(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """A warning for each unsafe setting; one good finding when there is none."""
    found = [
        *_find_open_doors(settings, environment),
        *_find_plain_connections(settings),
        *_find_weak_secrets(settings, environment),
    ]
    yield from found or [ok(NAME, "No unsafe setting.")]


def _find_open_doors(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What lets more people in, or further, than most mean to."""
    reached = not settings.listens_on_loopback
    if settings.signup == "open":
        yield warn(
            NAME,
            "Anybody who reaches this server may make an account (TRUNKLINE_SIGNUP=open).",
            "Set TRUNKLINE_SIGNUP=closed and invite people, unless this is a public service.",
        )
    if (settings.local_upstreams or "none") != "none" and (reached or settings.signup == "open"):
        yield warn(
            NAME,
            "Everybody who may add a configuration can have this server send requests to"
            f" {settings.local_upstreams} (TRUNKLINE_LOCAL_UPSTREAMS).",
            "Name only the origins that are needed, such as http://10.0.0.5:8000, and nothing with an interface for"
            " administrators.",
        )
    if "*" in settings.api_origins:
        yield warn(
            NAME,
            "Pages of every web site may call the API (TRUNKLINE_CORS_ORIGINS=*).",
            "Name the origins of your own pages.",
        )
    if "*" in environment.get("FORWARDED_ALLOW_IPS", ""):
        yield warn(
            NAME,
            "Clients may claim any address (FORWARDED_ALLOW_IPS=*): limits per address stop nobody.",
            "Name the addresses of your proxies.",
        )
    anywhere = [rule.pattern for rule in ReferenceRule.parse_all(settings.secret_references) if not rule.origins]
    if anywhere:
        yield warn(
            NAME,
            f"Whoever may add a configuration can have the keys of {', '.join(anywhere)} sent to a server of their own"
            " (TRUNKLINE_SECRET_REFERENCES).",
            "Say where they may go: env:OPENAI_API_KEY for https://api.openai.com",
        )
    if settings.login_attempts_per_minute > _MANY_ATTEMPTS:
        yield warn(
            NAME,
            f"Passwords may be tried {settings.login_attempts_per_minute:,} times a minute.",
            "Remove TRUNKLINE_LOGIN_ATTEMPTS_PER_MINUTE: the default is 5.",
        )


def _find_plain_connections(settings: Settings) -> Iterator[Finding]:
    """What passes over a network that others may listen to."""
    if not settings.listens_on_loopback and not settings.effective_public_url.startswith("https://"):
        yield warn(
            NAME,
            f"It listens on {settings.host}, and TRUNKLINE_PUBLIC_URL names no https:// address: keys and passwords may"
            " pass the network unencrypted.",
            "Put a proxy with TLS in front (docs/guide/deploy.md), and set TRUNKLINE_PUBLIC_URL to its address.",
        )
    if settings.redis_url is not None and _goes_out(settings.redis_url, "redis"):
        yield warn(NAME, "The connection to Redis is not encrypted.", "Write rediss:// in TRUNKLINE_REDIS_URL.")
    if settings.smtp_url is not None and _goes_out(settings.smtp_url, "smtp+plain"):
        yield warn(
            NAME,
            "Emails, with the links of invitations and new passwords, go to the mail server unencrypted.",
            "Write smtp:// or smtps:// in TRUNKLINE_SMTP_URL.",
        )
    if settings.database_url is not None and _goes_out(settings.database_url, "postgresql+asyncpg"):
        options = parse_qs(urlsplit(settings.database_url.reveal()).query)
        if not _ENCRYPTED & {*options.get("sslmode", ()), *options.get("ssl", ())}:
            yield warn(
                NAME,
                "The connection to PostgreSQL may be unencrypted.",
                "Add ?sslmode=verify-full to TRUNKLINE_DATABASE_URL; require encrypts, and does not check the server's"
                " certificate.",
            )


def _goes_out(url: Secret, scheme: str) -> bool:
    """Whether the address has that scheme and leads to another machine."""
    parts = urlsplit(url.reveal())
    host = parts.hostname or "localhost"
    if parts.scheme != scheme or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def _find_weak_secrets(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Secrets that can be guessed, or read by others."""
    token = settings.metrics_token
    if token is not None and len(token.reveal()) < _SHORT_TOKEN:
        yield warn(
            NAME,
            f"TRUNKLINE_METRICS_TOKEN has fewer than {_SHORT_TOKEN} characters.",
            "Make one: openssl rand -hex 24",
        )
    if "TRUNKLINE_ADMIN_PASSWORD" in environment and (settings.data_dir / "trunkline.db").exists():
        yield warn(
            NAME,
            "TRUNKLINE_ADMIN_PASSWORD is still set: only the first start reads it.",
            "Remove it from where your settings are.",
        )
    if settings.root_key is None:
        yield from _find_readable(settings.root_key_file or settings.data_dir / "root.key")
    elif (plain := settings.data_dir / "root.key").exists():
        yield warn(
            NAME,
            f"{plain} holds the root key in plain, though {settings.root_key} wraps it.",
            "Move it to a safe place, away from this machine.",
        )


def _find_readable(path: Path) -> Iterator[Finding]:
    """The file of the root key, where others than its owner may read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warn(NAME, f"{path} can be read by others (mode {mode:04o}).", f"chmod 600 {path}")
