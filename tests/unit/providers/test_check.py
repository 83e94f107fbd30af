from __future__ import annotations

import pytest

from trunkline.core.secret import Secret
from trunkline.outbound import ConnectFailed, ForbiddenAddress, Origin, ResolveFailed, TimedOut, Timing, TlsFailed
from trunkline.providers import compile_defaults, find, make_endpoint
from trunkline.providers.check import check, is_listed
from trunkline.providers.demo import DemoTransport
from trunkline.providers.stage import Stage, judge

from .fakes import FakeResponse, FakeTransport, reply

KEY = Secret("sk-canary0123456789abcdef")
OPENAI = make_endpoint(find("openai"), None, KEY)
ANTHROPIC = make_endpoint(find("anthropic"), None, KEY)
OLLAMA = make_endpoint(find("ollama"), None, None)
ORIGIN = Origin("https", "api.openai.com", 443)

LIST = {"data": [{"id": "gpt-4o-mini"}, {"id": "gpt-4o"}, {"id": "text-embedding-3-small"}]}


def events(*data: str) -> bytes:
    return "".join(f"data: {line}\n\n" for line in data).encode()


STREAM = events(
    '{"id":"1","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"ok"}}]}',
    '{"id":"1","model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}',
    '{"id":"1","model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":13}}',
    "[DONE]",
)


class FakeProber:
    def __init__(self, outcome: Timing | Exception) -> None:
        self.outcome = outcome
        self.origins: list[Origin] = []

    async def probe(self, origin: Origin, timeouts: object = None) -> Timing:
        self.origins.append(origin)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def run(endpoint: object, model: str | None, *answers: object, **more: object) -> list[Stage]:
    transport = more.pop("transport", None) or FakeTransport(*answers)
    stages = [stage async for stage in check(endpoint, transport, model, **more)]
    assert KEY.reveal() not in repr(stages)
    assert all(stage.ok for stage in stages[:-1]), "the first failing stage is the last"
    return stages


def outcome(stages: list[Stage]) -> list[tuple[str, bool]]:
    return [(stage.name, stage.ok) for stage in stages]


class TestAllIsWell:
    async def test_every_stage_in_order(self) -> None:
        prober = FakeProber(Timing(dns_ms=3.4, connect_ms=10.0, tls_ms=20.6))
        transport = FakeTransport(reply(LIST), reply(STREAM))
        stages = await run(OPENAI, "gpt-4o-mini", transport=transport, prober=prober)
        assert outcome(stages) == [
            ("dns", True),
            ("tcp", True),
            ("tls", True),
            ("auth", True),
            ("models", True),
            ("stream", True),
        ]
        assert [stage.ms for stage in stages[:3]] == [3, 10, 21]
        assert prober.origins == [ORIGIN]
        assert stages[4].message == "3 models may be used."
        assert stages[5].details["usage"] == {"input": 12, "output": 1}
        assert stages[5].details["stopReason"] == "length"
        assert isinstance(stages[5].details["firstTokenMs"], int)

    async def test_the_call_asks_for_one_token(self) -> None:
        transport = FakeTransport(reply(LIST), reply(STREAM))
        await run(OPENAI, "gpt-4o-mini", transport=transport)
        body = transport.body()
        assert body["model"] == "gpt-4o-mini"
        assert body["stream"] is True
        assert body["max_completion_tokens"] == 1

    async def test_more_tokens_where_the_model_needs_them(self) -> None:
        transport = FakeTransport(reply({"data": [{"id": "o3"}]}), reply(STREAM))
        await run(OPENAI, "o3", transport=transport)
        assert transport.body()["max_completion_tokens"] == 16

    async def test_the_configurations_own_settings_are_tried(self) -> None:
        settings = {"temperature": 0.3, "maxTokens": 9999, "systemPrompt": "long"}
        transport = FakeTransport(reply(LIST), reply(STREAM))
        await run(OPENAI, "gpt-4o", transport=transport, defaults=compile_defaults(find("openai"), settings))
        body = transport.body()
        assert body["temperature"] == 0.3
        assert body["max_completion_tokens"] == 1
        assert len(body["messages"]) == 1

    async def test_without_a_model_nothing_is_called(self) -> None:
        transport = FakeTransport(reply(LIST))
        assert outcome(await run(OPENAI, None, transport=transport)) == [("auth", True), ("models", True)]
        assert len(transport.requests) == 1

    async def test_a_model_that_embeds_is_asked_for_a_vector(self) -> None:
        vector = {"data": [{"index": 0, "embedding": [0.1, 0.2, 0.3]}], "model": "e", "usage": {"prompt_tokens": 1}}
        transport = FakeTransport(reply(LIST), reply(vector))
        stages = await run(OPENAI, "text-embedding-3-small", transport=transport)
        assert outcome(stages)[-1] == ("embeddings", True)
        assert stages[-1].details == {"dimensions": 3}
        assert transport.targets[-1] == "/v1/embeddings"

    async def test_the_demo_needs_no_network(self) -> None:
        endpoint = make_endpoint(find("demo"), None, None)
        prober = FakeProber(RuntimeError("must not be asked"))
        stages = await run(endpoint, "demo-chat", transport=DemoTransport(delay=0), prober=prober)
        assert outcome(stages) == [("models", True), ("stream", True)]

    async def test_a_provider_without_a_list_is_called_at_once(self) -> None:
        perplexity = make_endpoint(find("perplexity"), None, KEY)
        transport = FakeTransport(reply(STREAM))
        assert outcome(await run(perplexity, "sonar", transport=transport)) == [("stream", True)]
        transport = FakeTransport(reply(STREAM))
        assert outcome(await run(perplexity, None, transport=transport)) == [("stream", True)]
        assert transport.body()["model"] == "sonar"


