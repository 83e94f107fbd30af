"""Every provider of the table, by one test row each."""

from __future__ import annotations

import pytest

from trunkline.core.secret import Secret
from trunkline.providers import PROVIDERS, Provider, make_endpoint, schema, validate
from trunkline.providers.dialect_choice import DIALECTS, choose_dialect
from trunkline.providers.rows import ANTHROPIC_VERSION
from trunkline.providers.templates import templates

KEY = Secret("key-0123456789abcdef")
SETTINGS = {"project": "my-project"}

# id, where a chat call of the model "a/b" goes, how the key is shown, spellings of the base URL that mean the same.
ROWS = [
    (
        "openai",
        "https://api.openai.com/v1/chat/completions",
        "authorization",
        ("https://api.openai.com", "https://api.openai.com/v1/", "https://API.openai.com:443/v1/chat/completions"),
    ),
    (
        "anthropic",
        "https://api.anthropic.com/v1/messages",
        "x-api-key",
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages", "https://api.anthropic.com/"),
    ),
    (
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/models/a%2Fb:generateContent",
        "x-goog-api-key",
        (
            "https://generativelanguage.googleapis.com/v1beta",
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1",
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-pro:generateContent",
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-pro:streamGenerateContent?alt=sse",
        ),
    ),
    (
        "ollama",
        "http://127.0.0.1:11434/api/chat",
        None,
        (
            "http://127.0.0.1:11434/v1",
            "http://127.0.0.1:11434/api",
            "http://127.0.0.1:11434/api/chat",
            "http://127.0.0.1:11434/v1/chat/completions",
        ),
    ),
    (
        "openrouter",
        "https://openrouter.ai/api/v1/chat/completions",
        "authorization",
        ("https://openrouter.ai", "https://openrouter.ai/api", "https://openrouter.ai/v1"),
    ),
    ("demo", "http://demo.invalid/v1/chat/completions", None, ("http://demo.invalid",)),
    (
        "huggingface",
        "https://router.huggingface.co/v1/chat/completions",
        "authorization",
        ("https://router.huggingface.co",),
    ),
    ("mistral", "https://api.mistral.ai/v1/chat/completions", "authorization", ("https://api.mistral.ai",)),
    (
        "groq",
        "https://api.groq.com/openai/v1/chat/completions",
        "authorization",
        ("https://api.groq.com", "https://api.groq.com/openai", "https://api.groq.com/v1"),
    ),
    ("deepseek", "https://api.deepseek.com/chat/completions", "authorization", ("https://api.deepseek.com/v1",)),
    ("xai", "https://api.x.ai/v1/chat/completions", "authorization", ("https://api.x.ai",)),
    ("together", "https://api.together.ai/v1/chat/completions", "authorization", ("https://api.together.ai",)),
    (
        "fireworks",
        "https://api.fireworks.ai/inference/v1/chat/completions",
        "authorization",
        ("https://api.fireworks.ai", "https://api.fireworks.ai/inference"),
    ),
    (
        "cohere",
        "https://api.cohere.ai/compatibility/v1/chat/completions",
        "authorization",
        ("https://api.cohere.ai", "https://api.cohere.ai/v1"),
    ),
    ("perplexity", "https://api.perplexity.ai/chat/completions", "authorization", ("https://api.perplexity.ai/v1",)),
    (
        "nvidia",
        "https://integrate.api.nvidia.com/v1/chat/completions",
        "authorization",
        ("https://integrate.api.nvidia.com",),
    ),
    ("vllm", "http://127.0.0.1:8000/v1/chat/completions", "authorization", ("http://127.0.0.1:8000",)),
    ("lm-studio", "http://127.0.0.1:1234/v1/chat/completions", "authorization", ("http://127.0.0.1:1234",)),
    ("llama-cpp", "http://127.0.0.1:8080/v1/chat/completions", "authorization", ("http://127.0.0.1:8080",)),
    (
        "vertex",
        "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers/google/models/a%2Fb:generateContent",
        "x-goog-api-key",
        (
            "https://aiplatform.googleapis.com",
            "https://aiplatform.googleapis.com/v1",
            "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global",
            "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers/google/models/g:generateContent",
        ),
    ),
    (
        "bedrock",
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/a%2Fb/converse",
        "authorization",
        (
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse",
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1:0/converse-stream",
        ),
    ),
    (
        "azure-openai",
        "https://llm.example/openai/v1/chat/completions",
        "api-key",
        ("https://llm.example/", "https://llm.example/openai", "https://llm.example/openai/v1/chat/completions"),
    ),
    ("custom", "https://llm.example/v1/chat/completions", "authorization", ("https://llm.example/",)),
]


