from __future__ import annotations

from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.caching.cached_answer import CachedAnswer


class Place:
    def __init__(self, limit: int = 100_000) -> None:
        self.now = 0.0
        self.cache = AnswerCache(limit, lambda: self.now)

    def put(self, key: bytes, size: int = 1) -> None:
        self.cache.put(key, CachedAnswer([], (b"x" * size,), False, self.now, 5))

    def has(self, key: bytes, seconds: float = 60) -> bool:
        return self.cache.find(key, seconds) is not None


def test_an_answer_is_found_until_its_time_is_over() -> None:
    place = Place()
    place.put(b"a")
    place.now = 59.9
    assert place.has(b"a")
    assert not place.has(b"b")
    place.now = 60
    assert not place.has(b"a")
    place.now = 0
    assert not place.has(b"a"), "it is gone, not passed over"


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    place = Place(10_000)
    for key in (b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h", b"i"):
        place.put(key)
        assert place.has(b"a"), "it is asked for all the time"
    place.put(b"j")
    assert not place.has(b"b")
    assert place.has(b"j")


def test_a_large_one_does_not_drive_out_all_others() -> None:
    place = Place(100_000)
    place.put(b"a")
    place.put(b"large", 20_000)
    assert place.has(b"a")
    assert not place.has(b"large")


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    place = Place(10_000)
    for _ in range(100):
        place.put(b"a")
        place.put(b"b")
    assert place.has(b"a")
    assert place.has(b"b")
