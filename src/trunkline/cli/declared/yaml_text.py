"""YAML as far as JSON goes, with the line of each value: no types are guessed but those of YAML 1.2's core schema.

So ``no`` and ``22:30`` are texts, as whoever writes them means them (https://yaml.org/spec/1.2.2/#103-core-schema).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias, cast

import msgspec
import yaml

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput

Place: TypeAlias = tuple[str | int, ...]
"""Where a value is: names of fields and positions in lists, from the outside in."""

MAX_BYTES: Final = 4 << 20
DEEPEST: Final = 40
MOST_VALUES: Final = 200_000
"""Values of a file once its aliases are written out."""

_YAML: Final[Any] = yaml
"""The library, which has no types of its own for what is used here."""

_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_INT: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_NUMBER: Final = 40
_QUOTED: Final = frozenset("'\"|>")
_WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class YamlText(msgspec.Struct, frozen=True):
    """What a file says. ``lines`` has the line of each value, counted from 1; that of a field is where its name is."""

    name: str
    value: JsonValue
    lines: dict[Place, int]

    def find_line(self, place: Place) -> int:
        """The line of ``place``, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(name: str, raw: bytes) -> YamlText:
    """The one document of a file. :class:`InvalidInput` names file and line, and repeats no value of it.

    Refused are what YAML can say and JSON cannot (types of its own, names that are no texts), a name twice in a place,
    aliases that lead to themselves or make the file endless, and more than one document.
    """
    if len(raw) > MAX_BYTES:
        raise InvalidInput(f"{name} is larger than {MAX_BYTES >> 20} MB.")
    try:
        text = raw.decode("utf-8-sig")
        _require_shallow(name, text)
        node = _YAML.compose(text, Loader=_LOADER)
    except UnicodeDecodeError:
        raise InvalidInput(f"{name} is no text in UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        at = f":{error.problem_mark.line + 1}" if error.problem_mark is not None else ""
        raise InvalidInput(f"{name}{at}: this is not valid YAML: {_explain(error)}.") from None
    except yaml.YAMLError:
        raise InvalidInput(f"{name} holds a character that YAML does not allow.") from None
    if node is None:
        raise InvalidInput(f"{name} is empty. Begin it with `version: 1`, or write one: trunkline export.")
    reader = _Reader(name)
    return YamlText(name, reader.read(node, ()), reader.lines)


def read_object(value: Any) -> dict[str, Any]:
    """``value`` where it is an object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _explain(error: yaml.MarkedYAMLError) -> str:
    # The parser's word on an unknown alias, a document too many or a wrong indent; it quotes names, never values.
    return " ".join(part for part in (error.context, error.problem) if part)


def _require_shallow(name: str, text: str) -> None:
    """Refuse what would exhaust the stack of whoever builds it. Events are made without one."""
    depth = 0
    for event in cast("Iterator[Any]", _YAML.parse(text, Loader=_LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                line = event.start_mark.line + 1
                raise InvalidInput(f"{name}:{line}: lists and objects are nested more than {DEEPEST} deep.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Reader:
    def __init__(self, name: str) -> None:
        self.lines: dict[Place, int] = {}
        self._name = name
        self._open: set[int] = set()
        self._count = 0

    def read(self, node: Any, place: Place) -> JsonValue:
        self._count += 1
        self.lines.setdefault(place, node.start_mark.line + 1)
        if self._count > MOST_VALUES:
            raise self._refuse(node, f"aliases make more than {MOST_VALUES:,} values of this. Write fewer of them")
        if isinstance(node, yaml.ScalarNode):
            return self._read_scalar(node)
        if id(node) in self._open:
            raise self._refuse(node, "an alias leads to what it stands in. Write the value instead")
        self._open.add(id(node))
        value = self._read_list(node, place) if isinstance(node, yaml.SequenceNode) else self._read_object(node, place)
        self._open.discard(id(node))
        return value

    def _read_list(self, node: Any, place: Place) -> JsonValue:
        self._require_plain(node, "seq")
        return [self.read(each, (*place, index)) for index, each in enumerate(node.value)]

    def _read_object(self, node: Any, place: Place) -> JsonValue:
        self._require_plain(node, "map")
        found: dict[str, JsonValue] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._refuse(key, "the name of a field must be a text")
            name = cast("str", key.value)
            if name == "<<":
                raise self._refuse(key, "`<<` is not read. Write the fields out")
            if name in found:
                raise self._refuse(key, f"{name!r} stands here twice. Remove one of them")
            self.lines[(*place, name)] = key.start_mark.line + 1
            found[name] = self.read(value, (*place, name))
        return found

    def _read_scalar(self, node: Any) -> JsonValue:
        text = cast("str", node.value)
        self._require_plain(node, "str")
        if node.style in _QUOTED:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if len(text) <= _LONGEST_NUMBER:
            if _INT.fullmatch(text):
                return int(text)
            if _FLOAT.fullmatch(text):
                number = float(text)
                if not math.isfinite(number):
                    raise self._refuse(node, "this number is too large")
                return number
        return text

    def _require_plain(self, node: Any, tag: str) -> None:
        if node.tag not in {f"tag:yaml.org,2002:{tag}", "!"}:
            raise self._refuse(node, "types of YAML such as `!!binary` are not read. Write a text")

    def _refuse(self, node: Any, what: str) -> InvalidInput:
        return InvalidInput(f"{self._name}:{node.start_mark.line + 1}: {what}.")
