"""Making a long conversation short, which only OpenAI's responses know.

https://platform.openai.com/docs/api-reference/responses/compact
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.core.errors import Unsupported
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.exchanges.responses import Responses
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url

_KNOWN: Final = frozenset({"prompt_cache_key", "prompt_cache_retention", "service_tier"})
"""What of a configuration's parameters such a call knows too."""


class Compaction(Responses):
    """One such call. It is accounted for as any chat; what it gives is nothing to be asked for again."""

    keeps_ids = False

    __slots__ = ()

    def prepare(self, target: Target, model: str) -> PreparedChat:
        """See :meth:`.Responses.write`. Raises Unsupported for what only others can do."""
        if not target.endpoint.has_responses:
            raise Unsupported.of(
                "model",
                f"{target.provider.display_name}, which serves {self.model!r}, compacts no conversations; choose"
                " another model, one of OpenAI's, or send fewer items as input",
            )
        if self._before:
            raise Unsupported.of(
                "previous_response_id", "was not answered by OpenAI, which cannot compact it; send the items as input"
            )
        return super().prepare(target, model)

    def url(self, target: Target, model: str, native: bool) -> Url:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return target.endpoint.response("/compact")

    def defaults(self, target: Target) -> Mapping[str, JsonValue]:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        return {name: value for name, value in super().defaults(target).items() if name in _KNOWN}
