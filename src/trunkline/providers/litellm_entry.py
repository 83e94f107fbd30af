"""One entry of LiteLLM's ``model_list`` as a configuration.

https://docs.litellm.ai/docs/proxy/configs and, for how models are written, https://docs.litellm.ai/docs/providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import NotFound
from trunkline.core.secret import Secret
from trunkline.providers.litellm_balance import Balance
from trunkline.providers.litellm_value import Environment, as_object, variable
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS, find

NAME_LIMIT: Final = 255
"""Characters of a configuration's name."""

_PREFIXES: Final[Mapping[str, str]] = {
    "ai21_chat": "custom",
    "azure_ai": "custom",
    "azure_text": "azure-openai",
    "bedrock_converse": "bedrock",
    "cohere_chat": "cohere",
    "custom_openai": "custom",
    "hosted_vllm": "vllm",
    "litellm_proxy": "custom",
    "llamafile": "custom",
    "ollama_chat": "ollama",
    "openai_like": "custom",
    "text-completion-openai": "openai",
    "vertex_ai_beta": "vertex",
}
"""Words before the slash that :func:`~trunkline.providers.registry.find` does not know."""

_BARE: Final = (
    (("claude",), "anthropic"),
    (("gemini",), "vertex"),
    (("command", "rerank-", "embed-"), "cohere"),
    (("gpt-", "o1", "o3", "o4", "chatgpt", "text-embedding-", "dall-e", "whisper", "tts-", "omni-"), "openai"),
)
"""Whose model it is where no provider stands before it; ``gemini`` alone is Vertex AI's in LiteLLM."""

_MODEL_WORDS: Final = {"bedrock": ("converse/", "converse_like/", "invoke/"), "cohere": ("v2/",)}
"""Words between provider and model that choose a way of calling and are no part of the model's name."""

_NEUTRAL: Final[Mapping[str, str]] = {
    "temperature": "sampling.temperature",
    "max_tokens": "sampling.max_tokens",
    "max_completion_tokens": "sampling.max_tokens",
    "top_p": "sampling.top_p",
    "top_k": "sampling.top_k",
    "frequency_penalty": "sampling.frequency_penalty",
    "presence_penalty": "sampling.presence_penalty",
    "seed": "sampling.seed",
    "stop": "sampling.stop",
    "reasoning_effort": "reasoning.effort",
    "organization": "header.OpenAI-Organization",
    "extra_headers": "headers",
    "headers": "headers",
    "extra_body": "merge",
    "aws_region_name": "place.region",
    "aws_access_key_id": "auth.access_key_id",
    "vertex_project": "place.project",
    "vertex_location": "place.location",
}
"""Where a parameter goes, as :class:`~trunkline.providers.parameter.Parameter` says it."""

_TAKEN: Final = frozenset(
    {
        "model", "api_key", "api_base", "base_url", "custom_llm_provider", "litellm_credential_name",
        "aws_secret_access_key", "vertex_credentials", "weight", "order",
    }
)  # fmt: skip

_WORDS: Final[Mapping[str, str]] = {
    "rpm": "requests per minute are not limited by configuration",
    "tpm": "tokens per minute are not limited by configuration",
    "timeout": "time limits belong to the whole installation",
    "stream_timeout": "time limits belong to the whole installation",
    "max_retries": "retries have a budget for the whole installation",
    "num_retries": "retries have a budget for the whole installation",
    "api_version": "Azure is called by its v1 API, which needs no version",
    "drop_params": "what a model does not take is always left out and named in the answer's headers",
    "input_cost_per_token": "prices come from the price list",
    "output_cost_per_token": "prices come from the price list",
    "aws_session_token": "set it as the header X-Amz-Security-Token of the configuration",
}


