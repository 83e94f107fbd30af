"""Which names of a key's list calls cannot use now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from trunkline.control.people.key_models import TOLD, KeyModels
from trunkline.control.people.keys import KeyRecord
from trunkline.gateway.snapshot import ConfigurationEntry, Snapshot, SnapshotHolder, WorkspacePart


def entry(name: str, **fields: Any) -> ConfigurationEntry:
    given = {"owner_id": "ann", "provider": "demo", "model": "demo-chat", **fields}
    return ConfigurationEntry(id=f"id-{name}", workspace_id="w", name=name, **given)


def place(*entries: ConfigurationEntry) -> Snapshot:
    return Snapshot(parts={"w": WorkspacePart(id="w", revision=1, configurations={one.id: one for one in entries})})


def key(*models: str, **fields: Any) -> KeyRecord:
    given: dict[str, Any] = {"user_id": "ann", "workspace_id": "w", "application_id": None, **fields}
    return KeyRecord(
        id="k",
        name="ci",
        mask="tl-…",
        scope="call",
        models=models,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        expires_at=None,
        last_used_at=None,
        **given,
    )


def test_whatever_a_call_could_name_is_no_problem() -> None:
    models = KeyModels(SnapshotHolder(place(entry("writer"))))
    assert models.find_problems(key()) == ()
    assert models.find_problems(key("writer", "id-writer", "writer/other", "demo/other", "demo-chat")) == ()


def test_what_is_not_there_is_told_with_the_nearest() -> None:
    models = KeyModels(SnapshotHolder(place(entry("writer"), entry("sleeper", is_active=False))))
    misspelt, asleep = models.find_problems(key("writr", "writer", "sleeper"))
    assert misspelt.startswith("There is no model or configuration 'writr' here. Nearest: writer")
    assert "'sleeper' is switched off" in asleep


def test_names_are_those_of_the_keys_own_reach() -> None:
    models = KeyModels(SnapshotHolder(place(entry("mine"), entry("program", application_id="app"))))
    assert models.find_problems(key("mine")) == ()
    assert models.find_problems(key("program", application_id="app")) == ()
    (told,) = models.find_problems(key("mine", application_id="app"))
    assert "'mine'" in told
    (told,) = models.find_problems(key("mine", user_id="ben"))
    assert "Nearest" not in told, "what is hidden from the key's maker is not proposed"
    (told,) = models.find_problems(key("mine", workspace_id="gone"))
    assert "workspace does not exist" in told


def test_a_change_of_the_workspace_counts_at_once() -> None:
    holder = SnapshotHolder(place(entry("writer")))
    models = KeyModels(holder)
    assert models.find_problems(key("later"))
    holder.current = place(entry("writer"), entry("later"))
    assert models.find_problems(key("later")) == ()


def test_no_more_than_a_few_are_told_of() -> None:
    models = KeyModels(SnapshotHolder(place(entry("writer"))))
    assert len(models.find_problems(key(*(f"x{at}" for at in range(100))))) == TOLD
