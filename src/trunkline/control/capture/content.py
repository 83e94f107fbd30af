"""What is kept of a captured call: readable, without keys, and within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from trunkline.core.capture import LARGEST_BYTES
from trunkline.core.personal_redaction import redact_personal_data
from trunkline.core.redact import redact
from trunkline.gateway.capture.captured_call import CapturedCall

_MANY: Final = 16
"""Numbers in a row from which on they are only counted."""
_LONG: Final = 1_024
"""Characters without a space from which on a text is taken for none."""


class Content(msgspec.Struct, frozen=True):
    """``request`` and ``answer`` are texts, mostly JSON; None where there is none. ``…_size`` are the bytes that they
    had; ``cut`` says that something is left out because it was too large."""

    request: str | None
    answer: str | None
    request_size: int
    answer_size: int
    cut: bool


def prepare(call: CapturedCall) -> Content:
    """What is kept of ``call``. May take some hundredths of a second."""
    writer = _Writer(call)
    request = writer.write(call.request)
    answer = None if call.answer is None else writer.write_answer(call.answer)
    return Content(request, answer, call.request_size, call.answer_size, writer.cut or call.leaves_out)


class _Writer:
    """Of one call: redacts, and keeps within the bounds."""

    def __init__(self, call: CapturedCall) -> None:
        self._call = call
        self.cut = False

    def write_answer(self, answer: bytes) -> str | None:
        """A stream is put together again: what stands across two pieces would not be found in either."""
        if not self._call.streamed:
            return self.write(answer)
        join = self._call.join
        whole = None if join is None else join(answer, self._call.event.model)
        return None if whole is None else self.write(whole)

    def write(self, body: bytes) -> str:
        """JSON with each of its texts redacted, or, where it is none, all of it as one text."""
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return self._cut(self._clean(body[: 2 * LARGEST_BYTES].decode("utf-8", "replace")))
        return self._cut(msgspec.json.encode(self._redact(value)).decode())

    def _redact(self, value: object) -> object:
        if isinstance(value, str):
            return self._redact_text(value)
        if isinstance(value, dict):
            fields = cast("Mapping[str, object]", value)
            return {self._redact_text(name): self._redact(each) for name, each in fields.items()}
        if isinstance(value, list):
            each = cast("list[object]", value)
            if len(each) > _MANY and all(isinstance(one, int | float) for one in each):
                # A vector says nothing to a reader.
                self.cut = True
                return f"[{len(each):,} numbers]"
            return [self._redact(one) for one in each]
        return value

    def _redact_text(self, text: str) -> str:
        if len(text) > _LONG and " " not in text[:_LONG]:
            # Pictures and sounds are in Base64: of no use to a reader, and all the room that there is.
            self.cut = True
            return f"[{len(text):,} characters]"
        if len(text) > LARGEST_BYTES:
            self.cut = True
            text = text[:LARGEST_BYTES]
        return self._clean(text)

    def _clean(self, text: str) -> str:
        key, rule = self._call.redaction, self._call.rule
        text = redact(text if key is None else key.text(text))
        return redact_personal_data(text, rule.countries) if rule.redacts_personal_data else text

    def _cut(self, text: str) -> str:
        raw = text.encode()
        if len(raw) <= LARGEST_BYTES:
            return text
        self.cut = True
        return raw[:LARGEST_BYTES].decode("utf-8", "ignore")
