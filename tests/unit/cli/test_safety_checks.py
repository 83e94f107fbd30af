"""What the doctor finds unsafe in the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trunkline.cli.finding import Finding
from trunkline.cli.safety_checks import examine_safety
from trunkline.core.secret import Secret
from trunkline.settings import Settings

OPEN = {"host": "0.0.0.0", "public_url": "https://ai.example.com"}


def look(folder: Path, environment: dict[str, str] | None = None, **settings: Any) -> list[Finding]:
    return list(examine_safety(Settings(data_dir=folder, **settings), environment or {}))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        OPEN,
        {"local_upstreams": "loopback"},
        {**OPEN, "local_upstreams": "none"},
        {"redis_url": Secret("redis://127.0.0.1:6379/0")},
        {"redis_url": Secret("redis://localhost:6379/0")},
        {"redis_url": Secret("rediss://cache.example.com:6379/0")},
        {"redis_url": Secret("unix:///run/redis.sock")},
        {"smtp_url": Secret("smtp://u:p@mail.example.com:587")},
        {"database_url": Secret("postgresql://u:p@[::1]/name")},
        {"database_url": Secret("postgresql://u:p@db.example.com/name?ssl=require")},
        {"database_url": Secret("postgresql://u:p@db.example.com/name?sslmode=verify-full")},
        {"metrics_token": Secret("0123456789abcdef")},
        {"cors_origins": "https://app.example.com"},
        {"login_attempts_per_minute": 60},
    ],
)
def test_safe(tmp_path: Path, settings: dict[str, Any]) -> None:
    assert [(one.state, one.message) for one in look(tmp_path, **settings)] == [("ok", "No unsafe setting.")]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"host": "0.0.0.0"}, "names no https:// address"),
        ({"host": "0.0.0.0", "public_url": "http://ai.example.com"}, "names no https:// address"),
        ({"signup": "open"}, "TRUNKLINE_SIGNUP=open"),
        ({**OPEN, "local_upstreams": "loopback"}, "TRUNKLINE_LOCAL_UPSTREAMS"),
        ({"cors_origins": "*"}, "TRUNKLINE_CORS_ORIGINS=*"),
        ({"login_attempts_per_minute": 61}, "61 times a minute"),
        ({"redis_url": Secret("redis://cache.example.com:6379/0")}, "Redis is not encrypted"),
        ({"redis_url": Secret("redis://10.0.0.7:6379/0")}, "Redis is not encrypted"),
        ({"smtp_url": Secret("smtp+plain://mail.example.com:25")}, "go to the mail server unencrypted"),
        ({"database_url": Secret("postgresql://u:p@db.example.com/name")}, "PostgreSQL may be unencrypted"),
        ({"database_url": Secret("postgresql://u:p@db/name?sslmode=prefer")}, "PostgreSQL may be unencrypted"),
        ({"metrics_token": Secret("0123456789abcde")}, "fewer than 16 characters"),
    ],
)
def test_unsafe(tmp_path: Path, settings: dict[str, Any], says: str) -> None:
    (found,) = look(tmp_path, **settings)
    assert (found.name, found.state) == ("safety", "warn")
    assert says in found.message
    assert found.remedy


def test_what_an_open_sign_up_reaches(tmp_path: Path) -> None:
    found = look(tmp_path, signup="open", local_upstreams="http://127.0.0.1:9000")
    assert ["TRUNKLINE_SIGNUP" in found[0].message, "http://127.0.0.1:9000" in found[1].message] == [True, True]


def test_any_proxy_is_believed(tmp_path: Path) -> None:
    (found,) = look(tmp_path, {"FORWARDED_ALLOW_IPS": "*"})
    assert "FORWARDED_ALLOW_IPS=*" in found.message
    assert look(tmp_path, {"FORWARDED_ALLOW_IPS": "10.0.0.1"})[0].state == "ok"


def test_a_password_that_nothing_reads_any_more(tmp_path: Path) -> None:
    environment = {"TRUNKLINE_ADMIN_PASSWORD": "correct horse"}
    assert look(tmp_path, environment)[0].state == "ok"
    (tmp_path / "trunkline.db").touch()
    (found,) = look(tmp_path, environment)
    assert "TRUNKLINE_ADMIN_PASSWORD" in found.message
    assert "horse" not in found.message + found.remedy


def test_a_root_key_that_others_may_read(tmp_path: Path) -> None:
    key = tmp_path / "root.key"
    key.touch(mode=0o600)
    assert look(tmp_path)[0].state == "ok"
    key.chmod(0o640)
    (found,) = look(tmp_path)
    assert (found.message, found.remedy) == (f"{key} can be read by others (mode 0640).", f"chmod 600 {key}")


def test_references_whose_keys_may_be_sent_anywhere(tmp_path: Path) -> None:
    assert look(tmp_path, secret_references="env:A for https://a.example")[0].state == "ok"
    (found,) = look(tmp_path, secret_references="env:A for https://a.example, vault:ai/*")
    assert "vault:ai/*" in found.message
    assert "env:A" not in found.message


def test_a_plain_root_key_that_was_left_beside_the_wrapped_one(tmp_path: Path) -> None:
    assert look(tmp_path, root_key="aws-kms://alias/trunkline")[0].state == "ok"
    (tmp_path / "root.key").touch(mode=0o600)
    (found,) = look(tmp_path, root_key="aws-kms://alias/trunkline")
    assert "holds the root key in plain" in found.message


@pytest.mark.parametrize("name", ["redis_url", "database_url"])
def test_passwords_of_addresses_are_not_shown(tmp_path: Path, name: str) -> None:
    scheme = {"redis_url": "redis", "database_url": "postgresql"}[name]
    port = "" if name == "database_url" else ":2525"
    settings: dict[str, Any] = {name: Secret(f"{scheme}://u:hunter2@far.example.com{port}")}
    (found,) = look(tmp_path, None, **settings)
    assert "hunter2" not in found.message + found.remedy
