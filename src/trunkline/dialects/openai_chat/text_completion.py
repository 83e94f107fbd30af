"""OpenAI's older call for plain text, as a chat: the prompt is one message of the user.

https://platform.openai.com/docs/api-reference/completions. For providers that have only chat. What a chat cannot do
(echo, suffix, log probabilities of this wire's form, prompts of tokens) is refused, because leaving it out would change
the answer. Without ``max_tokens`` the model decides, where this call's own rule would cut after 16 tokens.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse, Choice, JsonValue, Message, Refusal, Sampling, Text, Usage
from trunkline.core.chat_events import ChatEvent, End, Failure, RefusalDelta, Start, Stop, TextDelta, UsageReport
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_chat import OpenAIChat
from trunkline.dialects.openai_chat.finish import write_finish
from trunkline.dialects.openai_chat.stream_writer import DONE, write_failure
from trunkline.dialects.openai_chat.usage import write_usage

_KNOWN: Final = frozenset(
    {
        "model", "prompt", "best_of", "echo", "frequency_penalty", "logit_bias", "logprobs", "max_tokens", "n",
        "presence_penalty", "seed", "stop", "stream", "stream_options", "suffix", "temperature", "top_p", "user",
    }
)  # fmt: skip


class TextCompletions(OpenAIChat):
    """The dialect of a client that asks for a completion."""

    name = "openai_completions"

    def read_request(self, body: bytes) -> ChatRequest:
        """The call as a chat. Raises InvalidInput, and Unsupported for what a chat cannot be asked for."""
        fields = Fields.of_body(body)
        _refuse(fields)
        options = fields.object("stream_options")
        stop = fields.value("stop")
        bias = fields.object("logit_bias")
        return ChatRequest(
            model=fields.model(),
            messages=(Message("user", (Text(_read_prompt(fields)),)),),
            sampling=Sampling(
                max_tokens=fields.integer("max_tokens"),
                temperature=fields.number("temperature"),
                top_p=fields.number("top_p"),
                frequency_penalty=fields.number("frequency_penalty"),
                presence_penalty=fields.number("presence_penalty"),
                seed=fields.integer("seed"),
                stop=(stop,) if isinstance(stop, str) else fields.texts("stop"),
                n=fields.integer("n"),
                logit_bias=None if bias is None else {token: bias.number(token) or 0 for token in bias.values},
            ),
            stream=bool(fields.flag("stream")),
            stream_usage=options is not None and bool(options.flag("include_usage")),
            user=fields.text("user"),
            extra=fields.rest(self.name, _KNOWN),
        )

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer: its text alone."""
        return msgspec.json.encode(
            {
                **_write_head(response.id, response.model, response.created),
                "choices": [_write_choice(choice) for choice in response.choices],
                "usage": write_usage(response.usage or Usage()),
            }
        )

    def stream_writer(self, request: ChatRequest) -> TextCompletionWriter:  # type: ignore[override] - a writer as well
        """A writer for one streamed answer to ``request``."""
        return TextCompletionWriter(request)


class TextCompletionWriter:
    """One stream. Every chunk has the shape of a whole answer; usage comes last, only when ``request`` asked for it."""

    __slots__ = ("_ended", "_head", "_refused", "_usage", "_wants_usage")

    def __init__(self, request: ChatRequest) -> None:
        self._wants_usage = request.stream_usage
        self._usage = Usage()
        self._head = _write_head("", request.model, 0)
        self._refused: set[int] = set()
        self._ended = False

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for ``event``; none for what is no text, and nothing after an ``End`` or a ``Failure``."""
        if self._ended:
            return b""
        match event:
            case Start(id=name, model=model, created=created, usage=usage):
                self._head = _write_head(name, model, created)
                self._usage = usage or self._usage
                return b""
            case TextDelta(text=text, choice=choice):
                return self._chunk(choice, text, None) if text else b""
            case RefusalDelta(text=text, choice=choice):
                self._refused.add(choice)
                return self._chunk(choice, text, None)
            case Stop(reason=reason, choice=choice):
                return self._chunk(choice, "", write_finish(reason, refused=choice in self._refused))
            case UsageReport(usage=usage):
                self._usage = usage
                return b""
            case Failure():
                self._ended = True
                return write_failure(event)
            case End():
                self._ended = True
                told: dict[str, JsonValue] = {**self._head, "choices": [], "usage": write_usage(self._usage)}
                return (_event(told) if self._wants_usage else b"") + DONE
            case _:
                return b""

    def _chunk(self, choice: int, text: str, finish: str | None) -> bytes:
        piece: JsonValue = {"index": choice, "text": text, "logprobs": None, "finish_reason": finish}
        return _event({**self._head, "choices": [piece]})


def _refuse(fields: Fields) -> None:
    if fields.flag("echo"):
        raise Unsupported.of("echo", "this model is reached by chat, which does not echo")
    if fields.text("suffix"):
        raise Unsupported.of("suffix", "this model is reached by chat, which does not fill gaps")
    if fields.integer("logprobs") is not None:
        raise Unsupported.of("logprobs", "this model is reached by chat; ask /v1/chat/completions for them")
    best = fields.integer("best_of")
    if best is not None and best > (fields.integer("n") or 1):
        raise Unsupported.of("best_of", "this model is reached by chat, which does not choose the best of several")


def _read_prompt(fields: Fields) -> str:
    prompt = fields.value("prompt")
    if isinstance(prompt, list):
        if len(prompt) > 1 or (prompt and not isinstance(prompt[0], str)):
            raise Unsupported.of("prompt", "this model is reached by chat: send one text, not several and not tokens")
        prompt = prompt[0] if prompt else None
    if not isinstance(prompt, str) or not prompt:
        raise InvalidInput.of("prompt", "is required, as a text")
    return prompt


def _write_head(name: str, model: str, created: int) -> dict[str, JsonValue]:
    return {"id": name, "object": "text_completion", "created": created, "model": model}


def _write_choice(choice: Choice) -> JsonValue:
    refused = any(isinstance(part, Refusal) for part in choice.parts)
    return {
        "index": choice.index,
        "text": "".join(part.text for part in choice.parts if isinstance(part, Text | Refusal)),
        "logprobs": None,
        "finish_reason": write_finish(choice.stop, refused=refused),
    }


def _event(chunk: dict[str, JsonValue]) -> bytes:
    return b"data: %b\n\n" % msgspec.json.encode(chunk)
