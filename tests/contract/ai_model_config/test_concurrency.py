"""Many at once: one document, no change half done, nobody waits for each other for ever."""

from __future__ import annotations

import asyncio

from .conftest import CREATE, UPDATE, Program, document, model


async def test_one_of_many_first_documents_wins(program_on_each: Program) -> None:
    program = program_on_each
    bodies = [document(model("Ollama", f"m{number}")) for number in range(4)]
    answers = await asyncio.gather(*(program.client.post(CREATE, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    (configuration,) = await program.configurations()
    assert configuration["model"] == (await program.get())["models"][0]["model"]


async def test_replacements_at_once_leave_one_of_them_whole(program_on_each: Program) -> None:
    program = program_on_each
    await program.create(model("Ollama", "m0"))
    bodies = [
        document(model("Ollama", f"m{number}"), model("vLLM", f"m{number + 1}"), prompt=f"p{number}")
        for number in range(5)
    ]
    answers = await asyncio.gather(*(program.client.put(UPDATE, json=body) for body in bodies))
    assert [answer.status_code for answer in answers] == [200] * 5
    final = await program.get()
    number = int(final["system_prompt"].removeprefix("p"))
    assert [each["model"] for each in final["models"]] == [f"m{number}", f"m{number + 1}"]
    assert all(each["usable"] for each in final["models"])
    listed = await program.configurations()
    assert {each["id"] for each in listed} == {each["configurationId"] for each in final["models"]}
    assert {each["configuration"]["systemPrompt"] for each in listed} == {f"p{number}"}
    assert {answer.headers["etag"] for answer in answers} == {f'"{each}"' for each in range(2, 7)}


async def test_replacements_from_one_state_happen_once(program_on_each: Program) -> None:
    program = program_on_each
    await program.create(model())
    answers = await asyncio.gather(
        *(
            program.client.put(UPDATE, json=document(model(), prompt=f"p{number}"), headers={"If-Match": '"1"'})
            for number in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_configurations_that_go_at_the_same_time(program_on_each: Program) -> None:
    """A replacement and the deletion of what it replaces end both, in whichever order."""
    program = program_on_each
    for turn in range(3):
        names = [f"m{turn}-{number}" for number in range(4)]
        body = document(*(model("Ollama", name) for name in names), prompt=str(turn))
        saved = await program.client.request("POST" if turn == 0 else "PUT", CREATE if turn == 0 else UPDATE, json=body)
        ids = [each["configurationId"] for each in saved.json()["models"]]
        answers = await asyncio.gather(
            program.client.put(UPDATE, json=document(*(model("Ollama", name) for name in names), prompt="next")),
            *(program.client.delete(f"/api/configurations/{each}") for each in reversed(ids)),
        )
        assert answers[0].status_code == 200, answers[0].text
        assert {answer.status_code for answer in answers[1:]} <= {200, 404}
        left = {each["id"] for each in await program.configurations()}
        read = await program.get()
        assert {each["configurationId"] for each in read["models"] if each["usable"]} == left
