"""An error on its way from one process to another: raised again there as what it was here."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.errors import (
    BudgetSpent,
    CannotOpen,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    TrunklineError,
    Unavailable,
    UpstreamError,
    UpstreamKind,
)

_PLAIN: Final = {kind.__name__: kind for kind in (CannotOpen, Conflict, Forbidden, NotFound, TooLarge, Unavailable)}


class TransferredError(msgspec.Struct, array_like=True, omit_defaults=True):
    """``kind`` is the name of its class, the rest what that has."""

    kind: str
    message: str
    code: str
    fields: list[tuple[str, str]] = []
    retry_after: float | None = None
    soon: bool = False
    tokens: bool = False
    upstream: UpstreamKind | None = None
    provider: str = ""
    status: int | None = None
    detail: str | None = None

    @classmethod
    def of(cls, error: TrunklineError) -> TransferredError:
        """``error`` for the way."""
        kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in _KNOWN), "Unavailable")
        told = cls(kind, error.message, error.code)
        if isinstance(error, InvalidInput):
            told.fields = [(wrong.field, wrong.message) for wrong in error.fields]
        elif isinstance(error, TooMany | BudgetSpent | UpstreamError):
            told.retry_after = error.retry_after
        if isinstance(error, BudgetSpent):
            told.soon = error.soon
        elif isinstance(error, TooMany):
            told.tokens = error.tokens
        elif isinstance(error, UpstreamError):
            told.upstream, told.provider = error.kind, error.provider
            told.status, told.detail = error.status, error.detail
        return told

    def make(self) -> TrunklineError:
        """The error again."""
        if self.kind == "InvalidInput":
            fields = tuple(FieldError(field, message) for field, message in self.fields)
            return InvalidInput(self.message, fields=fields, code=self.code)
        if self.kind == "TooMany":
            return TooMany(self.message, retry_after=self.retry_after or 1.0, code=self.code, tokens=self.tokens)
        if self.kind == "BudgetSpent":
            return BudgetSpent(self.message, retry_after=self.retry_after, soon=self.soon)
        if self.upstream is not None:
            return UpstreamError(
                self.message,
                kind=self.upstream,
                provider=self.provider,
                status=self.status,
                detail=self.detail,
                retry_after=self.retry_after,
            )
        return _PLAIN.get(self.kind, Unavailable)(self.message, code=self.code)


_KNOWN: Final = {*_PLAIN, "InvalidInput", "TooMany", "BudgetSpent", "UpstreamError"}
