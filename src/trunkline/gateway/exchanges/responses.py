"""A call in OpenAI's responses dialect, which may go on from an answer that was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest, JsonValue, Message
from trunkline.core.errors import Unsupported
from trunkline.dialects import openai_responses
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.ollama import DIALECT as OLLAMA
from trunkline.dialects.ollama.request import OWN as OLLAMAS_OWN
from trunkline.dialects.openai_responses.passthrough import ResponsePeek
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.answer_keeper import AnswerKeeper
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.chat_fit import ChatFit, PassingFit
from trunkline.gateway.exchanges.kept_response import Pin, ResponseStore, find_kept
from trunkline.gateway.exchanges.passing_response import PassingResponse
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.exchanges.response_keeper import ResponseKeeper
from trunkline.gateway.exchanges.unsupported_fields import find_unsaid
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url

PREVIOUS: Final = "previous_response_id"


class Responses(Chat):
    """One such call.

    With a provider that speaks this dialect itself its bytes pass, and the provider keeps the conversation: we keep
    whose answer it is and what served it. Else the call is translated, and we keep the conversation.
    """

    keeps_ids = True
    """Whether what its provider keeps can be asked for again."""

    __slots__ = ("_before", "_pin", "actor", "asked", "store")

    def __init__(self, body: bytes, actor: Actor, store: ResponseStore) -> None:
        super().__init__(openai_responses.DIALECT, body)
        assert isinstance(self.peek, ResponsePeek)
        self.asked = self.peek
        self.actor = actor
        self.store = store
        self._before: tuple[Message, ...] = ()
        self._pin: Pin | None = None

    @property
    def pin(self) -> Pin | None:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        return self._pin

    @property
    def earlier(self) -> Sequence[Message]:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return self._before

    async def load(self) -> None:
        """Fetch what the call goes on from. Raises :class:`NotFound` for what this caller has not stored here."""
        previous = self.asked.previous
        if previous is None:
            return
        kept = await find_kept(self.store, self.actor, previous, code="previous_response_not_found")
        self._pin, self._before = kept.pin, kept.messages

    def prepare(self, target: Target, model: str) -> PreparedChat:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`. Refuses what another dialect cannot keep and must not
        lose."""
        if not self.is_native(target):
            said = self._said()
            # The tools of a vendor are refused by their names.
            ours = {"tools", *([PREVIOUS] if self._before else ()), *(["tool_choice"] if said.get("tools") else ())}
            lost = sorted(name for name in openai_responses.BINDING & said.keys() - ours if said[name])
            if lost:
                raise Unsupported.of(lost[0], f"{target.provider.display_name} has no such thing; leave it out")
        return super().prepare(target, model)

    def _pass(self, target: Target, model: str, fit: ChatFit, passing: PassingFit) -> PassingResponse:
        return PassingResponse(self, target, model, fit, passing)

    def _can_pass(self, target: Target, native: bool) -> bool:
        return native

    def is_native(self, target: Target) -> bool:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return target.endpoint.has_responses and not self._before

    def url(self, target: Target, model: str, native: bool) -> Url:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return target.endpoint.responses(model) if native else super().url(target, model, native)

    def defaults(self, target: Target) -> Mapping[str, JsonValue]:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return target.responses_defaults

    def tell_dropped(self, dropped: tuple[str, ...], theirs: Dialect) -> tuple[str, ...]:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        # A summary is made of whatever thoughts there are: see the dialect's own writers.
        said_here = (name for name in dropped if name != "reasoning.summary")
        return tuple(dict.fromkeys((*said_here, *find_unsaid(self.read_request(), _served(theirs)))))

    def fit(self, request: ChatRequest, target: Target, theirs: Dialect) -> ChatRequest:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        extra = dict(request.extra)
        own = extra.pop(openai_responses.DIALECT.name, {})
        if served := {name: value for name, value in own.items() if name in _served(theirs)}:
            extra[openai_responses.DIALECT.name] = served
        # Whether to store it is said to us, who do it.
        request = msgspec.structs.replace(request, extra=extra, store=None)
        if not self._before:
            return request
        # The system prompt of this call is the one that counts, as OpenAI has it; earlier ones are not repeated.
        leading = [message for message in request.messages if message.role == "system"]
        rest = [message for message in request.messages if message.role != "system"]
        return msgspec.structs.replace(request, messages=(*leading, *self._before, *rest))

    def make_keeper(self, call: Call) -> AnswerKeeper | None:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return ResponseKeeper(self.store, self.actor, call, self.read_request(), self._before)

    def _said(self) -> dict[str, JsonValue]:
        return dict(self.read_request().extra.get(openai_responses.DIALECT.name, {}))


def _served(theirs: Dialect) -> frozenset[str]:
    """What only this dialect's client says and its target knows all the same."""
    return OLLAMAS_OWN if theirs.name == OLLAMA.name else frozenset()
