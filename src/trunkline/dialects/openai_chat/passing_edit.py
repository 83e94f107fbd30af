"""What changes in a request that passes, made once for each model and configuration and done to every call."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_chat import passing_thought
from trunkline.dialects.openai_chat.earlier_thoughts import fit_thoughts
from trunkline.dialects.openai_chat.kept_answer import tidy
from trunkline.dialects.openai_chat.passing_format import FORM, fit_format, name_json
from trunkline.dialects.openai_chat.passing_ids import fit_ids, has_odd_ids
from trunkline.dialects.openai_chat.picture_mending import mend_pictures
from trunkline.dialects.openai_chat.plain_history import is_plain_history
from trunkline.dialects.passthrough import Adapt, Changes
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

_TRUE: Final = msgspec.Raw(b"true")

_LIMITS: Final = ("max_completion_tokens", "max_tokens")
"""Two names of one thing: a default for either gives way to the caller's other."""

_FITTED: Final = passing_thought.NAMES | {FORM}
"""Fields that a model may want otherwise."""

_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class PassingEdit:
    """See :meth:`trunkline.dialects.passthrough.Passthrough.editor`.

    In this order: ``model`` is set; ``roles`` renames those of messages;
    ``system_prompt`` goes before the caller's messages, in role ``system_role``;
    ``defaults`` fill top-level fields that are absent or null; a token limit above ``output_limit``, or none, becomes
    that; ``rename`` moves fields (where the new name is taken, that one stays); ``drop`` takes away fields by their new
    names. With ``stream_usage`` a request that streams asks for usage in the stream. ``adapt`` is asked only how much
    to think: names are enough for the rest of this wire. Thoughts of earlier answers and PDFs are written as ``form``
    says; ids of calls are of the form ``call_ids``, and none comes twice.
    """

    __slots__ = (
        "_adapt",
        "_always_fits",
        "_call_ids",
        "_defaults",
        "_drop",
        "_form",
        "_model",
        "_name",
        "_nulls",
        "_output_limit",
        "_rename",
        "_roles",
        "_stops",
        "_stream_usage",
        "_system_prompt",
        "_system_role",
    )

    def __init__(self, changes: Changes) -> None:
        self._name = changes.model
        self._model = _raw(changes.model)
        self._defaults = tuple(
            (_LIMITS if name in _LIMITS else (name,), name, _raw(value)) for name, value in changes.defaults.items()
        )
        self._output_limit = changes.output_limit
        self._stream_usage = changes.stream_usage
        self._rename = tuple(changes.rename.items())
        self._drop = changes.drop
        self._adapt = changes.adapt
        prompt = changes.system_prompt
        self._system_prompt = (
            None if prompt is None else msgspec.json.encode({"role": changes.system_role, "content": prompt})
        )
        self._system_role = changes.system_role
        self._roles = tuple(
            (b'"%b"' % old.encode(), re.compile(rb'("role"\s*:\s*)"%b"' % old.encode()), rb'\1"%b"' % new.encode())
            for old, new in changes.roles.items()
        )
        self._form = changes.form
        self._always_fits = changes.form.bound or changes.form.rounds
        self._call_ids = changes.call_ids
        self._stops = changes.stops
        self._nulls = changes.nulls

    def __call__(self, body: bytes) -> tuple[bytes, tuple[str, ...]]:
        """``body`` for the provider, and which of the caller's fields were dropped. What stays is copied as bytes.

        Raises InvalidInput for what is no JSON object, and for ``messages`` that is no array when a system prompt is to
        go before it.
        """
        try:
            fields = _fields.decode(body)
        except BROKEN_JSON as error:
            raise InvalidInput.of("", f"The body is not a valid JSON object: {write_reason(error)}") from None
        if not self._nulls:
            fields = {name: value for name, value in fields.items() if is_said(value)}
        fields["model"] = self._model
        for sign, pattern, role in self._roles:
            # Within JSON text a quote is escaped, so what is found are fields.
            if sign in body and "messages" in fields:
                fields["messages"] = msgspec.Raw(pattern.sub(role, bytes(fields["messages"])))
        if self._system_prompt is not None:
            fields["messages"] = _prepend(fields.get("messages", ABSENT), self._system_prompt)
        for same, name, value in self._defaults:
            if not any(is_said(fields.get(other, ABSENT)) for other in same):
                fields[name] = value
        if self._output_limit is not None:
            _limit(fields, self._output_limit)
        if self._stream_usage and fields.get("stream") == _TRUE:
            fields["stream_options"] = _ask_usage(fields.get("stream_options", ABSENT))
        for old, new in self._rename:
            if old in fields:
                moved = fields.pop(old)
                fields.setdefault(new, moved)
        dropped: list[str] = []
        if not self._drop.isdisjoint(fields):
            dropped += [name for name in sorted(self._drop & fields.keys()) if is_said(fields.pop(name))]
        if self._stops is not None and "stop" in fields and _limit_stops(fields, self._stops):
            dropped.append("stop")
        # Searching for up to five bytes takes a third of the time that more take.
        if (body.find(b'_url"') >= 0 or body.find(b'tant"') >= 0) and "messages" in fields:
            self._mend(fields, body, dropped)
        if self._adapt is not None and (self._always_fits or not _FITTED.isdisjoint(fields)):
            self._fit(fields, self._adapt, dropped)
        return msgspec.json.encode(fields), tuple(dict.fromkeys(dropped)) if dropped else ()

    def _mend(self, fields: dict[str, msgspec.Raw], body: bytes, dropped: list[str]) -> None:
        if b'"image_url"' in body:
            fields["messages"] = mend_pictures(fields["messages"], self._form.files)
        # What follows is about turns of the model, of which a conversation that begins has none.
        if b'"assistant"' not in body or is_plain_history(fields["messages"], self._call_ids):
            return
        fields["messages"], lost = tidy(fields["messages"], self._drop)
        dropped += lost
        fields["messages"], without = fit_thoughts(fields["messages"], self._form.earlier)
        dropped += ["reasoning"] if without else []
        if has_odd_ids(body, self._call_ids):
            fields["messages"] = fit_ids(fields["messages"], self._call_ids)

    def _fit(self, fields: dict[str, msgspec.Raw], adapt: Adapt, dropped: list[str]) -> None:
        if FORM in fields:
            told = fit_format(fields, self._name, adapt)
            if told is not None:
                dropped.append(FORM)
            else:
                told = name_json(fields, self._name, adapt)
            if told is not None:
                message = msgspec.json.encode({"role": self._system_role, "content": told})
                fields["messages"] = _prepend(fields.get("messages", ABSENT), message)
        dropped += passing_thought.fit(fields, self._name, adapt, self._form)


