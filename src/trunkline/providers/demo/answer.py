"""What the demo says."""

from __future__ import annotations

import hashlib
import re
from typing import Final, Literal

import msgspec

from trunkline.providers.demo import tokens
from trunkline.providers.demo.instance import make_instance
from trunkline.providers.demo.request import ChatRequest
from trunkline.providers.demo.small_talk import HELLO, find_reply

FinishReason = Literal["stop", "length", "tool_calls"]

_QUOTE_LIMIT: Final = 90

_ANSWERS: Final = (
    (
        "You asked: “{quote}” A good question! I am the demo model, so I cannot truly answer it: I live inside"
        " Trunkline and need neither a key nor a network. Everything around me is real, though. These words came one"
        " by one, their tokens were counted, and this call is already in your usage. Connect a provider, and a real"
        " model will answer in my place."
    ),
    (
        "Let me think about “{quote}” First, I would look at what you already know. Second, I would write down what"
        " is missing. Third, I would ask a real model, because I am only Trunkline's demo: the same question always"
        " gets the same answer from me. Streaming, usage and health work the same with every provider."
    ),
    (
        "Thank you for “{quote}” If I were a large model, this is where a careful answer would stand, with examples"
        " and perhaps a table. I am a small demo instead, made to show how a configuration behaves before any key is"
        " entered. Try another system prompt, a lower limit of tokens, or a second version of this configuration, and"
        " watch what changes."
    ),
)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``pieces`` are the tokens of the text, or of the arguments of the call to ``tool``."""

    pieces: tuple[str, ...]
    finish: FinishReason
    prompt_tokens: int
    tool: str | None = None

    @property
    def text(self) -> str:
        """The pieces joined."""
        return "".join(self.pieces)


def answer(request: ChatRequest) -> Answer:
    """The one answer to ``request``.

    Calls a tool when one must be called, writes JSON when JSON is asked for, answers small talk shortly, and anything
    else with a friendly text that quotes the last thing that the user said. Ends with ``length`` at the token limit and
    before any of the stop texts.
    """
    prompt_tokens = sum(tokens.count(message.text) for message in request.messages)
    if (tool := request.forced_tool) is not None:
        arguments = msgspec.json.encode(make_instance(tool.parameters or {"type": "object"})).decode()
        return Answer(
            pieces=tuple(tokens.split(arguments)), finish="tool_calls", prompt_tokens=prompt_tokens, tool=tool.name
        )
    text = _cut_at_stop(_write(request), request.stop)
    pieces = tokens.split(text)
    limit = request.token_limit
    if limit is not None and len(pieces) > limit:
        return Answer(pieces=tuple(pieces[:limit]), finish="length", prompt_tokens=prompt_tokens)
    return Answer(pieces=tuple(pieces), finish="stop", prompt_tokens=prompt_tokens)


def _write(request: ChatRequest) -> str:
    last = next((message for message in reversed(request.messages) if message.role in ("user", "tool")), None)
    said = last.text.strip() if last is not None else ""
    wanted = request.response_format
    if wanted is not None and wanted.type == "json_schema" and wanted.json_schema is not None:
        return msgspec.json.encode(make_instance(wanted.json_schema.schema or {"type": "object"})).decode()
    if wanted is not None and wanted.type == "json_object":
        return msgspec.json.encode({"answer": f"This is the demo model. You said: {_quote(said)}"}).decode()
    if not said:
        return HELLO
    if last is not None and last.role == "tool":
        return f"The tool says: “{_quote(said)}” That is all that the demo model can make of it."
    if (reply := find_reply(said)) is not None:
        return reply
    number = int.from_bytes(hashlib.sha256(said.encode()).digest()[:4])
    return _ANSWERS[number % len(_ANSWERS)].format(quote=_quote(said))


def _quote(text: str) -> str:
    """The beginning of ``text`` on one line, ended by a mark of its own or an ellipsis or a full stop."""
    line = re.sub(r"\s+", " ", text)
    if len(line) > _QUOTE_LIMIT:
        return line[:_QUOTE_LIMIT].rsplit(" ", 1)[0] + "…"
    return line if line.endswith((".", "!", "?", "…", "}", "]")) else line + "."


def _cut_at_stop(text: str, stop: str | list[str] | None) -> str:
    for ending in [stop] if isinstance(stop, str) else stop or []:
        if ending:
            text = text.partition(ending)[0]
    return text
