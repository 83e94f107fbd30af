"""What a policy looks at of a call, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from trunkline.core.model_traits import Ability

LOG: Final = 0
ALERT: Final = 1
BLOCK: Final = 2

LONGEST_TEXT: Final = 2_000_000
"""Characters of one call that are looked through. A call with more cannot be judged by its text."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a call sends, as far as it is words and numbers; pictures, sound and files are counted or passed over.

    ``whole`` is false where some of the text cannot be read (input that is cut into tokens already). ``output_limit``
    is the most tokens of one answer that the call asks for, None where it names no limit; ``answers`` how many.
    ``images`` are the pictures sent and those asked for. ``models`` are further ones that the body itself names, for a
    provider that falls back by itself (https://openrouter.ai/docs/guides/routing/model-fallbacks). ``metadata`` is what
    the caller files it under in the body, ``needs`` what a model must be able to do.
    """

    texts: tuple[str, ...] = ()
    whole: bool = True
    input_tokens: int = 0
    output_limit: int | None = None
    answers: int = 1
    images: int = 0
    models: tuple[str, ...] = ()
    metadata: Mapping[str, str] = {}
    needs: frozenset[Ability] = frozenset()

    @property
    def characters(self) -> int:
        """How much text there is."""
        return sum(map(len, self.texts))

    @property
    def readable(self) -> bool:
        """Whether a rule about the text can be decided."""
        return self.whole and self.characters <= LONGEST_TEXT


class PolicyInput(msgspec.Struct, frozen=True, kw_only=True):
    """One call on its way to one model. ``paid`` and ``cost_nanos`` (by estimate) are None where nobody knows."""

    provider: str
    model: str
    paid: bool | None = None
    cost_nanos: int | None = None
    content: Content = Content()


class Finding(msgspec.Struct, frozen=True):
    """Whether a call breaks a policy; None: it cannot be decided, and the policy's fail mode counts.

    ``explanation`` says why in general words. It never holds anything of what was sent.
    """

    broken: bool | None
    explanation: str = ""


KEPT: Final = Finding(False)
"""Nothing is wrong."""

Matcher: TypeAlias = Callable[[str], bool]
"""Whether a pattern occurs in a text."""


class ViolationEvent(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """That a call broke a policy, as the journal keeps it. ``at`` is microseconds since the epoch."""

    id: str
    at: int
    policy_id: str
    policy_name: str
    workspace_id: str
    user_id: str
    risk_type: str
    action: int
    explanation: str
    request_id: str
    provider: str
    model: str
    host: str = ""
    application_id: str | None = None
    key_id: str | None = None
    configuration_id: str | None = None