class TestNetwork:
    @pytest.mark.parametrize(
        ("error", "stage"),
        [
            (ResolveFailed("The name api.exmaple.com does not exist.", origin=ORIGIN, stage="dns"), "dns"),
            (ForbiddenAddress("That is not allowed here.", origin=ORIGIN, stage="guard"), "dns"),
            (ConnectFailed("Nothing is listening there.", origin=ORIGIN, stage="tcp"), "tcp"),
            (TlsFailed("The certificate has expired.", origin=ORIGIN, stage="tls"), "tls"),
            (TimedOut("No connection within 5 s.", origin=ORIGIN, stage="tcp", phase="connect"), "tcp"),
        ],
    )
    async def test_the_stage_that_failed_says_so(self, error: Exception, stage: str) -> None:
        stages = await run(OPENAI, "gpt-4o", prober=FakeProber(error))
        assert outcome(stages) == [(stage, False)]
        assert stages[0].message == str(error)

    async def test_a_server_of_ones_own_may_only_have_to_be_started(self) -> None:
        error = ConnectFailed("Nothing is listening at 127.0.0.1:11434.", origin=OLLAMA.origin, stage="tcp")
        stages = await run(OLLAMA, "llama3.2", prober=FakeProber(error))
        assert stages[0].message == (
            "Nothing is listening at 127.0.0.1:11434. Is Ollama running? Start it with `ollama serve`."
        )

    async def test_stages_that_do_not_apply_are_left_out(self) -> None:
        prober = FakeProber(Timing(connect_ms=1.0))
        stages = await run(OLLAMA, None, reply({"models": []}), prober=prober)
        assert outcome(stages) == [("tcp", True), ("models", True)]


