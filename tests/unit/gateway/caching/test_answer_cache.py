from __future__ import annotations

from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.caching.cached_answer import CachedAnswer, CacheKey, Holding


class Place:
    def __init__(self, limit: int = 100_000) -> None:
        self.now = 0.0
        self.cache = AnswerCache(limit, lambda: self.now)

    def put(self, name: str, size: int = 1, *, workspace: str = "w", generation: int = 0) -> None:
        key = CacheKey(workspace, generation, name.encode())
        self.cache.put(key, CachedAnswer([], (b"x" * size,), False, 5), 60)

    async def has(self, name: str, *, workspace: str = "w", generation: int = 0) -> bool:
        return await self.cache.find(CacheKey(workspace, generation, name.encode())) is not None


async def test_an_answer_is_found_until_its_time_is_over() -> None:
    place = Place()
    place.put("a")
    place.now = 59.9
    found = await place.cache.find(CacheKey("w", 0, b"a"))
    assert found is not None
    assert found.age == 59.9
    assert not await place.has("b")
    place.now = 60
    assert not await place.has("a")
    place.now = 0
    assert not await place.has("a"), "it is gone, not passed over"


async def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    place = Place(10_000)
    for name in "abcdefghi":
        place.put(name)
        assert await place.has("a"), "it is asked for all the time"
    place.put("j")
    assert not await place.has("b")
    assert await place.has("j")


async def test_a_large_one_does_not_drive_out_all_others() -> None:
    place = Place(100_000)
    place.put("a")
    place.put("large", 20_000)
    assert await place.has("a")
    assert not await place.has("large")


async def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    place = Place(10_000)
    for _ in range(100):
        place.put("a")
        place.put("b")
    assert await place.has("a")
    assert await place.has("b")


async def test_what_is_kept_of_a_workspace_is_known() -> None:
    place = Place()
    place.put("a", 10)
    place.put("b", 20)
    place.put("a", 30, workspace="other")
    assert await place.cache.measure("w", 0) == Holding(2, 2 * 1050 + 30)
    place.now = 60
    assert not await place.has("a")
    assert await place.cache.measure("w", 0) == Holding(1, 1070)
    assert await place.cache.measure("nobody", 0) == Holding(0, 0)


async def test_a_workspace_has_its_own_forgotten_and_no_others() -> None:
    place = Place()
    place.put("a")
    place.put("b", generation=1)
    place.put("a", workspace="other")
    await place.cache.purge("w", 0)
    assert not await place.has("a")
    assert await place.has("b", generation=1)
    assert await place.has("a", workspace="other")


async def test_what_nobody_can_be_given_is_swept_out() -> None:
    place = Place()
    place.put("old", workspace="forgetful", generation=1)
    place.put("new", workspace="forgetful", generation=2)
    place.put("left", workspace="gone")
    place.now = 30
    place.put("young")
    place.cache.sweep({"w": 0, "forgetful": 2})
    held = [(await place.cache.measure(name, 0)).entries for name in ("w", "forgetful", "gone")]
    assert held == [1, 1, 0]
    place.now = 60
    place.cache.sweep({"w": 0, "forgetful": 2})
    assert (await place.cache.measure("forgetful", 2)).entries == 0
    assert await place.has("young")
