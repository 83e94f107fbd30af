"""Whatever is done to versions in whatever order, the shares of the active ones sum up to exactly 100."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.model_configs.program import Program
from tests.contract.model_configs.versioned import versioned
from trunkline.control.versions.shares import WHOLE

T = TypeVar("T")
hundredths = st.integers(0, WHOLE)
picks = st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("create"), hundredths, st.booleans()),
    st.tuples(st.just("share"), picks, hundredths),
    st.tuples(st.just("activate"), picks, st.none() | hundredths),
    st.tuples(st.just("deactivate"), picks),
    st.tuples(st.just("delete"), picks),
    st.tuples(st.just("all"), st.lists(st.integers(0, 100), min_size=6, max_size=6)),
)


class Sequence:
    """Plays steps against the API and looks at every answer."""

    def __init__(self, program: Program, path: str) -> None:
        self.program = program
        self.path = path
        self.made = 1

    async def list(self) -> list[dict[str, Any]]:
        return (await self.program.client.get(self.path)).json()

    async def play(self, step: tuple[Any, ...]) -> None:
        before = await self.list()
        name, *rest = step
        if name == "create":
            self.made += 1
            await self.create(before, *rest)
        elif name == "all":
            await self.set_all(before, *rest)
        elif before:
            version = before[rest[0] % len(before)]
            await getattr(self, name)(version, *rest[1:])
        after = await self.list()
        shares = [round(each["trafficPercent"] * 100) for each in after if each["isActive"]]
        assert sum(shares) == (WHOLE if shares else 0), (step, after)
        assert all(abs(each["trafficPercent"] * 100 - round(each["trafficPercent"] * 100)) < 1e-6 for each in after)

    async def create(self, before: list[dict[str, Any]], share: int, active: bool) -> None:
        body = {"version": f"v{self.made}", "trafficPercent": share / 100, "isActive": active}
        answer = await self.program.client.post(self.path, json=body)
        assert answer.status_code == 201, answer.text
        # Before the first one, the configuration itself becomes a version.
        await self.was_taken_as_asked(answer.json(), share, alone=False if not before else None)

    async def share(self, version: dict[str, Any], share: int) -> None:
        await self.was_taken_as_asked(await self.put(version, trafficPercent=share / 100), share)

    async def activate(self, version: dict[str, Any], share: int | None) -> None:
        body = {} if share is None else {"trafficPercent": share / 100}
        asked = round(version["trafficPercent"] * 100) if share is None else share
        await self.was_taken_as_asked(await self.put(version, isActive=True, **body), asked)

    async def deactivate(self, version: dict[str, Any]) -> None:
        changed = await self.put(version, isActive=False)
        assert changed["trafficPercent"] == version["trafficPercent"]

    async def delete(self, version: dict[str, Any]) -> None:
        assert (await self.program.client.delete(f"{self.path}/{version['_id']}")).status_code == 200

    async def set_all(self, before: list[dict[str, Any]], weights: list[int]) -> None:
        active = [each for each in before if each["isActive"]]
        if not active or not any(weights[: len(active)]):
            return
        total = sum(weights[: len(active)])
        shares = [weight * WHOLE // total for weight in weights[: len(active)]]
        shares[0] += WHOLE - sum(shares)
        body = [
            {"_id": each["_id"], "trafficPercent": share / 100} for each, share in zip(active, shares, strict=False)
        ]
        answer = await self.program.client.put(self.path, json=body)
        if len(active) > len(shares):
            assert answer.status_code == 400
        else:
            assert answer.status_code == 200, answer.text
            assert [each["trafficPercent"] for each in answer.json() if each["isActive"]] == [s / 100 for s in shares]

    async def put(self, version: dict[str, Any], **fields: Any) -> dict[str, Any]:
        answer = await self.program.client.put(f"{self.path}/{version['_id']}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def was_taken_as_asked(self, version: dict[str, Any], share: int, alone: bool | None = None) -> None:
        if alone is None:
            others = [each for each in await self.list() if each["isActive"] and each["_id"] != version["_id"]]
            alone = version["isActive"] and not others
        assert version["trafficPercent"] == (100 if alone else share / 100)


async def test_any_sequence_of_writes(program: Program) -> None:
    loop = asyncio.get_running_loop()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    async def play(given: list[tuple[Any, ...]]) -> None:
        config = await program.make()
        sequence = Sequence(program, f"/model-configs/{config['_id']}/versions")
        for step in given:
            await sequence.play(step)

    @settings(max_examples=12, derandomize=True)
    @given(st.lists(steps, min_size=2, max_size=10))
    def check(given: list[tuple[Any, ...]]) -> None:
        run(play(given))

    # Its examples are run in a thread, because each of them waits for this loop.
    await asyncio.to_thread(check)


async def test_writers_at_once_leave_exact_shares(program: Program) -> None:
    ours = await versioned(program)
    answers = await asyncio.gather(
        *(
            program.client.post(ours.path, json={"version": f"v{number}", "trafficPercent": 7 * number})
            for number in (1, 2, 2, 3, 4, 5)
        )
    )
    assert Counter(answer.status_code for answer in answers) in ({201: 5, 409: 1}, {201: 4, 409: 2})
    present = await ours.list()
    assert sum(round(each["trafficPercent"] * 100) for each in present) == 10_000

    async def write(number: int, version: dict[str, Any]) -> int:
        path = f"{ours.path}/{version['_id']}"
        match number % 4:
            case 0:
                answer = await program.client.put(path, json={"trafficPercent": number})
            case 1:
                answer = await program.client.put(path, json={"isActive": False})
            case 2:
                answer = await program.client.put(path, json={"isActive": True, "trafficPercent": 33.33})
            case _:
                answer = await program.client.delete(path)
        return answer.status_code

    statuses = await asyncio.gather(*(write(number, version) for number, version in enumerate(present * 3)))
    assert set(statuses) <= {200, 404}
    shares = await ours.shares()
    assert sum(round(share * 100) for share in shares.values()) == (10_000 if shares else 0)