class TestKey:
    async def test_a_rejected_key(self) -> None:
        refusal = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
        stages = await run(ANTHROPIC, "claude-haiku-4-5", reply(refusal, 401))
        assert outcome(stages) == [("auth", False)]
        assert stages[0].message.startswith(
            "Anthropic rejected this key (401). It reached api.anthropic.com, so the network is fine."
        )
        assert stages[0].details["kind"] == "auth"

    async def test_a_missing_key(self) -> None:
        custom = make_endpoint(find("custom"), "https://llm.example", None)
        stages = await run(custom, "m", reply({"error": {"message": "no key"}}, 401))
        assert stages[0].message.endswith("Add a key.")

    async def test_openrouters_list_needs_no_key_so_the_key_itself_is_asked_for(self) -> None:
        openrouter = make_endpoint(find("openrouter"), None, KEY)
        transport = FakeTransport(reply({"error": {"message": "No auth", "code": 401}}, 401))
        assert outcome(await run(openrouter, "openai/gpt-4o", transport=transport)) == [("auth", False)]
        assert transport.targets == ["/api/v1/key"]
        transport = FakeTransport(reply({"data": {"label": "k", "usage": 0}}), reply({"data": [{"id": "a/b"}]}))
        stages = await run(openrouter, None, transport=transport)
        assert outcome(stages) == [("auth", True), ("models", True)]

    @pytest.mark.parametrize("status", [403, 404, 500])
    async def test_a_key_that_could_not_be_checked_is_not_tried(self, status: int) -> None:
        openrouter = make_endpoint(find("openrouter"), None, KEY)
        stages = await run(openrouter, "openai/gpt-4o", reply({"error": {"message": "no"}}, status))
        assert outcome(stages) == [("auth", False)]

    async def test_where_the_list_is_open_only_the_call_tells(self) -> None:
        huggingface = make_endpoint(find("huggingface"), None, KEY)
        stages = await run(huggingface, "a/b", reply({"data": [{"id": "a/b"}]}), reply({"error": "Invalid"}, 401))
        assert outcome(stages) == [("models", True), ("auth", False)]

    async def test_a_key_that_may_call_but_not_list_is_fine(self) -> None:
        refusal = {"error": {"message": "Missing scopes: api.model.read"}}
        assert outcome(await run(OPENAI, "gpt-4o", reply(refusal, 403), reply(STREAM))) == [("stream", True)]
        assert outcome(await run(OPENAI, None, reply(refusal, 403))) == [("auth", False)]

    async def test_no_credits(self) -> None:
        refusal = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
        stages = await run(OPENAI, "gpt-4o", reply(LIST), reply(refusal, 429))
        assert "no credits left" in stages[-1].message


class TestModel:
    async def test_one_that_is_not_listed_and_not_known(self) -> None:
        refusal = {"error": {"message": "no such model", "code": "model_not_found"}}
        stages = await run(OPENAI, "gpt-4o-mimi", reply(LIST), reply(refusal, 404))
        assert outcome(stages) == [("auth", True), ("models", False)]
        assert stages[-1].message == (
            "The model gpt-4o-mimi is not among the 3 that this key may use. Nearest: gpt-4o-mini, gpt-4o."
        )

    async def test_one_that_is_not_installed(self) -> None:
        stages = await run(
            OLLAMA, "llama3", reply({"models": [{"name": "llama3.2:latest"}]}), reply({"error": "x"}, 404)
        )
        assert stages[-1].message == (
            "The model llama3 is not among the 1 that Ollama has. Nearest: llama3.2:latest. Download it first."
        )

    async def test_one_that_answers_though_it_is_not_listed(self) -> None:
        stages = await run(OPENAI, "gpt-4o-mini-2024-07-18", reply(LIST), reply(STREAM))
        assert outcome(stages) == [("auth", True), ("models", True), ("stream", True)]

    async def test_a_failure_in_the_stream(self) -> None:
        broken = events('{"error":{"message":"model is loading","code":503}}')
        stages = await run(OPENAI, "gpt-4o", reply(LIST), reply(broken))
        assert outcome(stages)[-1] == ("stream", False)

    async def test_a_stream_that_ends_early(self) -> None:
        stages = await run(OPENAI, "gpt-4o", reply(LIST), reply(STREAM[:150]))
        assert outcome(stages)[-1] == ("stream", False)

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (400, "OpenAI refused the test call (400): too hot."),
            (404, "OpenAI does not know the model gpt-4o (404)."),
            (500, "OpenAI has a problem of its own now (500): too hot."),
            (503, "OpenAI has a problem of its own now (503): too hot."),
        ],
    )
    async def test_whose_fault_it_is(self, status: int, words: str) -> None:
        stages = await run(OPENAI, "gpt-4o", reply(LIST), reply({"error": {"message": "too hot"}}, status))
        assert stages[-1].message.startswith(words)

    async def test_a_rate_limit_says_when_to_come_back(self) -> None:
        limited = reply({"error": {"message": "slow down"}}, 429, [("retry-after", "7")])
        stages = await run(OPENAI, "gpt-4o", reply(LIST), limited)
        assert stages[-1].message == ("OpenAI accepted the key, but limits its rate now (429). Try again in 7 s.")

    async def test_the_answer_is_given_up_when_reading_fails(self) -> None:
        class Broken(FakeResponse):
            async def next_chunk(self) -> bytes:
                raise TimedOut("No more within 30 s.", origin=ORIGIN, stage="body", phase="between")

        answer = Broken(200, [])
        stages = await run(OPENAI, "gpt-4o", reply(LIST), answer)
        assert stages[-1].message == "No more within 30 s."
        assert answer.aborted


