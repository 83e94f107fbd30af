"""Keys in the server's environment become configurations, and are shown to nobody."""

from __future__ import annotations

import pytest

from tests.contract.local_installation import LocalInstallation, Person

KEY = "sk-proj-abcdefghijklmnopqrstuvwx7Qd"


@pytest.fixture(autouse=True)
def key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    # Nothing listens there.
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")


async def test_a_key_is_found_and_shown_by_its_end(installed: LocalInstallation, admin: Person) -> None:
    answer = await admin.client.get("/api/discoveries")
    (openai,) = [found for found in answer.json() if found["provider"] == "openai"]
    assert openai["env"] == "OPENAI_API_KEY"
    assert openai["keyHint"].endswith("x7Qd")
    assert KEY not in answer.text


async def test_what_was_found_becomes_a_configuration(installed: LocalInstallation, admin: Person) -> None:
    answer = await admin.client.post("/api/discoveries/openai", json={"model": "gpt-4o-mini"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["provider"], made["model"]) == ("openai", "openai", "gpt-4o-mini")
    assert made["apiKey"].endswith("x7Qd")
    assert KEY not in answer.text
    assert (await admin.client.post("/api/discoveries/openai")).status_code == 409


async def test_what_is_not_there_is_a_404(installed: LocalInstallation, admin: Person) -> None:
    assert (await admin.client.post("/api/discoveries/anthropic")).status_code == 404


async def test_the_servers_own_keys_are_its_administrators(installed: LocalInstallation, admin: Person) -> None:
    other = await installed.add_user(admin, "other@example.com")
    assert (await other.client.get("/api/discoveries")).status_code == 403
    assert (await other.client.post("/api/discoveries/openai")).status_code == 403
