"""Reads a base URL as people write it: with or without a version, with the path of a call pasted by mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.outbound.url import Url
from trunkline.providers.base_url_template import fill_template
from trunkline.providers.provider import Provider

BASE_URL_LIMIT: Final = 500
"""Characters."""


def read_base_url(provider: Provider, text: str | None, settings: Mapping[str, JsonValue] | None = None) -> Url:
    """The URL below which ``provider.paths`` are, from ``text`` or else from the row.

    All of these name OpenAI's API: ``https://api.openai.com``, ``…/v1``, ``…/v1/``, ``…/v1/chat/completions``. A path
    that is neither a part of the provider's own nor the path of a call is kept as it is: it belongs to a proxy. A query
    is kept too. ``settings`` are the configuration's: of them those count that say where (a region, a project).
    Raises InvalidInput, with the field ``baseUrl`` or that of the setting, and the remedy.
    """
    text = fill_template(provider, (text or "").strip() or (provider.base_url or ""), settings)
    if not text:
        raise InvalidInput.of(
            "baseUrl", f"is required for {provider.display_name}: write where it is, like https://llm.example.com/v1."
        )
    if len(text) > BASE_URL_LIMIT:
        raise InvalidInput.of("baseUrl", f"is longer than {BASE_URL_LIMIT} characters: shorten it.")
    try:
        url = Url.parse(text)
    except InvalidInput as error:
        raise InvalidInput.of("baseUrl", error.message) from error
    path, mark, query = url.target.partition("?")
    path = fill_template(provider, _complete(provider, url, _cut_call(provider, path.rstrip("/"))), settings)
    if _carries_stream_option(provider, query):
        mark = query = ""
    return Url(url.origin, f"{path}{mark}{query}" or "/")


def _complete(provider: Provider, url: Url, path: str) -> str:
    for ending in provider.surplus:
        path = path.removesuffix(ending)
    if provider.surplus:
        return path
    own = provider.base_url
    home = _path_of(own) if own else provider.home
    if path == home or home.startswith(path + "/"):
        return home
    if own and "{" not in own and Url.parse(own).origin == url.origin and home.endswith(path):
        return home
    return path


def _path_of(text: str) -> str:
    return "".join(text.partition("://")[2].partition("/")[1:]).rstrip("/")


def _cut_call(provider: Provider, path: str) -> str:
    """``path`` without the part that asks for something, such as ``/chat/completions``."""
    paths = provider.paths
    for template in (paths.chat_stream, paths.chat, paths.embeddings, paths.models, "/chat/completions"):
        if template is None:
            continue
        pattern = re.escape(template.partition("?")[0]).replace(r"\{model\}", "[^/]+")
        if (found := re.search(f"{pattern}$", path)) is not None:
            return path[: found.start()].rstrip("/")
    return path


def _carries_stream_option(provider: Provider, query: str) -> bool:
    stream = provider.paths.chat_stream
    return bool(query) and stream is not None and stream.partition("?")[2] == query
