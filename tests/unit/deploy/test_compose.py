"""The compose file: as its specification has it, and in agreement with the image and the server."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import jsonschema
import yaml
from tests.unit.deploy.promises import DEPLOY, find_longest_stop, find_unknown

from trunkline import __version__
from trunkline.settings import Settings
from trunkline.vault.root_key import CREDENTIAL_NAME

FILE = DEPLOY / "compose" / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVER = COMPOSE["services"]["trunkline"]
SCHEMA = DEPLOY.parent / "tests/fixtures/deploy/compose-spec.json"
"""https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json"""


def test_it_is_what_the_specification_allows() -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    wrong = {**COMPOSE, "services": {"trunkline": {**SERVER, "read_onli": True}}}
    assert not validator.is_valid(wrong)


def test_the_image_is_built_of_this_repository() -> None:
    context = (FILE.parent / SERVER["build"]["context"]).resolve()
    assert context == DEPLOY.parent
    assert (context / SERVER["build"]["dockerfile"]).is_file()


def test_it_starts_this_version() -> None:
    assert SERVER["image"] == f"${{IMAGE:-trunkline:{__version__}}}"


def test_every_image_names_its_version() -> None:
    for service in COMPOSE["services"].values():
        assert re.search(r":\d[\w.]*\}?$", service["image"]), service["image"]


def test_settings_that_it_names_exist() -> None:
    assert find_unknown(SERVER["environment"]) == set()


def test_the_root_key_is_where_the_server_looks_for_it() -> None:
    targets = {secret["source"]: secret["target"] for secret in SERVER["secrets"]}
    # Where compose puts a secret whose target is a name.
    assert SERVER["environment"]["CREDENTIALS_DIRECTORY"] == "/run/secrets"
    assert targets["root-key"] == CREDENTIAL_NAME


def test_the_file_of_settings_is_in_the_folder_that_the_image_starts_in() -> None:
    final = (DEPLOY / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    (folder,) = re.findall(r"^WORKDIR (\S+)$", final, re.MULTILINE)
    targets = {secret["source"]: secret["target"] for secret in SERVER["secrets"]}
    assert targets["settings"] == f"{folder}/.env"


def test_the_volume_is_the_folder_of_data() -> None:
    (folder,) = re.findall(r"^VOLUME (\S+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert SERVER["volumes"] == [f"data:{folder}"]


def test_it_waits_until_running_calls_have_ended() -> None:
    assert float(SERVER["stop_grace_period"].removesuffix("s")) > find_longest_stop()


def test_only_the_server_is_reached_from_outside_and_from_this_machine_alone() -> None:
    assert [service.get("ports") for name, service in COMPOSE["services"].items() if name != "trunkline"] == [None] * 2
    assert SERVER["ports"] == [f"127.0.0.1:{Settings().port}:{Settings().port}"]
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert {name: service["networks"] for name, service in COMPOSE["services"].items()} == {
        "trunkline": ["front", "back"],
        "postgres": ["back"],
        "valkey": ["back"],
    }


def test_secrets_stay_out_of_git() -> None:
    files = [str((FILE.parent / secret["file"]).relative_to(DEPLOY.parent)) for secret in COMPOSE["secrets"].values()]
    listed = subprocess.run(
        ["git", "check-ignore", *files], cwd=DEPLOY.parent, capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == files


def test_what_can_be_read_only_is() -> None:
    assert SERVER["read_only"] is True
    assert SERVER["cap_drop"] == ["ALL"]
    assert SERVER["tmpfs"] == ["/tmp"]
