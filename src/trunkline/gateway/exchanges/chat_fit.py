"""How chats go to one model of a target: all that is the same for each of them, made once."""

from __future__ import annotations

import msgspec

from trunkline.core.terms import Terms
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.passthrough import Edit, Passthrough
from trunkline.gateway.estimate import Family
from trunkline.outbound.url import Url
from trunkline.providers.quirks import Quirk


class PassingFit(msgspec.Struct, frozen=True):
    """How they pass: what changes in each, and the terms of one that asks for none."""

    passthrough: Passthrough
    edit: Edit
    terms: Terms


class ChatFit(msgspec.Struct, frozen=True):
    """``theirs`` is the dialect that the provider is asked in; ``passing`` is None where calls are translated."""

    quirk: Quirk
    theirs: Dialect
    family: Family
    url: Url
    passing: PassingFit | None
