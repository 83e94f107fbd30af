"""One setting of a configuration: its name, its range, and what it becomes in a call."""

from __future__ import annotations

from typing import Literal

import msgspec

from trunkline.core.chat import JsonValue

ParameterType = Literal["number", "integer", "string", "boolean", "array", "object"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that a provider takes.

    ``neutral`` says where it goes:

    - ``sampling.<field>`` and ``reasoning.<field>``: a field of :mod:`trunkline.core.chat`;
    - ``system``: the configuration's system prompt;
    - ``extra.<dialect>.<field>``: a top-level field of one dialect;
    - ``merge``: its members become top-level fields of the OpenAI chat wire;
    - ``header.<Name>``: a header of every call; ``headers``: a map of them;
    - ``place.<name>``: fills ``{name}`` in the provider's base URL;
    - ``gateway.<name>``: how calls are made here; it is never sent;
    - ``auth.<name>``: belongs to the key, and is no secret itself.

    ``default`` is what the form shows in an empty field. It is never sent, as models differ in what they accept; only
    that of a place counts where nothing is set.
    """

    name: str
    type: ParameterType
    neutral: str
    title: str
    description: str
    minimum: float | None = None
    maximum: float | None = None
    output_limit: bool = False
    """Whether ``maximum`` is the model's own limit of output tokens."""
    max_length: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    choices: tuple[str | bool, ...] = ()
    """The values that it may have. Yes and no among them may stand beside words."""
    default: JsonValue = None
    examples: tuple[JsonValue, ...] = ()
    items: dict[str, JsonValue] | None = None
    """The JSON Schema of an array's items, or of an object's values."""
    aliases: tuple[str, ...] = ()
    """Names under which other faces know the same setting."""
    secret: bool = False
    """Whether its values are to be encrypted and shown masked."""
