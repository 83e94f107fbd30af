"""What is kept of an answer in OpenAI's responses dialect, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import Message
from trunkline.core.errors import InvalidInput, NotFound, Unavailable
from trunkline.core.usage_event import Opened
from trunkline.gateway.routing.candidate import Candidate

PREFIX: Final = "resp_tl_"
"""How the ids of answers begin that are kept here; others are the provider's own."""


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """Which configuration served an answer that its provider keeps, and in which version.

    ``model`` is the name by which the caller asked for it.
    """

    configuration_id: str
    version_id: str | None = None
    model: str = ""

    def choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The one of ``candidates`` that served the answer, in the same version if that is still there; else None."""
        same = next((one for one in candidates if one.entry.id == self.configuration_id), None)
        if same is None or same.trial is None:
            return same
        for variant in same.trial.variants:
            if variant.entry.version_id == self.version_id:
                model = variant.entry.model or same.model
                phase = same.trial.phase_id
                return msgspec.structs.replace(same, entry=variant.entry, model=model, trial=None, phase_id=phase)
        return msgspec.structs.replace(same, trial=None)

    def find(self, candidates: Sequence[Candidate], field: str) -> Candidate:
        """As :meth:`choose`. Raises InvalidInput, for the ``field`` that named the answer, where none of them did."""
        found = self.choose(candidates)
        if found is None:
            raise InvalidInput.of(
                field,
                f"was answered by {self.model!r}, whose provider keeps the conversation. Name that as the model, or"
                " send the whole conversation as input instead.",
                code="previous_response_elsewhere",
            )
        return found


class KeptResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. Either ``pin`` is there, and its provider keeps it, or ``messages``: the conversation up to it.

    ``body`` is the answer as its client got it, in JSON; ``background`` whether it was made in the background, and
    ``opened`` the call in whose name it then is accounted for when it ends.
    """

    pin: Pin | None = None
    messages: tuple[Message, ...] = ()
    body: bytes = b""
    background: bool = False
    opened: Opened | None = None


class ResponseStore(Protocol):
    """Where answers are kept, each for who asked for it alone. Raises Unavailable when it cannot be reached."""

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        """Keep an answer for ``actor``, in the place of one with the same id."""
        ...

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        """What ``actor`` has kept."""
        ...

    async def drop(self, actor: Actor, response_id: str) -> None:
        """Forget it."""
        ...

    async def claim(self, actor: Actor, response_id: str) -> bool:
        """Whether this is the first time that an answer's end is seen, so that it is accounted for once."""
        ...


async def find_kept(store: ResponseStore, actor: Actor, response_id: str, *, code: str = "") -> KeptResponse:
    """What ``actor`` has kept. Raises NotFound, which tells nothing of what others have."""
    kept = await store.find(actor, response_id)
    if kept is None:
        raise NotFound(
            f"There is no stored response {response_id!r}: it was not stored, was made by another caller, or is older"
            " than 30 days. To go on from it, send the whole conversation as input instead.",
            code=code or "response_not_found",
        )
    return kept


async def claim_end(store: ResponseStore, actor: Actor, response_id: str) -> bool:
    """Whether the end of an answer is to be accounted for now. Where that cannot be told, the next who sees it does."""
    try:
        return await store.claim(actor, response_id)
    except Unavailable:
        return False