@pytest.mark.parametrize(
    ("model", "ids", "expected"),
    [
        ("a", ["a"], True),
        ("llama3.2", ["llama3.2:latest"], True),
        ("llama3.2:1b", ["llama3.2:latest"], False),
        ("openai/gpt-4o:free", ["openai/gpt-4o"], True),
        ("models/gemini-pro", ["gemini-pro"], True),
        ("b", ["a"], False),
    ],
)
def test_spellings_of_a_listed_model(model: str, ids: list[str], expected: bool) -> None:
    assert is_listed(model, ids) is expected


class TestWithoutAModel:
    """Where there is no list either, one call of a model of ours tells whether the key is good."""

    BEDROCK = make_endpoint(find("bedrock"), "https://bedrock-runtime.eu-central-1.amazonaws.com", KEY)

    @pytest.mark.parametrize(("status", "kind"), [(400, "ValidationException"), (404, "ResourceNotFoundException")])
    async def test_a_model_that_is_not_there_says_that_the_key_is_good(self, status: int, kind: str) -> None:
        body = {"message": "The provided model identifier is invalid."}

        def refused() -> FakeResponse:
            return reply(body, status, [("x-amzn-errortype", kind)])

        assert outcome(await run(self.BEDROCK, None, refused())) == [("auth", True)]
        assert outcome(await run(self.BEDROCK, "my.model", refused())) == [("stream", False)]

    async def test_a_server_without_a_list_is_called(self) -> None:
        answered = FakeTransport(reply(b"Not Found", 404), reply(STREAM))
        assert outcome(await run(OPENAI, None, transport=answered)) == [("stream", True)]
        assert answered.targets == ["/v1/models", "/v1/chat/completions"]
        wrong_model = reply({"error": {"message": "No such model.", "type": "invalid_request_error"}}, 400)
        assert outcome(await run(OPENAI, None, reply(b"Not Found", 404), wrong_model)) == [("auth", True)]
        wrong_key = reply({"error": {"message": "Incorrect API key provided."}}, 401)
        assert outcome(await run(OPENAI, None, reply(b"Not Found", 405), wrong_key)) == [("auth", False)]

    async def test_a_list_without_models_says_so(self) -> None:
        (stage,) = await run(OPENAI, None, reply({"data": []}))
        assert (stage.name, stage.ok, stage.message) == ("models", True, "OpenAI answers, and lists no models.")

    @pytest.mark.parametrize("status", [404, 405])
    async def test_an_address_with_nothing_at_it_is_wrong(self, status: int) -> None:
        for provider in ("openai", "custom", "anthropic", "gemini"):
            endpoint = make_endpoint(find(provider), "https://llm.example.com/typo", KEY)
            stages = await run(endpoint, None, reply(b"Not Found", 404), reply(b"Not Found", status))
            assert outcome(stages) == [("models", False)]
            assert "Check the base URL" in stages[0].message

    async def test_a_key_that_is_refused_is_not(self) -> None:
        body = {"message": "The security token included in the request is invalid."}
        refused = reply(body, 403, [("x-amzn-errortype", "UnrecognizedClientException")])
        assert outcome(await run(self.BEDROCK, None, refused)) == [("auth", False)]


class TestVerdict:
    def test_the_failing_stage_speaks(self) -> None:
        stages = [Stage(name="dns", ok=True, ms=3), Stage(name="auth", ok=False, ms=200, message="Bad key.")]
        verdict = judge(stages)
        assert (verdict.ok, verdict.message, verdict.latency_ms) == (False, "Bad key.", 203)

    def test_the_last_speaks_when_all_is_well(self) -> None:
        stages = [
            Stage(name="models", ok=True, message="3 models."),
            Stage(name="stream", ok=True, message="It answers."),
        ]
        assert judge(stages).message == "It answers."
        assert judge(stages).ok

    def test_nothing_tested_is_no_success(self) -> None:
        assert not judge([]).ok
