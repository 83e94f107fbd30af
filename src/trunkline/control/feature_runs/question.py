"""What a feature is asked, and the call that it becomes: a chat, a picture or vectors, by the feature's kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.dialects import openai_chat
from trunkline.gateway.answer import Answer
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.embeddings import Embeddings, PreparedEmbeddings
from trunkline.gateway.exchanges.message_stream import MessageChat
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import FeatureEntry
from trunkline.outbound import IncomingResponse

TEXTS_LIMIT: Final = 2048
"""Texts of one embeddings call: https://platform.openai.com/docs/api-reference/embeddings/create."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks, in one of three ways. ``stream`` None: as the feature's custom parameters say."""

    input: str | list[str] | None = None
    prompt: str | None = None
    messages: list[JsonObject] | None = None
    stream: bool | None = None


class VectorsCall(Embeddings):
    """An embeddings call of so many ``texts``, which leaves its books to whoever made it."""

    __slots__ = ("call", "texts")

    def __init__(self, body: bytes, texts: int) -> None:
        super().__init__(openai_chat.DIALECT, body)
        self.call: Call | None = None
        self.texts = texts

    def prepare(self, target: Target, model: str) -> PreparedEmbeddings:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        return _PreparedVectors(self, target, model)


class _PreparedVectors(PreparedEmbeddings):
    __slots__ = ("_vectors",)

    def __init__(self, vectors: VectorsCall, target: Target, model: str) -> None:
        super().__init__(vectors, target, model)
        self._vectors = vectors

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """Leaves ``call`` with who asked."""
        self._vectors.call = call
        return await super().read(call, response)


def wants_stream(feature: FeatureEntry, question: Question) -> bool:
    """Whether the answer is to come piece by piece."""
    return question.stream if question.stream is not None else feature.custom.get("stream") is True


def write_chat(feature: FeatureEntry, question: Question, modalities: Sequence[str] = ()) -> MessageChat:
    """The chat call of a feature that talks or paints. ``modalities`` is what its model is asked for, if that is said.

    Raises InvalidInput that names the wrong field.
    """
    messages = _read_messages(question)
    body: JsonObject = {"model": f"feature/{feature.slug}", "messages": list(messages)}
    if modalities:
        body["modalities"] = list(modalities)
    return MessageChat(msgspec.json.encode(body))


def write_vectors(feature: FeatureEntry, question: Question) -> VectorsCall:
    """The embeddings call. Raises InvalidInput that names the wrong field."""
    if question.messages is not None:
        raise InvalidInput.of("messages", "this feature makes vectors: send input, a text or a list of texts.")
    given = _read_text(question)
    texts = [given] if isinstance(given, str) else given
    if not 1 <= len(texts) <= TEXTS_LIMIT:
        raise InvalidInput.of("input", f"must have 1 to {TEXTS_LIMIT} texts.")
    for index, text in enumerate(texts):
        if not text:
            raise InvalidInput.of(f"input[{index}]" if isinstance(given, list) else "input", "is empty.")
    return VectorsCall(msgspec.json.encode({"model": f"feature/{feature.slug}", "input": list(texts)}), len(texts))


def _read_messages(question: Question) -> list[JsonObject]:
    if question.messages is not None:
        _read_text(question)
        if not question.messages:
            raise InvalidInput.of("messages", "needs at least one message.")
        return question.messages
    text = _read_text(question)
    if isinstance(text, list):
        raise InvalidInput.of("input", "must be one text; only features that make vectors take a list.")
    if not text.strip():
        raise InvalidInput.of("input" if question.input is not None else "prompt", "is empty.")
    return [{"role": "user", "content": text}]


def _read_text(question: Question) -> str | list[str]:
    given = [name for name in ("input", "prompt", "messages") if getattr(question, name) is not None]
    if len(given) != 1:
        said = f"send one of input, prompt and messages, not {' and '.join(given)}." if given else "is required."
        raise InvalidInput.of_all(tuple(FieldError(name, said) for name in given or ["input"]))
    return question.input if question.input is not None else question.prompt or ""
