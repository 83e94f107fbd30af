"""Settings come from the environment, then from a file; what is wrong is told by its variable, all at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.core.errors import InvalidInput
from trunkline.settings import Settings, describe_settings, find_secrets, find_sources, read_settings

NO_FILE = Path("there-is-none")


def read(**variables: str) -> Settings:
    return read_settings({f"TRUNKLINE_{name}": text for name, text in variables.items()}, NO_FILE)


def test_what_is_unset_has_its_default() -> None:
    assert read() == Settings()
    assert (read().port, read().data_dir, read().database_url) == (8700, Path(".trunkline"), None)


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("PORT", " 81 ", 81),
        ("HEADER_SECONDS", "1.5", 1.5),
        ("DATA_DIR", "/srv/trunkline", Path("/srv/trunkline")),
        ("SIGNUP", "open", "open"),
        *((f"KEEP_{what}_DAYS", "90", 90) for what in ("REQUESTS", "CONVERSATIONS", "VIOLATIONS", "AUDIT", "ALERTS")),
        ("HOST", "null", "null"),
        *(("JOURNAL_STRICT", text, True) for text in ("1", "true", "True", "yes", "on")),
        *(("JOURNAL_STRICT", text, False) for text in ("0", "FALSE", "no", "off")),
        ("PUBLIC_URL", "https://ai.example.com/", "https://ai.example.com"),
        ("PUBLIC_URL", "", None),
        ("BASE_PATH", "/tools/trunkline/", "/tools/trunkline"),
        ("BASE_PATH", "/", ""),
        *(
            ("ROOT_KEY", text, text)
            for text in (
                "aws-kms://alias/trunkline",
                "aws-kms://arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab",
                "gcp-kms://projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k",
                "azure-keyvault://name.vault.azure.net/key",
                "vault-transit://team/transit/trunkline",
            )
        ),
    ],
)
def test_values(variable: str, text: str, value: object) -> None:
    assert getattr(read(**{variable: text}), variable.lower()) == value


def test_secrets_show_nothing() -> None:
    settings = read(DATABASE_URL="postgres://me:hunter2@db/x", METRICS_TOKEN="hunter2", ADMIN_PASSWORD="hunter2")
    assert "hunter2" not in repr(settings)
    assert settings.effective_database_url == "postgresql+asyncpg://me:hunter2@db/x"


def test_a_root_key_in_the_wrong_setting_is_not_shown() -> None:
    with pytest.raises(InvalidInput) as refused:
        read(ROOT_KEY="c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=")
    assert "c2Vj" not in refused.value.message


def test_the_case_of_a_name_does_not_matter() -> None:
    assert read_settings({"trunkline_Port": "81"}, NO_FILE).port == 81


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a comment\nexport TRUNKLINE_PORT=81\nTRUNKLINE_HOST='::1'  # this one\nTRUNKLINE_NONSENSE=1\n")
    settings = read_settings({"TRUNKLINE_PORT": "82"}, file)
    assert (settings.port, settings.host) == (82, "::1")


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("PORT", "many", "must be a whole number of at least 1 and at most 65535"),
        ("PORT", "65536", "must be a whole number of at least 1 and at most 65535"),
        ("PORT", "", "must be a whole number of at least 1 and at most 65535"),
        ("KEEP_REQUESTS_DAYS", "0", "must be a whole number of at least 1"),
        ("KEEP_AUDIT_DAYS", "7", "must be a whole number of at least 30"),
        ("CONNECT_TIMEOUT", "0", "must be a number of more than 0"),
        ("CONNECT_TIMEOUT", "nan", "must be a number of more than 0"),
        ("JOURNAL_STRICT", "perhaps", "must be true or false"),
        ("LOG_LEVEL", "loud", "must be one of debug, info, warning, error"),
        ("BASE_PATH", "trunkline", "must be a path of letters"),
        ("ROOT_KEY", "vault-transit://transit", "must name the key of a key service"),
        ("ROOT_KEY", "vault-transit://transit/../x", "must name the key of a key service"),
        ("ROOT_KEY", "azure-keyvault://evil.com/key", "must name the key of a key service"),
        ("ROOT_KEY", "kms://key", "must name the key of a key service"),
        ("BASE_PATH", "/a b", "must be a path of letters"),
        ("BASE_PATH", "/ai", "begins like a path of the server's own"),
        ("CORS_ORIGINS", "a.example.com", "'a.example.com' is not an origin. An origin is like"),
    ],
)
def test_what_is_wrong_is_told_by_its_variable(variable: str, text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(**{variable: text})
    assert raised.value.message.startswith(f"Some settings are wrong. TRUNKLINE_{variable}: {told}")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        read(PORT="x", WORKERS="0", CORS_ORIGINS="?")
    fields = [error.field for error in raised.value.fields]
    assert fields == ["TRUNKLINE_PORT", "TRUNKLINE_WORKERS", "TRUNKLINE_CORS_ORIGINS"]


def test_every_setting_is_described() -> None:
    described = {name: (default, meaning) for name, default, meaning in describe_settings()}
    assert described.keys() == set(Settings.__struct_fields__)
    assert described["port"] == (8700, "The port to listen on.")
    assert all(meaning for _, meaning in described.values())


def test_reading_them_loads_no_framework() -> None:
    code = (
        "import sys; from trunkline.settings import read_settings; read_settings({});"
        " sys.exit(bool({'pydantic', 'fastapi', 'sqlalchemy', 'dotenv'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_redis_has_an_address_of_its_own() -> None:
    for given, meant in (
        ("valkey://10.0.0.5:6379/1", "redis://10.0.0.5:6379/1"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
    ):
        url = read(REDIS_URL=given).redis_url
        assert url is not None
        assert url.reveal() == meant
    for wrong in ("http://10.0.0.5", "10.0.0.5:6379", "redis://"):
        with pytest.raises(InvalidInput, match="TRUNKLINE_REDIS_URL: must begin with redis://"):
            read(REDIS_URL=wrong)


def test_each_setting_tells_where_it_is_from(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("TRUNKLINE_PORT=81\nTRUNKLINE_HOST=::1\n")
    sources = find_sources({"trunkline_port": "82"}, file)
    assert (sources["port"], sources["host"], sources["workers"]) == ("environment", "file", "default")


def test_what_must_not_be_shown_is_known_by_its_type() -> None:
    assert find_secrets() >= {"database_url", "redis_url", "admin_password", "smtp_url", "metrics_token"}
    assert not find_secrets() & {"port", "admin_email", "data_dir"}


def test_the_ollama_port_lends_a_key_on_this_machine_alone() -> None:
    assert read(OLLAMA_PORT="11434", OLLAMA_KEY="tl-abc").ports == {8700, 11434}
    assert "ollama_key" in find_secrets()
    with pytest.raises(InvalidInput, match="would be lent to all who reach") as refused:
        read(OLLAMA_PORT="11434", OLLAMA_KEY="tl-abc", HOST="0.0.0.0")
    assert refused.value.fields[0].field == "TRUNKLINE_OLLAMA_KEY"
    assert read(OLLAMA_PORT="11434", HOST="0.0.0.0").ports == {8700, 11434}


@pytest.mark.parametrize("port", ["0", "65536", "8700"])
def test_the_ollama_port_is_another_port(port: str) -> None:
    with pytest.raises(InvalidInput, match="TRUNKLINE_OLLAMA_PORT"):
        read(OLLAMA_PORT=port)
