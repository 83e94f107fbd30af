"""Ids that fit and come once stay; others become ones that the provider takes, the same for call and result."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.dialects.history_ids import ANY_ID, NINE_LETTERS, PLAIN_ID, SHORT_ID, HistoryIds, IdForm

FORMS = {"any": ANY_ID, "short": SHORT_ID, "plain": PLAIN_ID, "nine": NINE_LETTERS}


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("any", "functions.look:0 ü"),
        ("short", "functions.look:0"),
        ("plain", "toolu_01-A"),
        ("nine", "D681PevKs"),
    ],
)
def test_what_fits_stays(form: str, value: str):
    assert FORMS[form].fit(value) == value


@pytest.mark.parametrize(
    ("form", "value", "rule"),
    [
        ("short", "fc_0f0e50a1476a6c35006912c58dc9f8819192c25864eb16f07f", r".{1,40}"),
        ("plain", "functions.look:0", r"[a-zA-Z0-9_-]{1,64}"),
        ("plain", "x" * 65, r"[a-zA-Z0-9_-]{1,64}"),
        ("plain", "", r"[a-zA-Z0-9_-]{1,64}"),
        ("plain", "line\nbreak", r"[a-zA-Z0-9_-]{1,64}"),
        ("plain", "id\n", r"[a-zA-Z0-9_-]{1,64}"),
        ("nine", "toolu_01ABCDEF", r"[a-zA-Z0-9]{9}"),
        ("nine", "abc_defgh", r"[a-zA-Z0-9]{9}"),
        ("nine", "abc", r"[a-zA-Z0-9]{9}"),
    ],
)
def test_what_does_not_fit_becomes_an_id_of_the_form_and_always_the_same(form: str, value: str, rule: str):
    fitted = FORMS[form].fit(value)
    assert re.fullmatch(rule, fitted)
    assert fitted == FORMS[form].fit(value)
    assert FORMS[form].fit(fitted) == fitted


def test_long_ids_that_begin_alike_stay_apart():
    assert SHORT_ID.fit("x" * 50 + "1") != SHORT_ID.fit("x" * 50 + "2")


def test_an_id_that_comes_again_becomes_another_for_call_and_result():
    ids = HistoryIds(ANY_ID)
    told: list[str] = []
    for _ in range(3):
        ids.turn()
        told += [ids.call("call_0"), ids.result("call_0")]
    assert told == ["call_0", "call_0", "call_0_2", "call_0_2", "call_0_3", "call_0_3"]


def test_calls_of_one_turn_with_the_same_id_are_answered_in_their_order():
    ids = HistoryIds(ANY_ID)
    ids.turn()
    assert [ids.call("x"), ids.call("x"), ids.result("x"), ids.result("x")] == ["x", "x_2", "x", "x_2"]


def test_a_call_that_was_never_answered_is_not_answered_later():
    ids = HistoryIds(ANY_ID)
    ids.turn()
    ids.call("x")
    ids.turn()
    assert ids.call("x") == "x_2"
    assert ids.result("x") == "x_2"


def test_a_result_told_twice_belongs_to_the_same_call():
    ids = HistoryIds(ANY_ID)
    ids.call("x")
    assert [ids.result("x"), ids.result("x")] == ["x", "x"]


def test_a_result_without_a_call_keeps_its_id():
    assert HistoryIds(NINE_LETTERS).result("somebody_elses") == "somebody_elses"


def test_an_id_made_of_a_repeated_one_is_not_taken_twice():
    ids = HistoryIds(ANY_ID)
    told: list[str] = []
    for one in ("x", "x", "x_2"):
        ids.turn()
        told.append(ids.call(one))
    assert len(set(told)) == 3


@given(st.sampled_from(list(FORMS.values())), st.lists(st.text(max_size=70), max_size=12))
def test_no_id_is_sent_twice_and_all_have_the_form(form: IdForm, given_ids: list[str]):
    ids = HistoryIds(form)
    sent: list[str] = []
    for one in given_ids:
        ids.turn()
        sent.append(ids.call(one))
        assert ids.result(one) == sent[-1]
    assert len(set(sent)) == len(sent)
    assert all(form.fits(one) for one in sent)
