"""Whether a value fits the types that a vendor publishes in its SDK: typed dictionaries and pydantic models.

Stricter than what the SDKs do themselves: a field that a type does not have is a misfit, as the APIs answer it with
"Extra inputs are not permitted" or "Unrecognized request argument".
"""

from __future__ import annotations

import collections.abc
import types
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

import pydantic
from typing_extensions import get_type_hints, is_typeddict

_LISTS = (list, collections.abc.Iterable, collections.abc.Sequence)
_MAPPINGS = (dict, collections.abc.Mapping)
_TAGS = ("type", "role")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _required(kind: Any) -> frozenset[str]:
    """Read from the hints: with annotations that are text, a typed dictionary does not know it itself."""
    marked = {name: get_origin(hint) for name, hint in _hints(kind).items()}
    inherited = kind.__required_keys__ if kind.__total__ else frozenset()
    named = {name for name, mark in marked.items() if mark is Required}
    return frozenset(named | {name for name in inherited if marked[name] is not NotRequired})


def misfits(value: Any, kind: Any, where: str = "") -> list[str]:
    """What of ``value`` does not fit ``kind``; empty when all does."""
    origin = get_origin(kind)
    if origin in (Required, NotRequired, Annotated):
        return misfits(value, get_args(kind)[0], where)
    if origin in (Union, types.UnionType):
        return _of_union(value, get_args(kind), where)
    if origin is Literal:
        return [] if value in get_args(kind) else [f"{where} is {value!r}, none of {get_args(kind)}"]
    if is_typeddict(kind):
        return _of_fields(value, _hints(kind), _required(kind), where)
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        needed = frozenset(field.alias or name for name, field in kind.model_fields.items() if field.is_required())
        return _of_fields(value, fields, needed, where)
    if _is_list(kind, origin):
        if not isinstance(value, list):
            return [f"{where} is {type(value).__name__}, no list"]
        of = (get_args(kind) or (Any,))[0]
        return [found for place, item in enumerate(value) for found in misfits(item, of, f"{where}[{place}]")]
    if origin in _MAPPINGS:
        if not isinstance(value, dict):
            return [f"{where} is {type(value).__name__}, no object"]
        of = get_args(kind)[1]
        return [found for name, item in value.items() for found in misfits(item, of, f"{where}.{name}")]
    return _of_plain(value, kind, where)


def _is_list(kind: Any, origin: Any) -> bool:
    return origin in _LISTS or getattr(origin, "__name__", "") == "SequenceNotStr" or kind in _LISTS


def _of_plain(value: Any, kind: Any, where: str) -> list[str]:
    if kind is type(None) or kind is None:
        fits = value is None
    elif kind is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    elif kind is int:
        fits = isinstance(value, int) and not isinstance(value, bool)
    elif kind in (str, bool):
        fits = isinstance(value, kind)
    else:  # what JSON cannot say (a file, bytes), or anything at all
        fits = True if kind in (Any, object, pydantic.JsonValue) else isinstance(value, str)
    return [] if fits else [f"{where} is {value!r}, no {getattr(kind, '__name__', kind)}"]


def _of_fields(value: Any, fields: dict[str, Any], needed: frozenset[str], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is {type(value).__name__}, no object"]
    found = [f"{where}.{name} is not permitted" for name in value if name not in fields]
    found += [f"{where}.{name} is missing" for name in sorted(needed - value.keys())]
    for name, hint in fields.items():
        if name in value:
            found += misfits(value[name], hint, f"{where}.{name}")
    return found


def _of_union(value: Any, kinds: tuple[Any, ...], where: str) -> list[str]:
    """The misfits of the alternative that was meant: the one with the value's tag, else the one that fits deepest."""
    tried = [(not _tagged(value, kind), misfits(value, kind, where)) for kind in kinds]
    return min(tried, key=lambda one: (bool(one[1]), one[0], -_depth(one[1]), len(one[1])))[1]


def _tagged(value: Any, kind: Any) -> bool:
    if not isinstance(value, dict) or not is_typeddict(kind):
        return False
    hints = _hints(kind)
    tags = [name for name in _TAGS if name in hints and name in value]
    return bool(tags) and not any(misfits(value[name], hints[name]) for name in tags)


def _depth(found: list[str]) -> int:
    return max((one.split(" ")[0].count(".") + one.split(" ")[0].count("[") for one in found), default=0)
