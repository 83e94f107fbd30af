"""The default of an application: always one, whoever writes."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.contract.model_configs.program import Program


async def defaults(program: Program) -> list[str]:
    return [config["_id"] for config in await program.list() if config["isDefault"]]


async def test_the_first_is_the_default_and_another_takes_its_place(program: Program) -> None:
    first = await program.make(isDefault=False)
    assert first["isDefault"]
    second = await program.make(isDefault=False)
    third = await program.make(isDefault=True)
    assert await defaults(program) == [third["_id"]]
    chosen = await program.client.patch(f"/model-configs/{second['_id']}/default")
    assert chosen.status_code == 200, chosen.text
    assert chosen.json() == {**second, "isDefault": True}
    assert await defaults(program) == [second["_id"]]
    put = await program.client.put(f"/model-configs/{first['_id']}", json={"isDefault": True})
    assert put.json()["isDefault"]
    assert await defaults(program) == [first["_id"]]
    application = (await program.client.get(f"/api/applications/{program.id}")).json()
    assert application["defaultConfigurationId"] == first["_id"]
    # Choosing it again changes nothing.
    log = await program.log(program.id)
    await program.client.patch(f"/model-configs/{first['_id']}/default")
    assert await program.log(program.id) == log


async def test_the_default_stays_until_another_is_chosen(program: Program) -> None:
    first = await program.make()
    path = f"/model-configs/{first['_id']}"
    assert "made the default instead" in (await program.refuse("PUT", path, {"isDefault": False}))["isDefault"]
    assert "is the default of the application" in (await program.refuse("DELETE", path, status=409))[""]
    await program.refuse("DELETE", f"/api/configurations/{first['_id']}", status=409)
    second = await program.make()
    assert (await program.client.put(f"/model-configs/{second['_id']}", json={"isDefault": False})).status_code == 200
    # Nor can it be taken away to another application.
    elsewhere = Program(program.live, program.admin, program.client)
    await elsewhere.make()
    body = {"applicationId": elsewhere.id}
    assert "is the default" in (await program.refuse("PUT", f"/api/configurations/{first['_id']}", body, 409))[""]
    await program.client.patch(f"/model-configs/{second['_id']}/default")
    assert (await program.client.delete(path)).status_code == 200
    assert await defaults(program) == [second["_id"]]


async def test_a_call_with_the_applications_key_reaches_the_default(program: Program) -> None:
    first = await program.make(name="First")
    second = await program.make(name="Second", settings={"systemPrompt": "Be brief."})
    caller = await program.caller()
    for config in (first, second):
        await program.client.patch(f"/model-configs/{config['_id']}/default")
        answer = await program.call(caller)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-trunkline-configuration"] == config["_id"]
    named = await program.call(caller, "First")
    assert named.headers["x-trunkline-configuration"] == first["_id"]


async def test_writers_at_once_leave_one_default(program: Program) -> None:
    made = await asyncio.gather(*(program.make(isDefault=True) for _ in range(6)))
    assert len(await defaults(program)) == 1

    async def write(index: int, config: dict[str, Any]) -> int:
        path = f"/model-configs/{config['_id']}"
        match index % 3:
            case 0:
                answer = await program.client.patch(f"{path}/default")
            case 1:
                answer = await program.client.put(path, json={"isDefault": True})
            case _:
                answer = await program.client.delete(path)
        return answer.status_code

    for _ in range(3):
        statuses = await asyncio.gather(*(write(index, config) for index, config in enumerate(made * 2)))
        assert set(statuses) <= {200, 404, 409}
        assert len(await defaults(program)) == 1
