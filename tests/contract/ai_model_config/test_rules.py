"""What a document may say, what an error says, and what a replacement keeps."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import CREATE, GET, KEY, UPDATE, Program, document, model

FOREIGN = "U2FsdGVkX1+0123456789abcdefghijklmnopqrstuv=="


async def refuse(program: Program, body: Any) -> dict[str, str]:
    """The wrong fields of a body that is refused, with what is said of each. Nothing of it is kept."""
    answer = await program.client.post(CREATE, json=body)
    told = answer.json()
    assert (answer.status_code, told["statusCode"], told["error"]) == (400, 400, "Bad Request"), answer.text
    assert told["requestId"] == answer.headers["x-request-id"]
    assert (await program.client.get(GET)).status_code == 404
    assert await program.configurations() == []
    return {error["field"]: error["message"] for error in told["errors"]}


async def test_every_wrong_field_is_named(program: Program) -> None:
    body = {
        "models": [
            model(),
            {"provider": "", "type": "speech", "model": "m" * 256, "isPaid": "yes"},
            {"provider": " ", "model": 4, "apiKeyEncrypted": "", "isPaid": True, "colour": "red"},
            model(name="two\nlines", apiKeyEncrypted=KEY),
        ],
        "system_prompt": "x" * 32_001,
        "temperature": 1,
    }
    wrong = await refuse(program, body)
    assert set(wrong) == {
        "models[1].provider",
        "models[1].type",
        "models[1].model",
        "models[1].isPaid",
        "models[2].provider",
        "models[2].type",
        "models[2].model",
        "models[2].apiKeyEncrypted",
        "models[2].colour",
        "models[3].model",
        "models[3].apiKeyEncrypted",
        "system_prompt",
        "temperature",
    }
    assert wrong["models[1].type"] == "must be one of 'chat', 'completion', 'embedding' or 'image'."
    assert "plain text" in wrong["models[3].apiKeyEncrypted"]
    assert "32000" in wrong["system_prompt"]


@pytest.mark.parametrize(
    ("models", "field"), [([], "models"), ([model(name=f"m{n}") for n in range(51)], "models"), (None, "models")]
)
async def test_there_are_one_to_fifty_models(program: Program, models: Any, field: str) -> None:
    assert set(await refuse(program, {"models": models})) == {field}


async def test_the_limits_are_within(program: Program) -> None:
    models = [model("p" * 255, "m" * 253 + f"{n:02}", isPaid=True) for n in range(49)]
    body = await program.create(*models, model("Demo", "d" * 255), prompt="x" * 32_000)
    assert len(body["models"]) == 50
    assert body["system_prompt"] == "x" * 32_000
    assert body["models"][-1]["usable"]


async def test_the_prompt_may_be_left_out(program: Program) -> None:
    answer = await program.client.post(CREATE, json={"models": [model()]})
    assert (answer.status_code, answer.json()["system_prompt"]) == (201, "")
    (configuration,) = await program.configurations()
    assert configuration["configuration"] == {}


@pytest.mark.parametrize("body", [None, [], "text", {}, {"models": {}}, {"models": [None]}, {"models": ["gpt-4"]}])
async def test_what_is_no_document(program: Program, body: Any) -> None:
    await refuse(program, body)


async def test_what_is_no_model_is_said_where_it_is(program: Program) -> None:
    assert await refuse(program, {"models": []}) == {"models": "must not be empty."}
    assert await refuse(program, {"models": [model(), None]}) == {"models[1]": "must be a JSON object."}


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "sk-ant-api03-abcdefgh",
        "AIzaSyA-0123456789",
        "hf_abcdefghijkl",
        "gsk_abcdefghijkl",
        "xai-abcdefghijkl",
        "Bearer sk-abcdefgh",
        '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\nMIIE"}',
        "sk-…x7Qd",
    ],
)
async def test_a_key_in_the_clear_is_refused(program: Program, key: str) -> None:
    wrong = await refuse(program, document(model(), model("OpenAI", "gpt-4", apiKeyEncrypted=key)))
    assert set(wrong) == {"models[1].apiKeyEncrypted"}
    assert key not in str(wrong)


async def test_a_model_is_there_once(program: Program) -> None:
    wrong = await refuse(
        program,
        document(
            model("OpenAI", "gpt-4"),
            model("OpenAI", "gpt-4", type="completion"),
            model("openai", "gpt-4"),
            model("Nobody", "gpt-4"),
            model("NOBODY", "gpt-4"),
        ),
    )
    assert set(wrong) == {"models[2].model", "models[4].model"}
    assert "models[0]" in wrong["models[2].model"]


async def test_a_sealed_key_that_does_not_open_is_refused(program: Program) -> None:
    good, elsewhere = await program.seal(), await program.seal(origin="https://evil.example.com:443")
    models = [
        model("OpenAI", "a", apiKeyEncrypted=elsewhere),
        model("OpenAI", "b", apiKeyEncrypted=good),
        model("OpenAI", "c", apiKeyEncrypted=good[:-3]),
        model("OpenAI", "d", apiKeyEncrypted="tl1.k1-00000000000.AAAA"),
        model("OpenAI", "e", apiKeyEncrypted=await program.seal(workspace="another")),
        model("OpenAI", "f", apiKeyEncrypted=await program.seal("two words")),
        model("Ollama", "g", apiKeyEncrypted=good),
        model("Nobody", "h", apiKeyEncrypted=good),
        model("Azure OpenAI", "i", apiKeyEncrypted=good),
    ]
    wrong = await refuse(program, document(*(each for each in models if each["model"] != "f")))
    assert set(wrong) == {f"models[{index}].apiKeyEncrypted" for index in (0, 2, 3, 4, 5, 6, 7)}
    assert "https://api.openai.com:443" in wrong["models[0].apiKeyEncrypted"]
    wrong = await refuse(program, document(models[1], models[5]))
    assert set(wrong) == {"models[1].apiKeyEncrypted"}


async def test_what_is_kept_without_being_usable_says_why(program: Program) -> None:
    body = await program.create(
        model("Nobody Inc", "n"),
        model("Azure OpenAI", "a", apiKeyEncrypted=FOREIGN),
        model("Anthropic", "e", type="embedding", apiKeyEncrypted=FOREIGN),
        model("OpenAI", "o"),
        model("Hugging Face", "h", apiKeyEncrypted=FOREIGN),
        model("Ollama", "l", apiKeyEncrypted=FOREIGN),
        model("vLLM", "v", apiKeyEncrypted=FOREIGN),
    )
    assert [each["usable"] for each in body["models"]] == [False] * 7
    words = [
        "no provider 'Nobody Inc'",
        "baseUrl",
        "embeddings",
        "needs a key",
        "only you can undo",
        "null",
        "only you",
    ]
    for each, word in zip(body["models"], words, strict=True):
        assert word in each["reason"]
    assert await program.configurations() == []
    keyed = await program.get(keys=True)
    assert [each["apiKeyEncrypted"] for each in keyed["models"]] == [None, FOREIGN, FOREIGN, None, *[FOREIGN] * 3]


@pytest.mark.parametrize(
    ("provider", "kind", "expected", "origin"),
    [
        ("OPENAI", "chat", "openai", "https://api.openai.com:443"),
        ("openai", "completion", "openai", "https://api.openai.com:443"),
        ("OpenAI", "image", "openai", "https://api.openai.com:443"),
        ("Google", "embedding", "gemini", "https://generativelanguage.googleapis.com:443"),
        ("Hugging Face", "chat", "huggingface", "https://router.huggingface.co:443"),
        ("claude", "chat", "anthropic", "https://api.anthropic.com:443"),
        ("Open Router", "chat", "openrouter", "https://openrouter.ai:443"),
    ],
)
async def test_providers_go_by_many_names(
    program: Program, provider: str, kind: str, expected: str, origin: str
) -> None:
    sealed = await program.seal(origin=origin)
    body = await program.create(model(provider, "x", type=kind, apiKeyEncrypted=sealed))
    assert body["models"][0]["provider"] == provider
    assert body["models"][0]["usable"], body
    (configuration,) = await program.configurations()
    assert configuration["provider"] == expected
    assert configuration["apiKey"] == "sk-proj-…x7Qd"


async def test_names_of_configurations_are_unique(program: Program) -> None:
    await program.client.post("/api/configurations", json={"name": "llama3", "provider": "demo", "model": "demo-chat"})
    await program.create(model("Ollama", "llama3"), model("vLLM", "llama3"), model("vLLM", "llama3", type="embedding"))
    names = [each["name"] for each in await program.configurations()]
    assert names == ["llama3", "llama3 (ollama)", "llama3 (vllm)", "llama3 (vllm, embedding)"]


async def test_reading_and_sending_back_changes_nothing(program_on_each: Program) -> None:
    program = program_on_each
    sealed = await program.seal()
    await program.create(
        model("OpenAI", "gpt-4", apiKeyEncrypted=sealed), model("Nobody", "n", apiKeyEncrypted=FOREIGN)
    )
    before = await program.configurations()
    for keys in (False, True):
        body = await program.get(keys=keys)
        answer = await program.client.put(UPDATE, json=body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == '"1"'
        assert answer.json() == await program.get()
    assert await program.configurations() == before
    keyed = await program.get(keys=True)
    assert [each["apiKeyEncrypted"] for each in keyed["models"]] == [sealed, FOREIGN]


async def test_a_replacement_keeps_and_loses_keys(program_on_each: Program) -> None:
    program = program_on_each
    sealed = await program.seal()
    body = await program.create(
        model("OpenAI", "kept", apiKeyEncrypted=sealed),
        model("OpenAI", "lost", apiKeyEncrypted=sealed),
        model("OpenAI", "gone", apiKeyEncrypted=sealed),
        model("Nobody", "kept", apiKeyEncrypted=FOREIGN),
        model("Nobody", "lost", apiKeyEncrypted=FOREIGN),
    )
    ids = [each["configurationId"] for each in body["models"]]
    changed = await program.update(
        model("Nobody", "lost", apiKeyEncrypted=None),
        model("nobody", "kept"),
        model("OpenAI", "lost", apiKeyEncrypted=None),
        model("openai", "kept", isPaid=True),
        model("OpenAI", "kept", type="completion"),
        prompt="Answer at length.",
    )
    assert [each["usable"] for each in changed["models"]] == [False, False, False, True, False]
    assert changed["models"][3]["configurationId"] == ids[0]
    keyed = await program.get(keys=True)
    assert [each["apiKeyEncrypted"] for each in keyed["models"]] == [None, FOREIGN, None, sealed, None]
    (configuration,) = await program.configurations()
    assert configuration["id"] == ids[0]
    assert configuration["configuration"] == {"systemPrompt": "Answer at length."}
    assert configuration["apiKey"] == "sk-proj-…x7Qd"


async def test_a_new_key_replaces_the_old_one(program: Program) -> None:
    body = await program.create(model("OpenAI", "gpt-4", apiKeyEncrypted=await program.seal()))
    new = await program.seal("sk-proj-second-0123456789abcdefghij-wxyz")
    changed = await program.update(model("OpenAI", "gpt-4", apiKeyEncrypted=new))
    assert changed["models"] == body["models"]
    (configuration,) = await program.configurations()
    assert configuration["apiKey"] == "sk-proj-…wxyz"
    await program.update(model("OpenAI", "gpt-4", apiKeyEncrypted=FOREIGN))
    assert await program.configurations() == []
    assert (await program.get(keys=True))["models"][0]["apiKeyEncrypted"] == FOREIGN


async def test_only_the_very_same_ciphertext_is_the_stored_one(program: Program) -> None:
    await program.create(model("Nobody", "n", apiKeyEncrypted=FOREIGN))
    await program.update(model("Nobody", "n", apiKeyEncrypted=FOREIGN + " "))
    assert (await program.get(keys=True))["models"][0]["apiKeyEncrypted"] == FOREIGN + " "


async def test_the_stored_ciphertext_sent_back_is_not_opened_anew(program: Program) -> None:
    """The configuration has another address and key by now: they stay, and a key sealed for the old one is no error."""
    sealed = await program.seal()
    body = await program.create(model("OpenAI", "gpt-4", apiKeyEncrypted=sealed))
    configuration_id = body["models"][0]["configurationId"]
    new = "sk-proj-second-0123456789abcdefghij-wxyz"
    await program.change(configuration_id, baseUrl="https://proxy.example.com/v1", apiKey=new)
    for given in ({"apiKeyEncrypted": sealed}, {}):
        saved = await program.update(model("OpenAI", "gpt-4", **given), prompt=str(given))
        assert saved["models"][0]["configurationId"] == configuration_id
        (configuration,) = await program.configurations()
        assert (configuration["apiKey"], configuration["baseUrl"]) == ("sk-proj-…wxyz", "https://proxy.example.com/v1")


async def test_what_is_in_use_is_not_deleted(program_on_each: Program) -> None:
    program = program_on_each
    body = await program.create(model("Ollama", "one"), model("Ollama", "two"))
    workspace = await program.person.personal()
    first = body["models"][0]["configurationId"]
    chosen = await program.client.patch(f"/api/workspaces/{workspace}", json={"defaultConfigurationId": first})
    assert chosen.status_code == 200, chosen.text
    answer = await program.client.put(UPDATE, json=document(model("Ollama", "three"), prompt="Other."))
    assert (answer.status_code, answer.json()["error"]) == (409, "Conflict")
    assert "'one'" in answer.json()["message"]
    assert "default" in answer.json()["message"]
    assert await program.get() == body
    assert [each["name"] for each in await program.configurations()] == ["one", "two"]


async def test_a_state_that_is_no_longer_current_is_not_replaced(program: Program) -> None:
    await program.create(model())
    first = await program.client.put(UPDATE, json=document(model(), prompt="a"), headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    second = await program.client.put(UPDATE, json=document(model(), prompt="b"), headers={"If-Match": '"1"'})
    assert (second.status_code, second.json()["error"]) == (412, "Precondition Failed")
    assert (await program.get())["system_prompt"] == "a"
    assert (await program.client.put(UPDATE, json=document(model()), headers={"If-Match": "*"})).status_code == 200


async def test_changes_on_other_faces_do_not_break_it(program_on_each: Program) -> None:
    program = program_on_each
    sealed = await program.seal()
    names = ["renamed", "deleted", "repurposed", "off"]
    body = await program.create(*(model("OpenAI", name, apiKeyEncrypted=sealed) for name in names))
    ids = [each["configurationId"] for each in body["models"]]
    await program.change(ids[0], name="Another name")
    assert (await program.client.delete(f"/api/configurations/{ids[1]}")).status_code == 200
    await program.change(ids[2], model="gpt-5")
    await program.change(ids[3], isActive=False)
    read = await program.get(keys=True)
    assert [each["usable"] for each in read["models"]] == [True, False, False, False]
    assert [each["configurationId"] for each in read["models"]] == [ids[0], None, ids[2], ids[3]]
    assert [each["apiKeyEncrypted"] for each in read["models"]] == [sealed] * 4
    for each, word in zip(read["models"][1:], ("deleted", "gpt-5", "switched off"), strict=True):
        assert word in each["reason"]

    # Saved again, each model has a configuration that serves it; what the user made of another is left alone.
    saved = await program.update(*(model("OpenAI", name) for name in names))
    assert [each["usable"] for each in saved["models"]] == [True, True, True, False]
    assert saved["models"][0]["configurationId"] == ids[0]
    assert saved["models"][2]["configurationId"] != ids[2]
    listed = {each["id"]: each for each in await program.configurations()}
    assert listed[ids[0]]["name"] == "Another name"
    assert listed[ids[2]]["model"] == "gpt-5"
    assert all(each["apiKey"] == "sk-proj-…x7Qd" for each in listed.values())
    assert len(listed) == 5

    await program.update(model())
    assert {each["id"] for each in await program.configurations()} >= {ids[2]}
    assert len(await program.configurations()) == 2


async def test_each_change_has_an_audit_event_without_keys(program: Program) -> None:
    sealed = await program.seal()
    made = await program.create(model("OpenAI", "gpt-4", apiKeyEncrypted=sealed))
    await program.update(model("OpenAI", "gpt-4"), prompt="Other.")
    await program.update(model("OpenAI", "gpt-4"), prompt="Other.")
    events = (await program.client.get("/api/audit?targetType=ai_model_config")).json()
    assert [event["action"] for event in events] == ["ai_model_config.update", "ai_model_config.create"]
    assert {event["targetId"] for event in events} == {made["id"]}
    assert events[0]["before"] == {"system_prompt": "Answer briefly."}
    assert events[0]["after"] == {"system_prompt": "Other."}
    key = events[1]["after"]["models"][0]["apiKeyEncrypted"]
    assert set(key) == {"mask", "fingerprint"}
    assert sealed not in str(events)
    history = (await program.client.get(f"/api/configurations/{made['models'][0]['configurationId']}/revisions")).json()
    assert [revision["number"] for revision in history] == [2, 1]
