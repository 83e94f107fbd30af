"""A change of the snapshot is told as what differs, and makes the same state at the other end."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.snapshot.difference import (
    SnapshotDifference,
    apply_difference,
    decode_difference,
    encode_difference,
    encode_snapshot,
    find_difference,
)
from trunkline.gateway.snapshot import (
    ConfigurationEntry,
    KeyEntry,
    PolicyEntry,
    RouteEntry,
    RouteTargetEntry,
    Snapshot,
    UserEntry,
    WorkspacePart,
)
from trunkline.vault.stored_secret import StoredSecret

NAMES = ("a", "b", "c")


def entries(kind: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(NAMES), kind, max_size=3)


secrets = st.builds(
    StoredSecret,
    credential_id=st.sampled_from(NAMES),
    owner=st.just("user:u"),
    field=st.just("apiKey"),
    data_key_id=st.just("k"),
    origins=st.just(("https://api.example.com",)),
    ciphertext=st.binary(max_size=8),
)
configurations = st.builds(
    ConfigurationEntry,
    id=st.sampled_from(NAMES),
    workspace_id=st.just("w"),
    owner_id=st.just("u"),
    name=st.sampled_from(NAMES),
    provider=st.just("openai"),
    parameters=st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers(0, 9) | st.text(max_size=3)),
    secrets=st.lists(secrets, max_size=2).map(tuple),
)
targets = st.builds(RouteTargetEntry, configuration_id=st.sampled_from(NAMES))
routes = st.builds(
    RouteEntry,
    id=st.sampled_from(NAMES),
    name=st.sampled_from(NAMES),
    strategy=st.sampled_from(["priority", "weighted"]),
    targets=st.lists(targets, max_size=2).map(tuple),
)
keys = st.builds(
    KeyEntry,
    id=st.sampled_from(NAMES),
    workspace_id=st.sampled_from(NAMES),
    user_id=st.just("u"),
    models=st.lists(st.sampled_from(NAMES)).map(tuple),
    expires_at=st.none() | st.floats(0, 9),
)
policies = st.builds(
    PolicyEntry,
    id=st.sampled_from(NAMES),
    name=st.just("p"),
    content=st.text(max_size=3),
    risk_type=st.just("r"),
    action=st.integers(0, 2),
)
parts = st.builds(
    WorkspacePart,
    id=st.sampled_from(NAMES),
    revision=st.integers(0, 9),
    members=entries(st.sampled_from(["owner", "member"])),
    configurations=entries(configurations),
    routes=entries(routes),
    policies=st.lists(policies, max_size=2).map(tuple),
)
snapshots = st.builds(
    Snapshot,
    revision=st.integers(0, 9),
    parts=entries(parts),
    keys=entries(keys),
    users=entries(st.builds(UserEntry, id=st.sampled_from(NAMES), personal_workspace_id=st.just("w"))),
    revoked_sessions=st.frozensets(st.sampled_from(NAMES)),
    policies=st.lists(policies, max_size=2).map(tuple),
)


def send(difference: SnapshotDifference) -> SnapshotDifference:
    return decode_difference(encode_difference(difference))


@given(snapshots, snapshots)
def test_it_leads_from_any_state_to_any_other(old: Snapshot, new: Snapshot) -> None:
    assert apply_difference(old, send(find_difference(old, new))) == new


@given(snapshots)
def test_all_of_it_can_be_told_to_one_who_knows_nothing(snapshot: Snapshot) -> None:
    assert apply_difference(Snapshot(), decode_difference(encode_snapshot(snapshot))) == snapshot


@given(snapshots)
def test_between_equals_there_is_none(snapshot: Snapshot) -> None:
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(snapshot), type=Snapshot)
    assert apply_difference(snapshot, find_difference(snapshot, again)) == snapshot
    assert find_difference(snapshot, snapshot) == SnapshotDifference()


def make(count: int) -> Snapshot:
    made = {
        str(number): ConfigurationEntry(
            id=str(number), workspace_id="w", owner_id="u", name=f"name {number}", provider="openai"
        )
        for number in range(count)
    }
    return Snapshot(revision=1, parts={"w": WorkspacePart(id="w", revision=1, configurations=made)})


def rename(snapshot: Snapshot) -> Snapshot:
    part = snapshot.parts["w"]
    renamed = msgspec.structs.replace(part.configurations["7"], name="new")
    part = msgspec.structs.replace(part, configurations={**part.configurations, "7": renamed})
    return msgspec.structs.replace(snapshot, revision=2, parts={"w": part})


def test_a_change_is_no_larger_in_a_large_workspace() -> None:
    sizes = [len(encode_difference(find_difference(state, rename(state)))) for state in (make(10), make(1000))]
    assert sizes[0] == sizes[1] < 500


def test_what_did_not_change_stays_the_same_object_so_that_what_was_made_for_it_is_kept() -> None:
    old = make(10)
    new = apply_difference(old, send(find_difference(old, rename(old))))
    assert new.parts["w"].configurations["7"].name == "new"
    assert new.parts["w"].configurations["6"] is old.parts["w"].configurations["6"]
