"""An answer is only ever given again to the same question of somebody who may see the same."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.actor import Actor
from trunkline.core.caching import Caching, Semantic
from trunkline.dialects import anthropic_messages, gemini, openai_chat
from trunkline.gateway.caching.cache_key import Question as Asked
from trunkline.gateway.caching.cache_key import find_caching, read_question
from trunkline.gateway.caching.cached_answer import CacheKey
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry, RouteEntry, WorkspacePart

USER, WORKSPACE = Caching(ttl_seconds=60), Caching(ttl_seconds=60, scope="workspace")
SEMANTIC = Caching(ttl_seconds=60, semantic=Semantic(model="vectors"))
BODY: dict[str, Any] = {"model": "r", "messages": [{"role": "user", "content": "hi"}]}


def find_key(caching: Caching, actor: Actor, candidate: Candidate, exchange: object) -> CacheKey | None:
    question = read_question(caching, actor, candidate, exchange)
    return None if question is None else question.key


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """All that may make a difference between two calls."""

    workspace: str = "w1"
    generation: int = 0
    user: str = "u1"
    application: str | None = None
    role: str = "member"
    scope: str = "call"
    models: tuple[str, ...] = ()
    system: str | None = None
    content: str = "hi"
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stream: bool = False
    model: str = "m1"
    configuration: str = "c1"
    revision: int = 1
    version: str | None = None
    route_revision: int = 1
    feature: str | None = None
    feature_revision: int = 1
    forwarded: tuple[tuple[str, str], ...] = ()
    dialect: str = "openai"

    def key(self, caching: Caching, **more: Any) -> CacheKey | None:
        asked = self.ask(caching, **more)
        return None if asked is None else asked.key

    def ask(self, caching: Caching, **more: Any) -> Asked | None:
        messages = [{"role": "system", "content": self.system}] if self.system is not None else []
        messages.append({"role": "user", "content": self.content})
        body = {"model": "r", "messages": messages, "stream": self.stream, **more}
        for name in ("temperature", "max_tokens", "seed"):
            if getattr(self, name) is not None:
                body[name] = getattr(self, name)
        dialect = openai_chat.DIALECT if self.dialect == "openai" else anthropic_messages.DIALECT
        chat = Chat(dialect, json.dumps(body).encode(), forwarded=self.forwarded)
        actor = Actor(
            user_id=self.user,
            workspace_id=self.workspace,
            role=self.role,  # type: ignore[arg-type] - one of them
            scope=self.scope,  # type: ignore[arg-type] - one of them
            application_id=self.application,
            models=self.models,
            key_id="k",
        )
        feature = None
        if self.feature is not None:
            feature = FeatureEntry(
                id=self.feature, slug=self.feature, kind="chat", model="m", revision=self.feature_revision
            )
        entry = ConfigurationEntry(
            id=self.configuration,
            workspace_id=self.workspace,
            owner_id="o",
            name="c",
            provider="openai",
            revision=self.revision,
            version_id=self.version,
        )
        route = RouteEntry(id="r1", name="r", strategy="priority", targets=(), revision=self.route_revision)
        part = WorkspacePart(id=self.workspace, revision=1, cache_generation=self.generation)
        candidate = Candidate(entry, self.model, part, route, feature=feature)
        return read_question(caching, actor, candidate, chat)


some = st.sampled_from
VALUES: dict[str, list[Any]] = {
    "workspace": ["w1", "w2"],
    "generation": [0, 1],
    "user": ["u1", "u2"],
    "application": [None, "a1"],
    "role": ["viewer", "member", "admin"],
    "scope": ["call", "manage"],
    "models": [(), ("r",), ("r", "x"), ("rx",)],
    "system": [None, "", "be kind", "be kin"],
    "content": ["hi", "hid"],
    "temperature": [None, 0.0, 1.0],
    "max_tokens": [None, 1, 10],
    "seed": [None, 1],
    "stream": [False, True],
    "model": ["m1", "m2"],
    "configuration": ["c1", "c2"],
    "revision": [1, 2],
    "version": [None, "v1", "v2"],
    "route_revision": [1, 2],
    "feature": [None, "f1", "f2"],
    "feature_revision": [1, 2],
    "forwarded": [(), (("anthropic-beta", "x"),)],
    "dialect": ["openai", "anthropic"],
}
questions = st.builds(Question, **{name: some(values) for name, values in VALUES.items()})


@given(questions, questions, some([USER, WORKSPACE]))
def test_no_answer_crosses_from_one_question_to_another(one: Question, other: Question, caching: Caching) -> None:
    if caching is WORKSPACE:
        other = msgspec.structs.replace(other, user=one.user)
    if one.feature is None and other.feature is None:
        other = msgspec.structs.replace(other, feature_revision=one.feature_revision)
    assert (one.key(caching) == other.key(caching)) is (one == other)


@pytest.mark.parametrize("field", Question.__struct_fields__)
@given(one=questions)
@settings(max_examples=25)
def test_any_single_difference_counts(field: str, one: Question) -> None:
    if field == "feature_revision" and one.feature is None:
        return
    for value in VALUES[field]:
        changed = msgspec.structs.replace(one, **{field: value})
        assert (one.key(USER) == changed.key(USER)) is (one == changed)
        assert (one.key(WORKSPACE) == changed.key(WORKSPACE)) is (one == changed or field == "user")


@given(questions, questions)
def test_what_means_the_same_is_the_same_but_for_its_text(one: Question, other: Question) -> None:
    """So a question finds the answers of others only where nothing else differs."""
    if one.feature is None and other.feature is None:
        other = msgspec.structs.replace(other, feature_revision=one.feature_revision)
    asked, others = one.ask(SEMANTIC), other.ask(SEMANTIC)
    assert asked is not None
    assert others is not None
    assert asked.scope is not None
    assert others.scope is not None
    assert asked.scope.text == one.content
    same = msgspec.structs.replace(one, content="") == msgspec.structs.replace(other, content="")
    assert (asked.scope.key == others.scope.key) is same
    assert asked.scope.key != asked.key


@pytest.mark.parametrize("messages", [[], [{"role": "assistant", "content": "Once"}]])
def test_what_hangs_on_more_than_its_text_is_only_ever_the_same(messages: list[Any]) -> None:
    asked = Question().ask(SEMANTIC, messages=messages)
    assert asked is not None
    assert asked.scope is None


def test_nothing_is_asked_for_its_meaning_unasked() -> None:
    asked = Question().ask(USER)
    assert asked is not None
    assert asked.scope is None
    assert Question().ask(SEMANTIC, tools=[TOOL]) is None


def test_the_nearest_to_the_call_says_how_it_is_cached() -> None:
    feature = FeatureEntry(id="f", slug="f", kind="chat", model="m")
    route = RouteEntry(id="r1", name="r", strategy="priority", targets=())
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    part = WorkspacePart(id="w", revision=1)

    def find(*, of_feature: int = 0, of_route: int = 0, of_configuration: int = 0) -> int | None:
        def make(seconds: int) -> Caching | None:
            return Caching(ttl_seconds=seconds) if seconds else None

        found = find_caching(
            Candidate(
                msgspec.structs.replace(entry, caching=make(of_configuration)),
                "m",
                part,
                msgspec.structs.replace(route, caching=make(of_route)),
                feature=msgspec.structs.replace(feature, caching=make(of_feature)),
            )
        )
        return None if found is None else found.ttl_seconds

    assert find() is None
    assert find(of_configuration=1) == 1
    assert find(of_configuration=1, of_route=2) == 2
    assert find(of_configuration=1, of_route=2, of_feature=3) == 3
    assert find_caching(Candidate(entry, "m", part)) is None


def test_scopes_never_meet() -> None:
    assert Question().key(USER) != Question().key(WORKSPACE)
    assert Question(user="u1").key(WORKSPACE) == Question(user="u2").key(WORKSPACE)


def test_spelling_makes_no_difference() -> None:
    plain = Chat(openai_chat.DIALECT, json.dumps(BODY).encode())
    spaced = Chat(openai_chat.DIALECT, json.dumps(dict(reversed(BODY.items())), indent=4).encode())
    actor = Actor(user_id="u", workspace_id="w", role="member")
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))
    keys = {find_key(USER, actor, candidate, chat) for chat in (plain, spaced)}
    assert len(keys) == 1
    assert None not in keys


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


@pytest.mark.parametrize("more", [{"tools": [TOOL]}, {"functions": [{"name": "f"}]}, {"web_search_options": {"a": 1}}])
def test_tools_are_kept_only_when_asked(more: dict[str, Any]) -> None:
    assert Question().key(USER, **more) is None
    assert Question().key(Caching(ttl_seconds=60, with_tools=True), **more) is not None
    assert Question().key(USER, tools=[]) is not None


def test_what_each_reader_may_take_otherwise_is_never_kept() -> None:
    body = b'{"model":"r","messages":[{"role":"user","content":"a"}],"seed":1,"seed":2}'
    actor = Actor(user_id="u", workspace_id="w", role="member")
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))
    assert find_key(USER, actor, candidate, Chat(openai_chat.DIALECT, body)) is None


def test_vectors_by_their_texts() -> None:
    actor = Actor(user_id="u", workspace_id="w", role="member")
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))

    def key(**fields: Any) -> CacheKey | None:
        call = Embeddings(openai_chat.DIALECT, json.dumps({"model": "e", "input": "a", **fields}).encode())
        return find_key(USER, actor, candidate, call)

    assert key() == key()
    assert len({key(), key(input="b"), key(dimensions=4), key(input=["a", "b"]), key(encoding_format="base64")}) == 5


def test_other_kinds_of_calls_are_not_kept() -> None:
    actor = Actor(user_id="u", workspace_id="w", role="member")
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))
    assert find_key(USER, actor, candidate, object()) is None


def test_one_vector_is_not_answered_with_a_list_of_one() -> None:
    class Single(gemini.GeminiDialect):
        pass

    body = json.dumps({"requests": [{"content": {"parts": [{"text": "a"}]}}]}).encode()
    actor = Actor(user_id="u", workspace_id="w", role="member")
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))
    calls = [Embeddings(dialect, body, "e") for dialect in (gemini.DIALECT, Single())]
    assert len({find_key(USER, actor, candidate, call) for call in calls}) == 2


def test_a_key_is_of_its_workspace_whatever_else_is_the_same() -> None:
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="openai")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))
    chat = Chat(openai_chat.DIALECT, json.dumps(BODY).encode())
    keys = [find_key(WORKSPACE, Actor(user_id="u", workspace_id=name, role="member"), candidate, chat) for name in "wx"]
    first, second = keys
    assert first is not None
    assert second is not None
    assert (first.workspace_id, second.workspace_id) == ("w", "x")
    assert first.digest != second.digest


def test_a_stream_is_not_given_for_an_answer_where_the_url_asks_for_it() -> None:
    body = json.dumps({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}).encode()
    actor = Actor(user_id="u", workspace_id="w", role="member")
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="o", name="c", provider="gemini")
    candidate = Candidate(entry, "m", WorkspacePart(id="w", revision=1))
    keys = {find_key(USER, actor, candidate, Chat(gemini.DIALECT, body, "m", streams)) for streams in (False, True)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    "changed", [{"ttl_seconds": 61}, {"with_tools": True}, {"semantic": Semantic(model="v")}], ids=repr
)
def test_what_was_kept_on_other_terms_is_not_found(changed: dict[str, Any]) -> None:
    assert Question().key(USER) != Question().key(msgspec.structs.replace(USER, **changed))


def test_a_question_without_text_is_not_what_all_texts_are_kept_under() -> None:
    asked = Question().ask(SEMANTIC)
    empty = Question().ask(SEMANTIC, messages=[{"role": "user", "content": None}])
    assert asked is not None
    assert asked.scope is not None
    assert empty is not None
    assert empty.key != asked.scope.key
