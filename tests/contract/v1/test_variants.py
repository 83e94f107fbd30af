"""Calls that a feature makes, and calls that a version of a configuration serves: what is sent, and what is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.contract.v1.routes.routed_call import CLAUDE, GOOD, SECRET, STREAM
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.gateway.routing.assignment import find_bucket
from trunkline.gateway.snapshot import FeatureEntry, KeyEntry, Trial, Variant


@pytest.fixture(scope="module")
def upstreams() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted.start() as openai, scripted.start() as anthropic:
        yield openai, anthropic


@pytest.fixture
def openai(upstreams: tuple[Scripted, Scripted]) -> Scripted:
    upstreams[0].asked.clear()
    upstreams[0].script = whole(GOOD)
    return upstreams[0]


@pytest.fixture
def anthropic(upstreams: tuple[Scripted, Scripted]) -> Scripted:
    upstreams[1].asked.clear()
    upstreams[1].script = whole(CLAUDE)
    return upstreams[1]


@pytest.fixture(scope="module")
def bare(upstreams: tuple[Scripted, Scripted]) -> Iterator[CallServer]:
    a, b = upstreams
    base = {"api_key": SECRET, "shared": True}
    plain = configuration(
        "plain", "openai", model="gpt-4o-mini", base_url=a.url, **base,
        parameters={"temperature": 0.1, "topP": 0.9, "systemPrompt": "Be brief.", "maxTokens": 7},
    )  # fmt: skip
    claude = configuration("claude", "anthropic", model="claude-x", base_url=b.url, **base, parameters={"topK": 5})
    one = configuration("tested", "openai", model="gpt-one", base_url=a.url, version_id="v-1", **base)
    two = configuration("tested", "anthropic", model="claude-two", base_url=b.url, version_id="v-2", **base)
    trial = Trial(
        salt="salt",
        phase_id="phase-1",
        variants=(Variant(entry=one, buckets=((0, 5_000),)), Variant(entry=two, buckets=((5_000, 10_000),))),
    )
    tested = configuration("tested", "openai", model="gpt-own", base_url=a.url, trial=trial, **base)
    settings = {"systemPrompt": "Summarise.", "temperature": 0.5, "maxTokens": 50, "presencePenalty": 0.25}
    own = configuration("feature-row", "openrouter", model="openai/gpt-4o", base_url=a.url, api_key=SECRET)
    features = [
        FeatureEntry(
            id="f-1", slug="summarizer", kind="summarizer", model="x", target="plain", parameters=settings,
            custom={"top_p": 0.3, "seed": 4, "model": "evil", "messages": []},
        ),
        FeatureEntry(id="f-2", slug="through-claude", kind="chat", model="x", target="claude", parameters=settings),
        FeatureEntry(id="f-3", slug="routed", kind="chat", model="x", target="both", parameters=settings),
        FeatureEntry(id="f-4", slug="own", kind="chat", model="openai/gpt-4o", entry=own, parameters=settings),
        FeatureEntry(
            id="", slug="keyless", kind="chat", model="m",
            entry=configuration("none", "openrouter", model="m", base_url=a.url),
        ),
        FeatureEntry(id="f-5", slug="lost", kind="chat", model="m", target="nothing"),
        FeatureEntry(id="f-6", slug="loop", kind="chat", model="m", target="feature/loop"),
        FeatureEntry(id="f-7", slug="private", kind="chat", model="m", target="mine"),
    ]  # fmt: skip
    mine = configuration("mine", "openai", model="m", base_url=a.url, api_key=SECRET)
    keys = {
        KEY: KeyEntry(id="k-1", workspace_id="w-1", user_id="u-1"),
        "tl-narrow": KeyEntry(id="k-2", workspace_id="w-1", user_id="u-1", models=("feature/summarizer",)),
        "tl-model": KeyEntry(id="k-3", workspace_id="w-1", user_id="u-1", models=("gpt-own",)),
    }
    routes = [route("both", "tested", "plain")]
    with CallServer([plain, claude, tested, mine], routes=routes, features=features, keys=keys).serve() as running:
        yield running


def ask(
    bare: CallServer, model: str, *, key: str = KEY, path: str = "/v1/chat/completions", **fields: Any
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {key}", **fields.pop("headers", {})}
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **fields}
    return httpx2.post(bare.url + path, json=body, headers=headers, timeout=20, trust_env=False)


def sent(upstream: Scripted) -> dict[str, Any]:
    return json.loads(upstream.asked[-1].body)


def test_a_feature_is_laid_over_its_configuration(bare: CallServer, openai: Scripted) -> None:
    answer = ask(bare, "feature/summarizer")
    assert answer.status_code == 200, answer.text
    body = sent(openai)
    assert body["messages"] == [{"role": "system", "content": "Summarise."}, {"role": "user", "content": "hello"}]
    del body["messages"]
    assert body == {
        "model": "gpt-4o-mini", "temperature": 0.5, "top_p": 0.3, "seed": 4, "presence_penalty": 0.25,
        "max_completion_tokens": 50,
    }  # fmt: skip
    assert answer.headers["x-trunkline-feature"] == "summarizer"
    assert answer.headers["x-trunkline-configuration"] == "id-plain"
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.feature, event.configuration_id, event.requested_model) == (
        "summarizer", "id-plain", "feature/summarizer",
    )  # fmt: skip


def test_the_configuration_by_itself_is_as_it_was(bare: CallServer, openai: Scripted) -> None:
    ask(bare, "feature/summarizer")
    ask(bare, "plain")
    body = sent(openai)
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (body["temperature"], body["top_p"]) == (0.1, 0.9)
    assert "seed" not in body


def test_the_caller_wins_over_the_feature(bare: CallServer, openai: Scripted) -> None:
    ask(bare, "feature/summarizer", temperature=0.9)
    assert sent(openai)["temperature"] == 0.9


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_feature_in_another_dialect(bare: CallServer, anthropic: Scripted, path: str) -> None:
    fields: dict[str, Any] = {"max_tokens": 9} if path == "/v1/messages" else {}
    answer = ask(bare, "feature/through-claude", path=path, **fields)
    assert answer.status_code == 200, answer.text
    body = sent(anthropic)
    assert "Summarise." in json.dumps(body["system"])
    assert (body["temperature"], body["top_k"]) == (0.5, 5)
    assert body["max_tokens"] == (9 if path == "/v1/messages" else 50)
    assert "presence_penalty" not in body, "this provider has no such thing"


def test_a_feature_with_a_credential_of_its_own(bare: CallServer, openai: Scripted) -> None:
    answer = ask(bare, "feature/own")
    assert answer.status_code == 200, answer.text
    assert (sent(openai)["model"], sent(openai)["max_tokens"]) == ("openai/gpt-4o", 50)
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.feature, event.configuration_id, event.provider) == ("own", None, "openrouter")


def test_a_feature_along_a_route(bare: CallServer, openai: Scripted, anthropic: Scripted) -> None:
    answer = ask(bare, "feature/routed", user="somebody")
    assert answer.status_code == 200, answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.feature, event.route_id, event.version_id) == (
        "routed", "route-both", answer.headers["x-trunkline-version"],
    )  # fmt: skip
    served = openai if openai.asked else anthropic
    assert "Summarise." in served.asked[-1].body.decode()


@pytest.mark.parametrize(
    ("slug", "status", "words"),
    [
        ("keyless", 400, "has no key for OpenRouter"),
        ("lost", 503, "'nothing'"),
        ("loop", 503, "Choose another target"),
        ("private", 503, "'mine'"),
        ("unknown", 404, "Nearest"),
    ],
)
def test_a_feature_that_nothing_serves(bare: CallServer, openai: Scripted, slug: str, status: int, words: str) -> None:
    answer = ask(bare, f"feature/{slug}")
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]["message"]
    assert openai.asked == []


def test_what_is_listed(bare: CallServer) -> None:
    def names(key: str) -> list[str]:
        headers = {"Authorization": f"Bearer {key}"}
        found = httpx2.get(f"{bare.url}/v1/models", headers=headers, trust_env=False).json()["data"]
        return [model["id"] for model in found if "/" in model["id"] or model["id"] == "both"]

    assert names(KEY) == ["both", *(f"feature/{slug}" for slug in ("summarizer", "through-claude", "routed", "own"))]
    assert names("tl-narrow") == ["feature/summarizer"]


def test_a_narrow_key_names_the_feature(bare: CallServer, openai: Scripted) -> None:
    assert ask(bare, "feature/summarizer", key="tl-narrow").status_code == 200
    assert ask(bare, "plain", key="tl-narrow").status_code == 403
    assert ask(bare, "feature/own", key="tl-narrow").status_code == 403


@pytest.mark.parametrize("way", ["header", "openai", "anthropic"])
def test_a_version_sticks_to_whom_the_call_is_for(
    bare: CallServer, openai: Scripted, anthropic: Scripted, way: str
) -> None:
    seen: set[str] = set()
    for number in range(12):
        person = f"person-{number}"
        fields: dict[str, Any] = {
            "header": {"headers": {"X-User-Id": person}, "user": "somebody else"},
            "openai": {"user": person},
            "anthropic": {"metadata": {"user_id": person}, "path": "/v1/messages", "max_tokens": 5},
        }[way]
        bucket, digest = find_bucket("salt", person)
        wanted = "v-1" if bucket < 5_000 else "v-2"
        for _ in range(2):
            answer = ask(bare, "tested", **dict(fields))
            assert answer.status_code == 200, answer.text
            assert answer.headers["x-trunkline-version"] == wanted
            event = bare.books.last(answer.headers["x-request-id"])
            assert (event.version_id, event.phase_id, event.unit) == (wanted, "phase-1", digest)
            assert (event.configuration_id, event.model) == (
                "id-tested", "gpt-one" if wanted == "v-1" else "claude-two",
            )  # fmt: skip
        seen.add(wanted)
    assert seen == {"v-1", "v-2"}
    assert {sent(openai)["model"], sent(anthropic)["model"]} == {"gpt-one", "claude-two"}


def test_a_call_for_nobody_gets_a_version_and_counts_for_no_unit(
    bare: CallServer, openai: Scripted, anthropic: Scripted
) -> None:
    served: set[str] = set()
    for number in range(20):
        answer = ask(bare, "tested", headers={"x-request-id": f"request-{number}"})
        event = bare.books.last(f"request-{number}")
        assert (event.unit, event.phase_id) == (None, "phase-1")
        served.add(answer.headers["x-trunkline-version"])
    assert served == {"v-1", "v-2"}


@pytest.mark.parametrize("name", ["tested/gpt-5", "gpt-own"])
def test_who_names_a_model_gets_it(bare: CallServer, openai: Scripted, name: str) -> None:
    answer = ask(bare, name, user="somebody")
    assert "x-trunkline-version" not in answer.headers
    assert sent(openai)["model"] == name.rpartition("/")[2]


def test_a_key_for_a_model_gets_no_other_by_a_version(bare: CallServer, openai: Scripted, anthropic: Scripted) -> None:
    for number in range(5):
        answer = ask(bare, "tested", key="tl-model", user=f"person-{number}")
        assert answer.status_code == 200, answer.text
        assert sent(openai)["model"] == "gpt-own"
    assert anthropic.asked == []


def test_a_streamed_version(bare: CallServer, openai: Scripted) -> None:
    openai.script = stream(*STREAM)
    person = next(f"p-{n}" for n in range(100) if find_bucket("salt", f"p-{n}")[0] < 5_000)
    answer = ask(bare, "tested", user=person, stream=True)
    assert answer.headers["x-trunkline-version"] == "v-1"
    assert bare.books.last(answer.headers["x-request-id"]).version_id == "v-1"
