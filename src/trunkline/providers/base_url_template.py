"""Where a provider is, as far as settings say it: its region, its project.

A row's base URL may hold ``{name}``; the parameter whose ``neutral`` is ``place.name`` fills it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.providers.provider import Provider

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_MULTI_REGION: Final = re.compile(r"://(us|eu)-aiplatform\.")


def fill_template(provider: Provider, text: str, settings: Mapping[str, JsonValue] | None) -> str:
    """``text`` with its places filled from ``settings``, else from the parameters' defaults.

    A place that nobody named is left as it is where there are no settings at all (None), for callers that only want to
    know the host. Raises InvalidInput that names the setting: one that is missing, and one that is more than a label
    of a host's name, which could change the host.
    """
    if "{" not in text:
        return text
    for parameter in provider.parameters:
        kind, _, name = parameter.neutral.partition(".")
        mark = f"{{{name}}}"
        if kind != "place" or mark not in text:
            continue
        value = (settings or {}).get(parameter.name) or parameter.default
        field = f"configuration.{parameter.name}"
        if value is None:
            if settings is None:
                continue
            raise InvalidInput.of(field, f"is required for {provider.display_name}.")
        if not isinstance(value, str) or _LABEL.fullmatch(value) is None:
            raise InvalidInput.of(field, "may hold lower-case letters, digits and hyphens only.")
        text = text.replace(mark, value)
    # https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/locations: the global one has no prefix,
    # and regions that span a union have hosts of another form.
    text = text.replace("://global-", "://")
    return _MULTI_REGION.sub(r"://aiplatform.\1.rep.", text)
