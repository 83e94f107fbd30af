"""LiteLLM's configuration, as its documentation and its users write it, read as configurations of ours."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.providers.litellm import Plan, PlannedRoute, read_plan
from trunkline.providers.registry import PROVIDERS

REALISTIC = """
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://my-endpoint-europe.openai.azure.com/
      api_key: os.environ/AZURE_API_KEY_EU
      api_version: "2024-08-01-preview"
      rpm: 6
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-ca
      api_base: os.environ/AZURE_API_BASE_CA
      api_key: os.environ/AZURE_API_KEY_CA
      temperature: 0.2
      max_tokens: 400
      rpm: 2
  - model_name: claude
    litellm_params:
      model: anthropic/claude-sonnet-4-5
      api_key: "os.environ/ANTHROPIC_API_KEY"
    model_info:
      mode: chat
  - model_name: qwen-local
    litellm_params:
      model: hosted_vllm/Qwen/Qwen3-8B
      api_base: http://127.0.0.1:8000/v1
  - model_name: own
    litellm_params:
      model: openai/facebook/opt-125m
      api_base: http://10.0.0.5:4000/v1
      api_key: none
  - model_name: bedrock-claude
    litellm_params:
      model: bedrock/converse/us.anthropic.claude-haiku-4-5-20251001-v1:0
      aws_region_name: us-east-1
      aws_access_key_id: os.environ/AWS_ACCESS_KEY_ID
      aws_secret_access_key: os.environ/AWS_SECRET_ACCESS_KEY
  - model_name: llama
    litellm_params:
      model: ollama_chat/llama3.2
  - model_name: "anthropic/*"
    litellm_params:
      model: "anthropic/*"
  - model_name: shared
    litellm_params:
      model: groq/llama-3.3-70b-versatile
      litellm_credential_name: groq-prod
  - model_name: strange
    litellm_params:
      model: watsonx/ibm/granite
  - model_name: gpt-5-mini
    litellm_params:
      model: gpt-5-mini
      extra_headers: {"X-Team": "a"}
      stop: END

credential_list:
  - credential_name: groq-prod
    credential_values:
      api_key: gsk_0123456789abcdef

router_settings:
  routing_strategy: simple-shuffle
  model_group_alias: {"gpt-4": "gpt-4o", "hidden": {"model": "claude", "hidden": true}, "x": "none", "claude": "gpt-4o"}
  fallbacks: [{"gpt-4o": ["claude", "llama"]}]

litellm_settings:
  drop_params: true
  success_callback: ["langfuse"]
  context_window_fallbacks: [{"llama": ["claude"]}]
  default_fallbacks: ["claude"]
  unheard_of: 1

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  database_url: "postgresql://u:secret@db/litellm"

environment_variables:
  ANTHROPIC_API_KEY: sk-ant-from-the-file
