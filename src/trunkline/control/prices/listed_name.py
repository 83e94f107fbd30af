"""Under which names the price list may know a model, whose name at its provider says more than that.

A name that is found as it stands is never changed; each further guess takes away what tells a copy of the model apart
and never what tells another price: a fine-tuned model has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from trunkline.providers.provider import Provider

_DATED: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4})$")
_NUMBERED: Final = re.compile(r"-0\d\d$")
_VARIANTS: Final = (":nitro", ":floor", ":exacto")
"""OpenRouter's wishes for a provider of the same model: https://openrouter.ai/docs/guides/routing/model-variants"""

_OWN_ARN: Final = (":application-inference-profile/", ":provisioned-model/", ":custom-model", ":imported-model/")
"""Names that people made at Amazon, which tell nothing of the model."""


def list_names(provider: Provider, model: str) -> Iterator[str]:
    """``model``, then what else it may be called in the list.

    Paths: https://ai.google.dev/api/models#Model (``models/…``), https://cloud.google.com/vertex-ai/docs/reference
    (``publishers/…/models/…``), https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
    (ARNs of profiles and foundation models). Azure writes ``gpt-35-turbo``, and a date or a number stands for a state
    of a model: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions.
    """
    yield model
    if any(mark in model for mark in _OWN_ARN) or model.startswith("ft:") or ".ft-" in model:
        return
    name = model.rsplit("/", 1)[-1] if provider.prices != "openrouter" else model
    if name != model:
        yield name
    if provider.prices == "openrouter":
        for variant in _VARIANTS:
            if name.endswith(variant):
                yield name.removesuffix(variant)
        return
    if provider.prices == "aws":
        # The same model without a profile, in the region where it is asked for, costs what a profile of regions does.
        yield f"us.{name}"
        return
    if name.startswith("gpt-35-"):
        name = name.replace("gpt-35-", "gpt-3.5-", 1)
        yield name
    if provider.prices == "anthropic":
        yield name.replace(".", "-")
    for ending in (_DATED, _NUMBERED):
        shorter = ending.sub("", name)
        if shorter != name:
            yield shorter
