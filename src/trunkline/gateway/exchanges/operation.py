"""A call beside chat: pictures, speech, transcripts, moderation, ranking, plain completions.

Where the provider offers the call, the body passes with only the name of the model edited, and the answer passes as it
came. Where it does not but a chat can do the same (pictures, plain completions), the call becomes a chat.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.errors import Unsupported, UpstreamError
from trunkline.core.policy import Content
from trunkline.core.usage_event import Operation
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_chat import passthrough
from trunkline.dialects.openai_chat.hearing import hear_whole
from trunkline.dialects.openai_chat.pictures import Pictures
from trunkline.dialects.openai_chat.text_completion import TextCompletions
from trunkline.dialects.openai_error import read_error
from trunkline.dialects.openai_operations.body import Body
from trunkline.dialects.openai_operations.json_body import JsonBody
from trunkline.dialects.openai_operations.tap import SoundTap, TypedEventTap
from trunkline.dialects.openai_operations.usage import ResponseUsage, read_told
from trunkline.dialects.passthrough import Tap
from trunkline.gateway.answer import EVENTS, Answer, HeaderList, write_headers
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate, Family, count_tokens, find_family, text_tokens
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.content import FALLBACKS
from trunkline.gateway.exchanges.exchange import Prepared
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.exchanges.output_bound import bound_output
from trunkline.gateway.relays.raw_relay import RawRelay
from trunkline.gateway.relays.relay import failed, mark
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.providers.defaults import OPENAI_CHAT
from trunkline.providers.provider import Paths, Provider

_LEGACY_FIELDS: Final = frozenset(
    {
        "frequency_penalty",
        "logit_bias",
        "max_tokens",
        "n",
        "presence_penalty",
        "seed",
        "stop",
        "temperature",
        "top_p",
    }
)
"""What of a configuration's parameters the older completions call knows too."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of call. ``path`` is where a provider has it; ``counted`` are the fields whose text we count.

    ``billed`` names what such a call is billed by where that is not our count of tokens. ``as_chat`` makes the dialect
    by which a chat stands in for it, None where none can.
    """

    operation: Operation
    what: str
    path: Callable[[Paths], str | None]
    counted: tuple[str, ...]
    billed: str | None = None
    as_chat: Callable[[Provider], Dialect | None] = lambda _: None


def _draw(provider: Provider) -> Dialect | None:
    return Pictures(provider.dialect) if "images" in provider.capabilities else None


IMAGES: Final = Kind(
    operation="images",
    what="makes no pictures",
    path=lambda paths: paths.images,
    counted=("prompt",),
    billed="images",
    as_chat=_draw,
)
EDITS: Final = Kind(
    operation="images",
    what="changes no pictures",
    path=lambda paths: paths.edits,
    counted=("prompt",),
    billed="images",
)
SPEECH: Final = Kind(
    operation="speech",
    what="does not speak",
    path=lambda paths: paths.speech,
    counted=("input", "instructions"),
    billed="audioOutput",
)
TRANSCRIPTIONS: Final = Kind(
    operation="transcriptions",
    what="writes no transcripts",
    path=lambda paths: paths.transcriptions,
    counted=("prompt",),
    billed="audioInput",
)
MODERATIONS: Final = Kind(
    operation="moderations",
    what="does not moderate",
    path=lambda paths: paths.moderations,
    counted=("input",),
    billed="moderations",
)
RERANK: Final = Kind(
    operation="rerank",
    what="does not rank",
    path=lambda paths: paths.rerank,
    counted=("query", "documents"),
    billed="rerankings",
)
COMPLETIONS: Final = Kind(
    operation="completions",
    what="completes no text",
    path=lambda paths: paths.completions,
    counted=("prompt",),
    as_chat=lambda _: TextCompletions(),
)


class OperationCall:
    """One call of ``kind``. Implements :class:`~trunkline.gateway.exchanges.exchange.Exchange`.

    ``content_type`` is the caller's, with the boundary of a form.
    """

    __slots__ = ("body", "content_type", "kind", "model", "streams")

    def __init__(self, kind: Kind, body: Body, content_type: str) -> None:
        self.kind = kind
        self.body = body
        self.content_type = content_type
        self.model = body.model
        self.streams = body.streams or kind is SPEECH

    @property
    def operation(self) -> Operation:
        """Under which name it stands in the books."""
        return self.kind.operation

    @property
    def user(self) -> str | None:
        """Whom the caller serves, in its own words."""
        return self.body.text("user")

    @property
    def pin(self) -> Pin | None:
        """Nothing is kept of such a call."""
        return None

    def bounded(self, tokens: int) -> OperationCall:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`. Only plain completions have such a limit."""
        if self.kind is not COMPLETIONS:
            return self
        return OperationCall(self.kind, JsonBody(bound_output(OPENAI_CHAT, self.body.raw, tokens)), self.content_type)

    def prepare(self, target: Target, model: str) -> Prepared:
        """The call for ``target``. Raises Unsupported where the provider offers nothing of the kind."""
        provider = target.provider
        path = self.kind.path(provider.paths)
        if path is not None:
            return PreparedOperation(self, target, model, path)
        dialect = self.kind.as_chat(provider)
        if dialect is None:
            raise Unsupported.of(
                "model",
                f"{provider.display_name}, which serves {self.model!r}, {self.kind.what}; choose another model",
            )
        return Chat(dialect, self.body.raw).prepare(target, model)

    def guess_tokens(self) -> int:
        """See :class:`~trunkline.gateway.exchanges.exchange.Inspectable`."""
        return text_tokens(self.body.characters(*self.kind.counted))

    def content(self) -> Content:
        """What is sent, for policies."""
        body, text = self.body, self.kind is COMPLETIONS
        asked = max(body.number("n") or 1, 1)
        return Content(
            texts=tuple(body.texts()),
            whole=not body.holds_tokens("prompt", "input"),
            input_tokens=self.guess_tokens(),
            output_limit=body.number("max_tokens") if text else 0,
            answers=asked,
            images=asked if self.kind.operation == "images" else 0,
            models=tuple(body.texts(*FALLBACKS)),
        )

    def count(self, family: Family) -> int:
        """The tokens of the input, by our own count."""
        words = "\n".join(self.body.texts(*self.kind.counted))
        counted = math.ceil(count_tokens(family.vocabulary, words) * family.scale) if words else 0
        return counted + self.body.tokens(*self.kind.counted)