"""
ENVIRONMENT = {
    "AZURE_API_KEY_EU": "eu-key",
    "AZURE_API_KEY_CA": "ca-key",
    "AZURE_API_BASE_CA": "https://canada.openai.azure.com",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "aws-secret",
    "OPENAI_API_KEY": "sk-openai",
}


def plan(text: str = REALISTIC, **environment: str) -> Plan:
    return read_plan(yaml.safe_load(text), environment or ENVIRONMENT)


def entry(model: str, name: str = "a", **params: Any) -> Plan:
    return read_plan({"model_list": [{"model_name": name, "litellm_params": {"model": model, **params}}]}, {})


def test_a_realistic_file() -> None:
    made = {one.name: one for one in plan().configurations}
    assert {name: (one.provider, one.model, one.base_url) for name, one in made.items()} == {
        "gpt-4o": ("azure-openai", "gpt-4o-eu", "https://my-endpoint-europe.openai.azure.com"),
        "gpt-4o 2": ("azure-openai", "gpt-4o-ca", "https://canada.openai.azure.com"),
        "claude": ("anthropic", "claude-sonnet-4-5", None),
        "qwen-local": ("vllm", "Qwen/Qwen3-8B", "http://127.0.0.1:8000/v1"),
        "own": ("custom", "facebook/opt-125m", "http://10.0.0.5:4000/v1"),
        "bedrock-claude": ("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", None),
        "llama": ("ollama", "llama3.2", "http://127.0.0.1:11434"),
        "anthropic": ("anthropic", "claude-haiku-4-5", None),
        "shared": ("groq", "llama-3.3-70b-versatile", None),
        "gpt-5-mini": ("openai", "gpt-5-mini", None),
        "hidden": ("anthropic", "claude-sonnet-4-5", None),
    }
    keys = {name: one.key.reveal() if one.key else None for name, one in made.items()}
    assert keys == {
        "gpt-4o": "eu-key", "gpt-4o 2": "ca-key", "claude": "sk-ant-from-the-file", "qwen-local": None, "own": "none",
        "bedrock-claude": "aws-secret", "llama": None, "anthropic": "sk-ant-from-the-file",
        "shared": "gsk_0123456789abcdef", "gpt-5-mini": "sk-openai",
        "hidden": "sk-ant-from-the-file",
    }  # fmt: skip
    assert not any(one.lacks_key for one in made.values())
    assert made["gpt-4o 2"].parameters == {"temperature": 0.2, "maxTokens": 400}
    assert made["bedrock-claude"].parameters == {"region": "us-east-1", "accessKeyId": "AKIA"}


def test_what_of_a_realistic_file_is_told() -> None:
    found = plan()
    made = {one.name: one.notes for one in found.configurations}
    assert any(note.startswith("api_version") for note in made["gpt-4o"])
    assert any(note.startswith("rpm") for note in made["gpt-4o"])
    assert made["anthropic"] == ("a wildcard: write anthropic/<model>; anthropic alone is claude-haiku-4-5",)
    assert made["claude"] == ()
    notes = {note.where: note.message for note in found.notes}
    assert "no provider for 'watsonx/ibm/granite'" in notes["model_list[9]"]
    assert "litellm_settings.context_window_fallbacks" not in notes
    assert not {"router_settings.fallbacks", "router_settings.routing_strategy", "model_name gpt-4o"} & notes.keys()
    assert not any("default_fallbacks" in where for where in notes)
    assert "no model of the list" in notes["router_settings.model_group_alias.x"]
    assert "has this name already" in notes["router_settings.model_group_alias.claude"]
    assert "keys add" in notes["general_settings.master_key"]
    assert notes["litellm_settings.unheard_of"] == "not mapped."
    assert "model_list" not in notes


def ways(route: PlannedRoute) -> list[tuple[str, int, int]]:
    return [(target.name, target.priority, target.weight) for target in route.targets]


def test_the_routes_of_a_realistic_file() -> None:
    found = plan()
    routes = {route.name: route for route in found.routes}
    group = [("gpt-4o", 0, 6), ("gpt-4o 2", 0, 2), ("claude", 1, 1), ("llama", 2, 1)]
    assert (routes["gpt-4o"].strategy, ways(routes["gpt-4o"])) == ("weighted", group)
    assert (routes["gpt-4"].strategy, ways(routes["gpt-4"])) == ("weighted", group), "another name of the same"
    assert routes["llama"].strategy == "priority"
    assert ways(routes["llama"]) == [("llama", 0, 1), ("claude", 1, 1), ("claude", 0, 1)]
    assert [target.fallback_for for target in routes["llama"].targets] == [None, None, "contextWindow"]
    assert routes["llama"].where == "litellm_settings.default_fallbacks"
    assert "claude" not in routes, "it is its own default fallback"
    assert "hidden" not in routes, "so is what stands for it"
    shared = {one.name for one in found.configurations if one.shared}
    assert shared == {target.name for route in found.routes for target in route.targets}
    assert "hidden" not in shared


def routes_of(models: list[dict[str, Any]], **rest: Any) -> tuple[dict[str, PlannedRoute], dict[str, str]]:
    entries = [
        {"model_name": one.pop("name"), "litellm_params": {"model": f"ollama/{place}", **one}}
        for place, one in enumerate(models)
    ]
    found = read_plan({"model_list": entries, **rest}, {})
    return {route.name: route for route in found.routes}, {note.where: note.message for note in found.notes}


@pytest.mark.parametrize(
    ("params", "targets"),
    [
        ([{}, {}], [("a", 0, 1), ("a 2", 0, 1)]),
        ([{"weight": 3}, {"weight": 1}], [("a", 0, 3), ("a 2", 0, 1)]),
        ([{"weight": 0.9}, {"weight": 0.1}], [("a", 0, 1000), ("a 2", 0, 111)]),
        ([{"rpm": 6000}, {"rpm": 3000}], [("a", 0, 1000), ("a 2", 0, 500)]),
        ([{"tpm": 10}, {"tpm": 5}], [("a", 0, 10), ("a 2", 0, 5)]),
        ([{"weight": 2, "rpm": 9}, {"rpm": 1, "weight": 4}], [("a", 0, 2), ("a 2", 0, 4)]),
        ([{}, {"weight": 5}], [("a", 0, 1), ("a 2", 0, 1)]),
        ([{"weight": 0}, {"weight": 0}], [("a", 0, 1), ("a 2", 0, 1)]),
        ([{"order": 2}, {"order": 1}, {}], [("a", 1, 1), ("a 2", 0, 1), ("a 3", 2, 1)]),
        ([{"weight": 1}, {"weight": 1e9}], [("a", 0, 1), ("a 2", 0, 1000)]),
    ],
)
def test_how_entries_of_one_name_share(params: list[dict[str, Any]], targets: list[tuple[str, int, int]]) -> None:
    routes, _ = routes_of([{"name": "a", **one} for one in params])
    assert ways(routes["a"]) == targets


def test_an_entry_that_never_gets_a_call_is_no_target() -> None:
    routes, notes = routes_of([{"name": "a", "weight": 1}, {"name": "a", "weight": 0}, {"name": "a", "weight": 1}])
    assert ways(routes["a"]) == [("a", 0, 1), ("a 3", 0, 1)]
    assert routes["a"].notes == ("a 2 has weight 0 and is no target",)
    routes, notes = routes_of([{"name": "a", "weight": 1}, {"name": "a", "weight": 0}])
    assert routes == {}
    assert notes["model_name a"] == "a: a 2 has weight 0 and is no target."


@pytest.mark.parametrize(
    ("given", "strategy", "noted"),
    [
        ("simple-shuffle", "weighted", False),
        ("latency-based-routing", "fastest", False),
        ("cost-based-routing", "cheapest", False),
        ("usage-based-routing-v2", "weighted", True),
        ("least-busy", "weighted", True),
        (None, "weighted", False),
        ([], "weighted", True),
    ],
)
def test_strategies(given: Any, strategy: str, noted: bool) -> None:
    routes, notes = routes_of([{"name": "a"}, {"name": "a"}], router_settings={"routing_strategy": given})
    assert routes["a"].strategy == strategy
    assert ("router_settings.routing_strategy" in notes) is noted


def test_fallbacks() -> None:
    models = [{"name": name} for name in ("a", "b", "b", "c", "openai/*")]
    settings = {
        "fallbacks": [{"a": ["b", "c", "a", "openai/gpt-5", "nobody", {"model": "c"}]}, {"nobody": ["a"]}],
        "model_group_alias": {"x": "a", "y": "c"},
    }
    more = {"fallbacks": [{"a": ["c"]}, {"c": "a"}, {"y": ["b"]}]}
    routes, notes = routes_of(models, router_settings=settings, litellm_settings=more)
    found = [("a", 0, 1), ("b", 1, 1), ("b 2", 1, 1), ("c", 2, 1), ("openai", 3, 1)]
    assert ways(routes["a"]) == ways(routes["x"]) == found
    assert routes["a"].targets[-1].model == "gpt-5"
    assert routes["a"].notes == ("the fallback nobody is no model of the list that was mapped",)
    assert ways(routes["c"]) == [("c", 0, 1), ("a", 1, 1)]
    assert ways(routes["y"]) == [("c", 0, 1), ("b", 1, 1), ("b 2", 1, 1)], "an alias may have its own"
    assert ways(routes["b"]) == [("b", 0, 1), ("b 2", 0, 1)]
    assert "nobody" in notes["router_settings.fallbacks"]
    assert "already" in notes["litellm_settings.fallbacks"]


def test_fallbacks_for_refusals_are_kept_for_them() -> None:
    models = [{"name": name} for name in ("a", "b", "c")]
    settings = {
        "fallbacks": [{"a": ["b"]}],
        "context_window_fallbacks": [{"a": ["c", "nobody", "a"]}, {"b": ["c"]}],
        "content_policy_fallbacks": [{"*": ["b"]}],
    }
    routes, _ = routes_of(models, litellm_settings=settings)
    kept = {
        name: [(target.name, target.priority, target.fallback_for) for target in route.targets]
        for name, route in routes.items()
    }
    assert kept == {
        "a": [("a", 0, None), ("b", 1, None), ("c", 0, "contextWindow"), ("b", 0, "contentFilter")],
        "b": [("b", 0, None), ("c", 0, "contextWindow")],
        "c": [("c", 0, None), ("b", 0, "contentFilter")],
    }
    assert routes["a"].strategy == "priority"
    assert routes["b"].where == "litellm_settings.context_window_fallbacks"
    assert routes["a"].notes == ("the fallback nobody is no model of the list that was mapped",)


def test_default_fallbacks_are_for_those_without_their_own() -> None:
    models = [{"name": name} for name in "abc"]
    routes, _ = routes_of(models, router_settings={"fallbacks": [{"a": ["b"]}, {"*": ["c"]}]})
    assert {name: ways(route) for name, route in routes.items()} == {
        "a": [("a", 0, 1), ("b", 1, 1)],
        "b": [("b", 0, 1), ("c", 1, 1)],
    }


def test_a_route_has_at_most_twenty_targets() -> None:
    routes, _ = routes_of([{"name": "a"}] * 1 + [{"name": "a"} for _ in range(24)])
    assert len(routes["a"].targets) == 20
    assert "5 were left out" in routes["a"].notes[0]


def test_no_secret_is_told() -> None:
    told = repr(plan())
    for secret in ("eu-key", "sk-ant-from-the-file", "aws-secret", "gsk_0123456789abcdef", "u:secret@db"):
        assert secret not in told


@pytest.mark.parametrize(
    ("model", "params", "provider", "name"),
    [
        ("openai/gpt-4o", {"api_base": "https://api.openai.com/v1"}, "openai", "gpt-4o"),
        ("gpt-4o", {}, "openai", "gpt-4o"),
        ("o3-mini", {}, "openai", "o3-mini"),
        ("claude-haiku-4-5", {}, "anthropic", "claude-haiku-4-5"),
        ("gemini/gemini-2.5-flash", {}, "gemini", "gemini-2.5-flash"),
        ("vertex_ai/gemini-2.5-pro", {}, "vertex", "gemini-2.5-pro"),
        ("together_ai/meta-llama/Llama-3.3-70B", {}, "together", "meta-llama/Llama-3.3-70B"),
        ("fireworks_ai/accounts/fireworks/models/x", {}, "fireworks", "accounts/fireworks/models/x"),
        ("nvidia_nim/meta/llama", {}, "nvidia", "meta/llama"),
        ("lm_studio/qwen", {}, "lm-studio", "qwen"),
        ("openrouter/google/gemini-2.5-pro", {}, "openrouter", "google/gemini-2.5-pro"),
        ("huggingface/together/deepseek-ai/DeepSeek-R1", {}, "huggingface", "together/deepseek-ai/DeepSeek-R1"),
        ("cohere/rerank-v3.5", {}, "cohere", "rerank-v3.5"),
        ("xai/grok-4", {}, "xai", "grok-4"),
        ("deepseek/deepseek-chat", {}, "deepseek", "deepseek-chat"),
        ("perplexity/sonar", {}, "perplexity", "sonar"),
        ("mistral/mistral-small-latest", {}, "mistral", "mistral-small-latest"),
        ("litellm_proxy/my-model", {"api_base": "http://other:4000"}, "custom", "my-model"),
        ("unheard/of-model", {"api_base": "https://x.example/v1"}, "custom", "of-model"),
        ("my-model", {"custom_llm_provider": "openai", "api_base": "https://x.example/v1"}, "custom", "my-model"),
        ("groq/x", {"custom_llm_provider": "groq"}, "groq", "x"),
    ],
)
def test_how_models_are_written(model: str, params: dict[str, Any], provider: str, name: str) -> None:
    made = entry(model, **params).configurations[0]
    assert (made.provider, made.model) == (provider, name)


@pytest.mark.parametrize(
    ("model", "name", "params", "words"),
    [
        ("unheard/of", "a", {}, "no provider"),
        ("*", "*", {}, "no provider"),
        ("", "a", {}, "no litellm_params.model"),
        ("gpt-4o", "", {}, "no model_name"),
        ("azure/x", "a", {}, "needs an api_base"),
        ("openai/*", "*", {"api_base": "https://llm.example/v1"}, "a wildcard"),
        ("openai/x", "a", {"api_base": "os.environ/NOWHERE"}, "NOWHERE, which is not set"),
    ],
)
def test_what_is_left_out(model: str, name: str, params: dict[str, Any], words: str) -> None:
    found = entry(model, name, **params)
    assert found.configurations == ()
    assert words in found.notes[0].message


def test_a_missing_key() -> None:
    made = entry("groq/x", api_key="os.environ/MY_KEY").configurations[0]
    assert made.lacks_key
    assert (made.key, made.key_env, made.notes) == (None, "MY_KEY", ("no key: MY_KEY is not set",))
    assert entry("groq/x").configurations[0].key_env == "GROQ_API_KEY"
    assert not entry("ollama/x").configurations[0].lacks_key


def test_a_wildcard_over_all_names_is_called_like_its_provider() -> None:
    made = entry("openai/*", "*", api_key="k").configurations[0]
    assert (made.name, made.model) == ("openai", PROVIDERS["openai"].example_models[0])


def test_names_stay_apart() -> None:
    entries = [
        {"model_name": name, "litellm_params": {"model": f"ollama/{place}"}}
        for place, name in enumerate(["a", "a 2", "a", "a"])
    ]
    made = read_plan({"model_list": entries}, {}).configurations
    assert [(one.name, one.model) for one in made] == [("a", "0"), ("a 2", "1"), ("a 3", "2"), ("a 4", "3")]


def test_parameters_go_where_their_provider_has_them() -> None:
    made = entry(
        "custom_openai/x", api_base="http://x.example", extra_headers={"X-A": "b"}, extra_body={"k": 1}, top_p=0.5,
        seed=None, mock_response="hi",
    ).configurations[0]  # fmt: skip
    assert made.parameters == {"headers": {"X-A": "b"}, "parameters": {"k": 1}, "topP": 0.5}
    assert made.notes == ("mock_response: not mapped",)
    stop = entry("azure/x", api_base="http://x.example", stop="END").configurations[0]
    assert stop.parameters == {"stopSequences": ["END"]}


@pytest.mark.parametrize("document", [None, [], "text", {}, {"models": []}])
def test_what_is_no_such_file(document: Any) -> None:
    with pytest.raises(InvalidInput):
        read_plan(document, {})


words = st.sampled_from(
    [
        "model_name", "litellm_params", "model", "api_key", "api_base", "os.environ/X", "openai/x", "*", "weight",
        "order", "fallbacks", "default_fallbacks", "model_group_alias", "routing_strategy",
    ]
)  # fmt: skip
shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | words | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)
sections = st.sampled_from(["router_settings", "litellm_settings", "credential_list", "environment_variables", "x"])


@given(shapes, st.dictionaries(sections, shapes, max_size=3))
def test_whatever_stands_in_it_is_never_a_fault(models: Any, rest: dict[str, Any]) -> None:
    found = read_plan({"model_list": models, **rest}, {})
    names = [one.name for one in found.configurations]
    assert len(names) == len(set(names))
    assert all(one.provider in PROVIDERS for one in found.configurations)
    shared = {one.name for one in found.configurations if one.shared}
    assert len({route.name for route in found.routes}) == len(found.routes)
    for route in found.routes:
        assert 2 <= len(route.targets) <= 20
        assert all(target.name in shared and 1 <= target.weight <= 1000 for target in route.targets)
