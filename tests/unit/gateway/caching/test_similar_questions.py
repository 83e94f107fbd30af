from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.gateway.caching.cached_answer import CacheKey
from trunkline.gateway.caching.similar_questions import MOST_QUESTIONS, SimilarQuestions

HERE, THERE = CacheKey("w", 0, b"here"), CacheKey("w", 0, b"there")


def key(number: int) -> CacheKey:
    return CacheKey("w", 0, b"%d" % number)


def turn(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


@pytest.mark.parametrize(("degrees", "found"), [(0, True), (18, True), (19, False), (180, False)])
def test_what_points_the_same_way_means_the_same(degrees: float, found: bool) -> None:
    questions = SimilarQuestions(100_000)
    questions.add(HERE, turn(0), key(1))
    match = questions.find(HERE, turn(degrees), 0.95)
    assert (match is not None) is found
    if match is not None:
        assert match.key == key(1)
        assert match.similarity == pytest.approx(math.cos(math.radians(degrees)), abs=1e-6)


def test_how_long_a_vector_is_makes_no_difference() -> None:
    questions = SimilarQuestions(100_000)
    questions.add(HERE, (30.0, 40.0), key(1))
    assert questions.find(HERE, (0.3, 0.4), 0.999) is not None


def test_the_most_similar_one_is_found_among_many() -> None:
    draw = random.Random(7)
    questions = SimilarQuestions(10_000_000)
    for number in range(500):
        questions.add(HERE, [draw.gauss(0, 1) for _ in range(256)], key(number))
    wanted = [draw.gauss(0, 1) for _ in range(256)]
    for number, noise in ((1000, 0.3), (1001, 0.1), (1002, 0.2)):
        questions.add(HERE, [each + draw.gauss(0, noise) for each in wanted], key(number))
    match = questions.find(HERE, wanted, 0.9)
    assert match is not None
    assert match.key == key(1001)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_one_scope_never_finds_the_questions_of_another(vector: list[float]) -> None:
    questions = SimilarQuestions(100_000)
    questions.add(HERE, vector, key(1))
    assert questions.find(THERE, vector, -1) is None


@pytest.mark.parametrize("vector", [(), (0.0, 0.0), (math.inf, 1.0), (math.nan, 1.0)])
def test_what_points_nowhere_is_like_nothing(vector: tuple[float, ...]) -> None:
    questions = SimilarQuestions(100_000)
    questions.add(HERE, vector, key(1))
    assert questions.find(HERE, vector, -1) is None


def test_vectors_of_other_lengths_are_not_compared() -> None:
    questions = SimilarQuestions(100_000)
    questions.add(HERE, (1.0, 0.0), key(1))
    assert questions.find(HERE, (1.0, 0.0, 0.0), 0.5) is None


def test_the_oldest_of_too_many_go() -> None:
    draw = random.Random(7)
    vectors = [[draw.gauss(0, 1) for _ in range(64)] for _ in range(MOST_QUESTIONS + 1)]
    questions = SimilarQuestions(10_000_000)
    for number, vector in enumerate(vectors):
        questions.add(HERE, vector, key(number))
    assert questions.find(HERE, vectors[0], 0.99) is None
    assert questions.find(HERE, vectors[1], 0.99) is not None


def test_vectors_stay_within_their_bytes() -> None:
    questions = SimilarQuestions(3_000)
    for number in range(3):
        questions.add(HERE, turn(number), key(number))
    for number in range(3, 6):
        questions.add(THERE, turn(number), key(number))
    assert questions.find(THERE, turn(5), 0.999) is not None
    found = questions.find(HERE, turn(0), 0.9999999)
    assert found is None, "what was not asked for the longest has gone"


def test_one_that_is_asked_again_is_remembered_once() -> None:
    questions = SimilarQuestions(1_100)
    questions.add(THERE, turn(90), key(7))
    for _ in range(5):
        questions.add(HERE, turn(0), key(1))
    assert questions.find(THERE, turn(90), 0.9) is not None
    questions.forget(HERE, key(1))
    assert questions.find(HERE, turn(0), 0.9) is None


def test_a_workspace_that_had_its_answers_forgotten_has_its_questions_forgotten() -> None:
    questions = SimilarQuestions(100_000)
    questions.add(HERE, turn(0), key(1))
    questions.sweep({"w": 0})
    assert questions.find(HERE, turn(0), 0.9) is not None
    questions.sweep({"w": 1})
    assert questions.find(HERE, turn(0), 0.9) is None