def write_reason(error: Exception) -> str:
    """Why a body is none, in words."""
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _limit(fields: dict[str, msgspec.Raw], limit: int) -> None:
    said = [name for name in _LIMITS if is_said(fields.get(name, ABSENT))]
    for name in said:
        value = decode(fields[name])
        if isinstance(value, int | float) and value > limit:
            fields[name] = _raw(limit)
    if not said:
        fields["max_tokens"] = _raw(limit)


def _limit_stops(fields: dict[str, msgspec.Raw], most: int) -> bool:
    """Leaves the first ``most`` stop texts. Whether there were more."""
    stops = decode(fields["stop"])
    if not isinstance(stops, list) or len(stops) <= most:
        return False
    fields["stop"] = _raw(stops[:most])
    return True


def _prepend(messages: msgspec.Raw, message: bytes) -> msgspec.Raw:
    given = bytes(messages if is_said(messages) else b"[]").strip()
    if not given.startswith(b"["):
        raise InvalidInput.of("messages", "must be an array of messages")
    rest = given[1:].lstrip()
    return msgspec.Raw(b"[" + message + (b"" if rest.startswith(b"]") else b",") + rest)


def _ask_usage(options: msgspec.Raw) -> msgspec.Raw:
    given: dict[str, msgspec.Raw] = {}
    if is_said(options):
        try:
            given = _fields.decode(options)
        except msgspec.DecodeError:
            raise InvalidInput.of("stream_options", "must be an object") from None
    return _raw({**given, "include_usage": True})


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
