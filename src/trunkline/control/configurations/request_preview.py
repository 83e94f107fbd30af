"""The request that a configuration would make of a call, before it is saved. Pure: nothing is sent or opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Message, Text
from trunkline.core.embeddings import EmbeddingsRequest
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.dialects.dialect import EmbeddingsDialect
from trunkline.providers.adaptation import adapt
from trunkline.providers.defaults import apply_defaults, compile_defaults
from trunkline.providers.dialect_choice import choose_dialect
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.model_info import guess_capabilities
from trunkline.providers.parameter import Parameter
from trunkline.providers.provider import Provider
from trunkline.providers.quirks import Quirk, quirk
from trunkline.providers.schema import MAX_OUTPUT
from trunkline.providers.validation import validate

KEY_IN_PLACE: Final = "YOUR_KEY"
"""What stands where the key goes."""

_MODEL_IN_PLACE: Final = "MODEL"
_TEXT: Final = "Hello"

_THINKING: Final[Mapping[str, frozenset[str]]] = {
    "none": frozenset({"effort", "budget_tokens"}),
    "adaptive": frozenset({"budget_tokens"}),
    "effort": frozenset({"budget_tokens"}),
    "budget": frozenset({"effort"}),
    "dynamic": frozenset({"effort"}),
}
"""Which members of ``reasoning`` a model that thinks in that way has no use for."""


class RequestPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be sent for a call with one short message.

    ``unset`` are the fields of the provider's API that are left out because nobody set them; ``unsupported`` the
    settings that this model does not take, each with the reason; ``problems`` what is wrong with the settings. Wrong
    ones are not in ``body``.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: JsonObject
    unset: tuple[str, ...]
    unsupported: tuple[FieldError, ...]
    problems: tuple[FieldError, ...]


def preview(
    provider: Provider,
    *,
    model: str | None,
    base_url: str | None,
    parameters: Mapping[str, JsonValue],
    max_output: int = MAX_OUTPUT,
) -> RequestPreview:
    """The request of a configuration with these settings. The key is a stand-in, whatever it is.

    Raises InvalidInput where the base URL is missing or none.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    problems = validate(provider, given, model=model, max_output=max_output)
    wrong = {error.field.split(".")[1] for error in problems if "." in error.field}
    good = {name: value for name, value in given.items() if name not in wrong}
    hidden = good.pop("headers", None)
    names = list(hidden) if isinstance(hidden, dict) else []
    key = None if provider.auth == "none" else Secret(KEY_IN_PLACE)
    endpoint = make_endpoint(provider, base_url, key, dict.fromkeys(names, "…"), good)
    name = model or _MODEL_IN_PLACE
    habits = quirk(provider.id, name)
    dialect = choose_dialect(provider, name)
    kinds = guess_capabilities(name)
    if "embeddings" in kinds and "text" not in kinds and provider.paths.embeddings is not None:
        url = endpoint.embeddings(name)
        question = EmbeddingsRequest(model=name, inputs=(_TEXT,))
        body = cast("EmbeddingsDialect", dialect).write_embeddings_request(question).body
    else:
        url = endpoint.chat(name, stream=False)
        request = ChatRequest(model=name, messages=(Message(role="user", parts=(Text(_TEXT),)),))
        request = apply_defaults(request, compile_defaults(provider, good))
        try:
            request, _ = adapt(request, habits)
        except InvalidInput as error:
            problems += error.fields or (FieldError("model", error.message),)
        body = dialect.write_request(request).body
    sent = cast("JsonObject", msgspec.json.decode(body))
    lacks = [(each, why) for each in provider.parameters if (why := _lack(each, habits, name)) is not None]
    missing = {each.name: why for each, why in lacks}
    return RequestPreview(
        method="POST",
        url=str(url),
        headers={header.lower(): value for header, value in endpoint.headers},
        body=sent,
        unset=tuple(
            field
            for each in provider.parameters
            if (field := each.neutral.removeprefix("sampling.")) != each.neutral
            and each.name not in good
            and each.name not in missing
            and field not in sent
        ),
        unsupported=tuple(FieldError(each.name, why) for each, why in lacks),
        problems=tuple(problems),
    )


def _lack(parameter: Parameter, habits: Quirk, model: str) -> str | None:
    """Why a setting is of no use with a model; None where it is."""
    kind, _, field = parameter.neutral.partition(".")
    field = field.removeprefix("openai_chat.") if kind == "extra" else field
    if kind == "reasoning" and field in _THINKING.get(habits.thinking, ()):
        return f"{model} does not take it: it thinks in another way, or not at all."
    if kind in ("sampling", "extra") and field in habits.refuse:
        return f"{model} refuses it."
    if kind in ("sampling", "extra") and field in habits.drop:
        return f"{model} does not take it: it would be left out of every request."
    return None