class PreparedOperation:
    """One that its provider offers. Implements :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""

    __slots__ = ("_body", "_call", "_dropped", "_family", "_kind", "_target", "request")

    def __init__(self, call: OperationCall, target: Target, model: str, path: str) -> None:
        self._call = call
        self._kind = call.kind
        self._body = call.body
        self._target = target
        self._family = find_family(model, target.provider.id)
        defaults: Mapping[str, JsonValue] = {}
        self._dropped: tuple[str, ...] = ()
        if call.kind is COMPLETIONS:
            # A configuration's parameters are those of a chat, of which plain completions share some.
            defaults = {name: value for name, value in target.wire_defaults.items() if name in _LEGACY_FIELDS}
            self._dropped = ("systemPrompt",) if target.defaults.system_prompt else ()
        body = call.body.edit(model, defaults=defaults, stream_usage=call.kind is COMPLETIONS)
        headers = [pair for pair in target.endpoint.headers if pair[0].lower() != "content-type"]
        headers.append(("content-type", call.content_type))
        self.request = OutgoingRequest("POST", target.endpoint.operation(path, model), headers, body)

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""
        kind = (response.headers.get("content-type") or "").lower()
        events = kind.startswith("text/event-stream")
        if events or (self._kind is SPEECH and not kind.startswith(("application/json", "text/"))):
            return await self._relay(call, response, events=events)
        raw = call.disclosure.whole(await response.read())
        is_json = "json" in kind
        if "html" in kind or (not is_json and self._kind is not TRANSCRIPTIONS):
            raise _odd(self._target, response, "did not answer in JSON")
        told = self._read_told(raw) if is_json else ResponseUsage()
        if told.error is not None:
            raise failed(told.error, self._target.provider.id)
        call.answered = told.model
        usage = call.believe(told.usage)
        # A number of pictures or a length of sound is no price by itself.
        unmetered = None if usage is not None and usage.total > 0 else self._kind.billed
        estimated = usage is None or (usage.total == 0 and usage.images > 0)
        if self._kind is COMPLETIONS:
            usage, estimated = self._counts().complete(usage, lambda: hear_whole(raw), whole=True)
            raw = passthrough.tell_whole_usage(raw, mark(usage)) if estimated else raw
        elif usage is None or estimated:
            usage = msgspec.structs.replace(usage or Usage(), input=self._call.count(self._family))
        await call.settle("ok", usage=usage, estimated=estimated, unmetered=unmetered)
        headers = write_headers(call, self._target, self._dropped)
        headers.append((b"content-type", _content_type(response)))
        return Answer(200, headers, body=raw)

    def _read_told(self, raw: bytes) -> ResponseUsage:
        if self._kind is not COMPLETIONS:
            return read_told(raw, pictures=self._kind.operation == "images")
        tapped = passthrough.read_tap(raw)
        return ResponseUsage(tapped.usage, tapped.error, tapped.model)

    async def _relay(self, call: Call, response: IncomingResponse, *, events: bool) -> Answer:
        plain = self._kind is COMPLETIONS
        tap: Tap = SoundTap()
        if plain and isinstance(self._body, JsonBody):
            tap = passthrough.StreamTap(strip_usage=not self._body.stream_usage)
        elif events:
            tap = TypedEventTap()
        tells = plain and isinstance(self._body, JsonBody) and self._body.stream_usage
        relay = RawRelay(
            call,
            response,
            tap,
            self._counts(),
            unmetered=self._kind.billed,
            characters=self._body.characters("input") if self._kind is SPEECH else 0,
            in_band=events,
            marked=plain,
            tells=tells,
        )
        try:
            await relay.start()
        except BaseException:
            # A cancellation as well: nobody will read the rest, and the provider should see that.
            response.abort()
            raise
        headers: HeaderList = write_headers(call, self._target, self._dropped)
        headers.extend(EVENTS if events else ((b"content-type", _content_type(response)),))
        return Answer(200, headers, relay=relay)

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        return read_error(response.status, body, response.headers)

    def estimate(self) -> Usage:
        """What a call that was cut off before its answer may have used: its input."""
        return Usage(input=self._call.count(self._family))

    def _counts(self) -> Estimate:
        return Estimate(self._family, lambda: self._call.count(self._family))


def _content_type(response: IncomingResponse) -> bytes:
    return (response.headers.get("content-type") or "application/octet-stream").encode("latin-1", "replace")


def _odd(target: Target, response: IncomingResponse, words: str) -> UpstreamError:
    return UpstreamError(
        f"{target.provider.display_name} {words}. Check the base URL.",
        kind="malformed",
        provider=target.provider.id,
        status=response.status,
    )