class Note(msgspec.Struct, frozen=True):
    """Something that was not mapped: where it stands in the file, and what to know or do about it."""

    where: str
    message: str


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration to make. ``key`` is None where none is needed or found; ``key_env`` is the variable it is in.

    ``where`` is its place in the file, ``group`` the name that the file gives it; ``notes`` say what of the entry was
    not mapped. ``shared``: a route leads to it, so everybody in the workspace must be able to use it.
    """

    name: str
    group: str = ""
    balance: Balance = Balance()
    shared: bool = False
    provider: str
    where: str
    model: str
    base_url: str | None = None
    key: Secret | None = None
    key_env: str | None = None
    parameters: dict[str, JsonValue] = {}
    notes: tuple[str, ...] = ()

    @property
    def lacks_key(self) -> bool:
        """Whether it cannot be made, as the provider wants a key and there is none."""
        return self.key is None and PROVIDERS[self.provider].requires_api_key


class Unmapped(Exception):
    """Why an entry cannot be mapped."""


def plan_entry(
    entry: Mapping[str, JsonValue],
    where: str,
    credentials: Mapping[str, Mapping[str, JsonValue]],
    environment: Environment,
) -> Planned:
    """The configuration for ``entry``. Raises :class:`Unmapped`, with the reason for people."""
    name = entry.get("model_name")
    params = dict(as_object(entry.get("litellm_params")))
    reference = params.get("litellm_credential_name")
    notes: list[str] = []
    if isinstance(reference, str):
        if reference not in credentials:
            notes.append(f"the credential {reference!r} is not in credential_list")
        params = {**credentials.get(reference, {}), **params}
    model = params.get("model")
    if not isinstance(name, str) or not name:
        raise Unmapped("left out: it has no model_name.")
    if not isinstance(model, str) or not model:
        raise Unmapped(f"{name} was left out: it has no litellm_params.model.")
    base_url = environment.resolve(params.get("api_base") or params.get("base_url"))
    base_url = base_url.rstrip("/") if isinstance(base_url, str) else None
    referred = variable(params.get("api_base") or params.get("base_url"))
    if base_url is None and referred is not None:
        raise Unmapped(f"{name} was left out: its api_base is in {referred}, which is not set.")
    provider, model = _split(name, model, params.get("custom_llm_provider"), base_url)
    if base_url is None and provider.requires_base_url:
        base_url = provider.base_url
        if base_url is None:
            raise Unmapped(f"{name} was left out: {provider.display_name} needs an api_base.")
    key, key_env = _find_key(provider, params, environment, notes)
    own = (provider.id if "*" in name.removesuffix("/*") else name.removesuffix("/*"))[:NAME_LIMIT]
    whole = "*" in model
    if whole:
        # A configuration has a model of its own, beside which any other may be written.
        if not provider.example_models:
            raise Unmapped(f"{name} was left out: it is a wildcard, and a configuration needs one model to begin with.")
        model = provider.example_models[0]
        notes.append(f"a wildcard: write {own}/<model>; {own} alone is {model}")
    return Planned(
        name=own,
        group=name,
        balance=Balance.read(params),
        provider=provider.id,
        where=where,
        model=model,
        base_url=base_url,
        key=key,
        key_env=key_env,
        parameters=_read_parameters(provider, params, environment, notes),
        notes=tuple(notes),
    )


def _split(name: str, model: str, said: JsonValue, base_url: str | None) -> tuple[Provider, str]:
    head, slash, rest = model.partition("/")
    if isinstance(said, str) and said:
        provider = _find(said)
        rest = model.removeprefix(f"{said}/")
    else:
        provider = _find(head) if slash else None
        if provider is None:
            provider, rest = _guess(model), model
    if provider is None:
        if base_url is None:
            raise Unmapped(f"{name} was left out: Trunkline has no provider for {model!r}.")
        provider = PROVIDERS["custom"]
        rest = model.partition("/")[2] or model
    if provider.id == "openai" and base_url is not None and urlsplit(base_url).hostname != "api.openai.com":
        provider = PROVIDERS["custom"]
    for word in _MODEL_WORDS.get(provider.id, ()):
        rest = rest.removeprefix(word)
    return provider, rest


def _find(word: str) -> Provider | None:
    try:
        return find(_PREFIXES.get(word, word))
    except NotFound:
        return None


def _guess(model: str) -> Provider | None:
    return next((PROVIDERS[provider] for starts, provider in _BARE if model.startswith(starts)), None)


def _find_key(
    provider: Provider, params: Mapping[str, JsonValue], environment: Environment, notes: list[str]
) -> tuple[Secret | None, str | None]:
    """The key and the variable that holds it: of the entry, else of where the provider's key usually is."""
    if provider.auth == "none":
        return None, None
    given = params.get("api_key") or params.get("aws_secret_access_key") or params.get("vertex_credentials")
    if isinstance(given, dict):
        return Secret(msgspec.json.encode(given).decode()), None
    named = variable(given)
    names = (named,) if named is not None else () if given else provider.env
    for name in names:
        value = environment.get(name)
        if value is not None:
            return Secret(value), name
    if isinstance(given, str) and named is None and not given.endswith(".json"):
        return Secret(given), None
    if isinstance(given, str) and named is None:
        notes.append("the credentials are in a file: set them as the key of the configuration")
    elif provider.requires_api_key or named is not None:
        notes.append(f"no key: {' or '.join(names) or 'the variable'} is not set")
    return None, names[0] if names else None


def _read_parameters(
    provider: Provider, params: Mapping[str, JsonValue], environment: Environment, notes: list[str]
) -> dict[str, JsonValue]:
    by_neutral = {parameter.neutral: parameter for parameter in provider.parameters}
    found: dict[str, JsonValue] = {}
    for name, raw in params.items():
        if name in _TAKEN or raw is None:
            continue
        parameter = by_neutral.get(_NEUTRAL.get(name, ""))
        value = environment.resolve(raw)
        if parameter is None:
            notes.append(f"{name}: {_WORDS.get(name, 'not mapped')}")
        elif value is None:
            notes.append(f"{name}: {variable(raw)} is not set")
        else:
            found[parameter.name] = [value] if parameter.type == "array" and isinstance(value, str) else value
    return found
