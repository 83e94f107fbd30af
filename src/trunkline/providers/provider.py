"""Who serves models, as a row of data: where, how it authenticates, which dialect it speaks, what can be set."""

from __future__ import annotations

from typing import Literal

import msgspec

from trunkline.providers.auth import AuthScheme
from trunkline.providers.parameter import Parameter

Capability = Literal[
    "chat",
    "embeddings",
    "images",
    "speech",
    "transcriptions",
    "moderations",
    "rerank",
    "list_models",
    "pull_model",
    "check_key",
]


ProviderKind = Literal["maker", "host", "cloud", "own", "other"]
"""Whether it makes models, hosts those of many, sells them in its cloud, or runs on people's own machines."""


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """Where below the base URL each thing is asked for. ``{model}`` stands for the percent-encoded model id.

    ``chat_stream`` is None where streamed and whole answers come from the same path.
    """

    chat: str
    chat_stream: str | None = None
    embeddings: str | None = None
    images: str | None = None
    edits: str | None = None
    """Where pictures are changed."""
    speech: str | None = None
    transcriptions: str | None = None
    moderations: str | None = None
    rerank: str | None = None
    completions: str | None = None
    """Where plain text is completed, without a chat (OpenAI's older call)."""
    realtime: str | None = None
    """Where realtime sessions are asked for, as OpenAI has them."""
    models: str | None = None
    responses: str | None = None
    """Where OpenAI's responses are asked for, of a provider that speaks that dialect too."""
    count: str | None = None
    """Where tokens are counted without answering."""
    batches: str | None = None
    """Where batches of calls in this dialect are kept, of a provider that runs such."""
    embedding_batches: str | None = None
    """Where batches of embeddings are begun, where that is another place (Gemini)."""
    files: str | None = None
    """Where files are kept: those that batches are made of, and those that models are to read."""
    key: str | None = None
    """Where the provider tells about the key itself (OpenRouter)."""


OPENAI_PATHS = Paths(chat="/chat/completions", embeddings="/embeddings", models="/models")


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """One provider.

    ``base_url`` is written as the vendor's own SDK takes it; None where only the user knows it. It may hold places in
    braces, such as ``{region}``, that settings fill (:mod:`trunkline.providers.base_url_template`). ``dialect`` names a
    package of :mod:`trunkline.dialects`. ``prices`` is the provider's id in the price list of ``genai-prices``.
    """

    id: str
    display_name: str
    kind: ProviderKind = "other"
    """Where the console offers it."""
    dialect: str = "openai_chat"
    base_url: str | None = None
    auth: AuthScheme = "bearer"
    env: tuple[str, ...] = ()
    """Environment variables in which its key is usually kept."""
    docs_url: str = ""
    key_url: str | None = None
    """The page on which a key is made."""
    requires_api_key: bool = True
    requires_base_url: bool = False
    """Whether the place is the user's own to say; a ``base_url`` beside it is what is proposed."""
    home: str = "/v1"
    """The path of a base URL that is a host alone, where the row has no ``base_url``."""
    paths: Paths = OPENAI_PATHS
    surplus: tuple[str, ...] = ()
    """Endings of a base URL that people add and that ``paths`` already hold, or that the provider does not have."""
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every call, unless a setting or the user says otherwise."""
    aliases: tuple[str, ...] = ()
    key_prefixes: tuple[str, ...] = ()
    """How its keys begin, where that tells them apart."""
    capabilities: frozenset[Capability] = frozenset({"chat", "list_models"})
    parameters: tuple[Parameter, ...] = ()
    prices: str | None = None
    example_models: tuple[str, ...] = ()
    in_process: bool = False
    """Whether it answers inside this process, without a network (see :mod:`trunkline.providers.demo`)."""
    open_list: bool = False
    """Whether the list of models comes without a key too, and so says nothing of the key."""
    start_hint: str | None = None
    """How to start it, for a server that people run themselves."""
