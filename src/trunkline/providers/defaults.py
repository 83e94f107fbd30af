"""What a configuration adds to the calls that it serves: compiled once, applied to every call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, Message, ReasoningOptions, Sampling, Text
from trunkline.core.errors import InvalidInput
from trunkline.dialects import anthropic_messages, gemini, openai_responses
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_chat import DIALECT
from trunkline.providers.parameter import Parameter
from trunkline.providers.provider import Provider

OPENAI_CHAT: Final = DIALECT.name

_PASSING: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect for dialect in (anthropic_messages.DIALECT, gemini.DIALECT, openai_responses.DIALECT)
}

_SHARED: Final = ("prompt_cache_key", "prompt_cache_retention", "safety_identifier")
"""Fields that OpenAI's two wires call the same: https://platform.openai.com/docs/api-reference/responses/create"""

PROTECTED: Final = frozenset({"model", "messages", "stream", "stream_options"})
"""Fields of the body that belong to the caller or to the gateway: a configuration's parameters never set them."""

_PER_CALL: Final = frozenset({"model", "messages", "stream", "stream_usage", "sampling", "extra"})
_INTEGERS: Final = frozenset({"max_tokens", "top_k", "seed", "n", "top_logprobs", "budget_tokens"})
_NOTHING: Final = ChatRequest(model="", messages=())


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration's parameters in the neutral form. Only what somebody set is there.

    ``template`` is a request without model and messages that holds them.
    """

    template: ChatRequest = _NOTHING
    system_prompt: str | None = None

    @property
    def sampling(self) -> Sampling:
        """How tokens are chosen."""
        return self.template.sampling

    @property
    def reasoning(self) -> ReasoningOptions | None:
        """How much to think."""
        return self.template.reasoning

    @property
    def extra(self) -> dict[str, dict[str, JsonValue]]:
        """Fields that one dialect alone knows."""
        return self.template.extra

    @property
    def empty(self) -> bool:
        """Whether applying them changes nothing."""
        return self.system_prompt is None and self.template == _NOTHING

    def for_a_test(self) -> Defaults:
        """The same without thinking and instructions, which would make a call of one token slow and dear."""
        return Defaults(template=msgspec.structs.replace(self.template, reasoning=None))


class _Values(msgspec.Struct):
    """Settings, sorted by where they go, still in JSON."""

    sampling: dict[str, JsonValue] = {}
    reasoning: dict[str, JsonValue] = {}
    extra: dict[str, dict[str, JsonValue]] = {}
    merge: dict[str, JsonValue] = {}
    system: str | None = None


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """What is laid over a configuration's parameters, whatever its provider calls them.

    ``sampling`` is by the names of :class:`~trunkline.core.chat.Sampling`; ``fields`` are of the OpenAI chat wire.
    """

    sampling: Mapping[str, JsonValue] = {}
    fields: Mapping[str, JsonValue] = {}
    system_prompt: str | None = None


def compile_defaults(
    provider: Provider, configuration: Mapping[str, JsonValue], overlay: Overlay | None = None
) -> Defaults:
    """Translate stored parameters. What is unknown or null counts as not set: validation has spoken before."""
    values = _gather(provider, configuration, overlay)
    template = _read_merge(values.merge)
    if values.sampling:
        named = msgspec.convert(_whole_numbers(values.sampling), Sampling)
        template = msgspec.structs.replace(template, sampling=_fill(named, template.sampling))
    if values.reasoning:
        reasoning = msgspec.convert(_whole_numbers(values.reasoning), ReasoningOptions)
        template = msgspec.structs.replace(template, reasoning=reasoning)
    if values.extra:
        template = msgspec.structs.replace(template, extra=_join(template.extra, values.extra))
    return Defaults(template=template, system_prompt=values.system)


def wire_defaults(
    provider: Provider,
    configuration: Mapping[str, JsonValue],
    dialect: str | None = None,
    overlay: Overlay | None = None,
) -> dict[str, JsonValue]:
    """The same as top-level fields of a wire, the provider's own unless ``dialect`` names another.

    They are for bodies that are passed through; where a wire's bodies never pass, there are none. Without the system
    prompt, which every wire has a place of its own for. On OpenAI's wire the token limit is ``max_tokens``: the
    provider's quirk renames it where another name is wanted. Raises Unsupported for what a wire cannot say.
    """
    dialect = dialect or provider.dialect
    if dialect == OPENAI_CHAT:
        return _openai_chat(_gather(provider, configuration, overlay))
    passing = _PASSING.get(dialect)
    if passing is None:
        return {}
    # Written as any request is. Sampling and thinking apart, since one may be the caller's: they are fitted per call.
    template = compile_defaults(provider, configuration, overlay).template
    wire = _write(passing, msgspec.structs.replace(template, reasoning=None))
    if dialect == openai_responses.DIALECT.name:
        _share(wire, template.extra.get(OPENAI_CHAT, {}))
    if template.sampling.max_tokens is None:
        wire.pop("max_tokens", None)
    if template.reasoning is not None:
        thinking = _write(passing, msgspec.structs.replace(_NOTHING, reasoning=template.reasoning))
        thinking.pop("max_tokens", None)
        for name, value in thinking.items():
            below = wire.get(name)
            wire[name] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return wire


def _write(dialect: Dialect, template: ChatRequest) -> dict[str, JsonValue]:
    """The fields of a configuration's template on a wire."""
    # A wire refuses to be written without anything said. That goes again, with all that is the caller's own.
    said = msgspec.structs.replace(template, messages=(Message("user", (Text("…"),)),))
    body: dict[str, JsonValue] = msgspec.json.decode(dialect.write_request(said).body)
    return {name: value for name, value in body.items() if name not in PROTECTED | {"contents", "input", "include"}}


