from __future__ import annotations

from collections import Counter

import pytest

from trunkline.gateway.context import NOTHING, CallContext
from trunkline.gateway.routing.assignment import assign, choose, find_bucket
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, Trial, Variant, WorkspacePart


def entry(version: str | None, model: str | None = None) -> ConfigurationEntry:
    return ConfigurationEntry(
        id="c", workspace_id="w", owner_id="u", name="c", provider="demo", model=model, version_id=version
    )


TRIAL = Trial(
    salt="s",
    phase_id="p",
    variants=(
        Variant(entry=entry("v-1", "one"), buckets=((0, 2_000), (9_000, 10_000))),
        Variant(entry=entry("v-2"), buckets=((2_000, 9_000),)),
    ),
)
CANDIDATE = Candidate(entry(None, "own"), "own", WorkspacePart(id="w", revision=1), trial=TRIAL)


def test_the_shares_are_those_of_the_buckets() -> None:
    served = Counter(choose(TRIAL, f"unit {number}")[0].version_id for number in range(10_000))
    assert served["v-1"] / 10_000 == pytest.approx(0.3, abs=0.02)


def test_the_same_unit_gets_the_same_version_and_digest() -> None:
    assert choose(TRIAL, "ann") == choose(TRIAL, "ann")
    digest = choose(TRIAL, "ann")[1]
    assert digest != choose(TRIAL, "ben")[1]
    assert digest != find_bucket("other salt", "ann")[1]
    assert "ann" not in digest
    assert len(digest) == 32


@pytest.mark.parametrize(
    ("context", "user", "unit"),
    [
        (CallContext(unit="u", conversation_id="c"), "b", "u"),
        (CallContext(conversation_id="c"), "b", "b"),
        (CallContext(conversation_id="c"), None, "c"),
        (CallContext(unit="", conversation_id="c"), "", "c"),
    ],
)
def test_who_the_unit_is(context: CallContext, user: str | None, unit: str) -> None:
    made = assign(CANDIDATE, context, user, "request")
    version, digest = choose(TRIAL, unit)
    assert (made.entry, made.unit, made.phase_id, made.trial) == (version, digest, "p", None)
    assert made.model == (version.model or "own")


def test_without_a_unit_the_request_decides_and_counts_for_none() -> None:
    made = [assign(CANDIDATE, NOTHING, None, f"request {number}") for number in range(50)]
    assert {one.entry.version_id for one in made} == {"v-1", "v-2"}
    assert {one.unit for one in made} == {None}
    assert {one.phase_id for one in made} == {"p"}


def test_without_a_trial_nothing_is_made_anew() -> None:
    plain = Candidate(CANDIDATE.entry, "own", CANDIDATE.part)
    assert assign(plain, CallContext(unit="u"), "b", "r") is plain


def test_a_bucket_that_nobody_owns_goes_to_the_first() -> None:
    holes = Trial(salt="s", phase_id="p", variants=(Variant(entry=entry("v-1"), buckets=()),))
    assert choose(holes, "ann")[0].version_id == "v-1"