@pytest.mark.parametrize(("provider_id", "chat", "header", "spellings"), ROWS, ids=[row[0] for row in ROWS])
def test_the_row_reaches_its_provider(
    provider_id: str, chat: str, header: str | None, spellings: tuple[str, ...]
) -> None:
    provider = PROVIDERS[provider_id]
    base = provider.base_url or f"https://llm.example{provider.home}"
    for spelling in (base, *spellings, *(f"{spelling.rstrip('/')}//" for spelling in spellings if "?" not in spelling)):
        endpoint = make_endpoint(provider, spelling, KEY, settings=SETTINGS)
        assert str(endpoint.chat("a/b", stream=False)) == chat, spelling
    names = {name.lower() for name, value in endpoint.headers if KEY.reveal() in value}
    assert names == ({header} if header else set())


def test_every_provider_has_its_test_row() -> None:
    assert [row[0] for row in ROWS if row[0] not in PROVIDERS] == []
    assert sorted(PROVIDERS) == sorted(row[0] for row in ROWS)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
class TestEachRow:
    def test_speaks_a_dialect_that_exists(self, provider: Provider) -> None:
        assert provider.dialect in DIALECTS
        assert choose_dialect(provider, "some-model").name == provider.dialect

    def test_has_a_path_for_each_ability(self, provider: Provider) -> None:
        paths = provider.paths
        assert ("embeddings" in provider.capabilities) <= (paths.embeddings is not None)
        assert ("speech" in provider.capabilities) <= (paths.speech is not None)
        assert ("list_models" in provider.capabilities) == (paths.models is not None)
        assert ("check_key" in provider.capabilities) == (paths.key is not None)

    def test_says_where_keys_come_from(self, provider: Provider) -> None:
        if provider.requires_api_key:
            assert provider.env
            assert provider.key_url
            assert provider.key_url.startswith("https://")
        if not provider.in_process:
            assert provider.docs_url.startswith("https://")

    def test_takes_a_system_prompt_and_the_settings_of_every_face(self, provider: Provider) -> None:
        known = {name for p in provider.parameters for name in (p.name, *p.aliases)}
        assert {"systemPrompt", "temperature", "topP", "maxTokens"} <= known

    def test_its_templates_fit_its_schema(self, provider: Provider) -> None:
        for template in templates(provider):
            assert validate(provider, dict(template.configuration), model=None) == [], template.id
            assert template.configuration
        assert [template.is_default for template in templates(provider)].count(True) == 1

    def test_its_schema_stands_by_itself(self, provider: Provider) -> None:
        from jsonschema import Draft202012Validator

        written = schema(provider)
        Draft202012Validator.check_schema(written)
        for name, field in written["properties"].items():
            assert field["title"], name
            assert field["description"], name
            if "default" in field:
                assert validate(provider, {name: field["default"]}, model=None) == []
            for example in field.get("examples", []):
                assert validate(provider, {name: example}, model=None) == []


def test_anthropic_always_names_its_version() -> None:
    endpoint = make_endpoint(PROVIDERS["anthropic"], None, KEY)
    assert ("anthropic-version", ANTHROPIC_VERSION) in endpoint.headers


def test_openrouter_always_says_who_calls() -> None:
    headers = dict(make_endpoint(PROVIDERS["openrouter"], None, KEY).headers)
    assert headers["X-Title"] == "Trunkline"
    assert headers["HTTP-Referer"]
    named = dict(
        make_endpoint(
            PROVIDERS["openrouter"], None, KEY, settings={"siteUrl": "https://a.example", "siteName": "A"}
        ).headers
    )
    assert (named["HTTP-Referer"], named["X-Title"]) == ("https://a.example", "A")


def test_a_deployment_of_azure_is_reached_by_the_address_that_its_portal_shows() -> None:
    deployment = "https://res.openai.azure.com/openai/deployments/my-gpt"
    version = "?api-version=2024-10-21"
    for spelling in (f"{deployment}{version}", f"{deployment}/chat/completions{version}"):
        endpoint = make_endpoint(PROVIDERS["azure-openai"], spelling, KEY)
        assert str(endpoint.chat("my-gpt", stream=True)) == f"{deployment}/chat/completions{version}"
        assert str(endpoint.embeddings("my-gpt")) == f"{deployment}/embeddings{version}"
    preview = make_endpoint(PROVIDERS["azure-openai"], "https://res.openai.azure.com?api-version=preview", KEY)
    expected = "https://res.openai.azure.com/openai/v1/chat/completions?api-version=preview"
    assert str(preview.chat("my-gpt", stream=True)) == expected


def test_a_dedicated_endpoint_of_hugging_face_is_reached_by_its_address() -> None:
    place = "https://abc123.eu-west-1.aws.endpoints.huggingface.cloud"
    for spelling in (place, f"{place}/v1", f"{place}/v1/chat/completions"):
        endpoint = make_endpoint(PROVIDERS["huggingface"], spelling, KEY)
        assert str(endpoint.chat("tgi", stream=False)) == f"{place}/v1/chat/completions"
        assert str(endpoint.embeddings("tei")) == f"{place}/v1/embeddings"
        assert dict(endpoint.headers)["authorization"] == f"Bearer {KEY.reveal()}"