def _share(wire: dict[str, JsonValue], chat: Mapping[str, JsonValue]) -> None:
    """Adds to the fields of OpenAI's responses those that are set in the words of its chat wire."""
    wire.update({name: chat[name] for name in _SHARED if chat.get(name) is not None})
    if (verbosity := chat.get("verbosity")) is not None:
        text = wire.get("text")
        wire["text"] = {**(text if isinstance(text, dict) else {}), "verbosity": verbosity}


def _openai_chat(values: _Values) -> dict[str, JsonValue]:
    wire = {**values.merge, **values.extra.get(OPENAI_CHAT, {}), **_whole_numbers(values.sampling)}
    if "max_tokens" in values.sampling:
        wire.pop("max_completion_tokens", None)
    if (effort := values.reasoning.get("effort")) is not None:
        wire["reasoning_effort"] = effort
    return wire


def apply_defaults(request: ChatRequest, defaults: Defaults) -> ChatRequest:
    """``request`` with what it leaves open filled from ``defaults``; the caller's values win.

    The configuration's system prompt goes in front of the caller's own messages. A caller who says anything of
    reasoning has said all of it, and so with each other field but ``sampling`` and ``extra``, which are filled member
    by member.
    """
    if defaults.empty:
        return request
    template = defaults.template
    changes: dict[str, object] = {}
    if defaults.system_prompt:
        system = Message(role="system", parts=(Text(defaults.system_prompt),))
        changes["messages"] = (system, *request.messages)
    if template.extra:
        changes["extra"] = _join(template.extra, request.extra)
    for field in ChatRequest.__struct_fields__:
        if field not in _PER_CALL and _is_open(getattr(request, field)) and not _is_open(getattr(template, field)):
            changes[field] = getattr(template, field)
    changes["sampling"] = _fill(request.sampling, template.sampling)
    return msgspec.structs.replace(request, **changes)


def read_parameters(fields: Mapping[str, JsonValue]) -> ChatRequest:
    """Free parameters, which are fields of the OpenAI chat wire, as a request without model and messages.

    Raises InvalidInput that names the wrong field.
    """
    members = {name: value for name, value in fields.items() if name not in PROTECTED}
    body = msgspec.json.encode({"model": "-", "messages": [{"role": "user", "content": "-"}], **members})
    return msgspec.structs.replace(DIALECT.read_request(body), model="", messages=())


def _read_merge(fields: dict[str, JsonValue]) -> ChatRequest:
    if not fields:
        return _NOTHING
    try:
        return read_parameters(fields)
    except InvalidInput:
        # Stored before it was checked: the provider gets it as it is and says itself what is wrong.
        return msgspec.structs.replace(_NOTHING, extra={OPENAI_CHAT: fields})


_S = TypeVar("_S", bound=msgspec.Struct)


def _fill(asked: _S, defaults: _S) -> _S:
    """``asked``, with the fields that are not set taken from ``defaults``."""
    changes: dict[str, object] = {}
    for field in type(asked).__struct_fields__:
        if _is_open(getattr(asked, field)) and not _is_open(getattr(defaults, field)):
            changes[field] = getattr(defaults, field)
    return msgspec.structs.replace(asked, **changes) if changes else asked


def _is_open(value: object) -> bool:
    return value is None or value == ()


def _join(
    below: dict[str, dict[str, JsonValue]], above: dict[str, dict[str, JsonValue]]
) -> dict[str, dict[str, JsonValue]]:
    """Both, by dialect; where both have a field, that of ``above``."""
    return {dialect: {**below.get(dialect, {}), **above.get(dialect, {})} for dialect in (below | above)}


def _gather(provider: Provider, configuration: Mapping[str, JsonValue], overlay: Overlay | None) -> _Values:
    values = _Values({}, {}, {}, {})
    for parameter in provider.parameters:
        value = _value_of(parameter, configuration)
        kind, _, rest = parameter.neutral.partition(".")
        if value is None:
            continue
        if kind == "sampling":
            values.sampling[rest] = value
        elif kind == "reasoning":
            values.reasoning[rest] = value
        elif kind == "extra":
            dialect, _, field = rest.partition(".")
            values.extra.setdefault(dialect, {})[field] = value
        elif kind == "system" and isinstance(value, str) and value.strip():
            values.system = value
        elif kind == "merge" and isinstance(value, dict):
            values.merge = {name: member for name, member in value.items() if name not in PROTECTED}
    if overlay is not None:
        _lay_over(values, overlay)
    return values


def _lay_over(values: _Values, overlay: Overlay) -> None:
    for name, value in overlay.fields.items():
        if value is None or name in PROTECTED:
            continue
        if name in {"max_tokens", "max_completion_tokens"}:
            # One limit by either name: a quirk of the provider gives it the name that it wants.
            values.sampling["max_tokens"] = value
            continue
        # Whatever else of the configuration says the same thing would win over a free field.
        values.sampling.pop(name, None)
        values.extra.get(OPENAI_CHAT, {}).pop(name, None)
        if name in {"reasoning_effort", "reasoning"}:
            values.reasoning.clear()
        values.merge[name] = value
    values.sampling |= {name: value for name, value in overlay.sampling.items() if value is not None}
    values.system = overlay.system_prompt or values.system


def _value_of(parameter: Parameter, configuration: Mapping[str, JsonValue]) -> JsonValue:
    values = (configuration.get(name) for name in (parameter.name, *parameter.aliases))
    return next((value for value in values if value is not None), None)


def _whole_numbers(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """JSON Schema counts 40.0 as an integer; providers do not."""
    return {
        name: int(value) if name in _INTEGERS and isinstance(value, float) and value.is_integer() else value
        for name, value in values.items()
    }
