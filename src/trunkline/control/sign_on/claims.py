"""What is read of the claims of a provider: an address, a name, groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from trunkline.control.people.address import read_email
from trunkline.core.errors import Forbidden, InvalidInput

_MOST_GROUPS = 10_000


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in at a provider.

    ``email_verified`` None: the provider does not say. ``email`` is in its kept form, None where there is none.
    """

    subject: str
    email: str | None
    email_verified: bool | None
    name: str
    groups: frozenset[str]


def lacks_claims(claims: Mapping[str, Any], groups_claim: str) -> bool:
    """Whether the provider should be asked for more than its ID token says."""
    return "email" not in claims or "name" not in claims or groups_claim not in claims


def read_person(claims: Mapping[str, Any], groups_claim: str) -> Person:
    """Who ``claims`` are of. :class:`Forbidden` for groups that are not in the token because they are too many."""
    verified = claims.get("email_verified")
    text = claims.get("email") or claims.get("preferred_username")
    try:
        email = read_email(text) if isinstance(text, str) else None
    except InvalidInput:
        email = None
    name = claims.get("name")
    return Person(
        subject=str(claims["sub"]),
        email=email,
        # Some write it as a text: https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
        email_verified=None if verified is None or not claims.get("email") else verified in (True, "true"),
        name=name[:255] if isinstance(name, str) and name.isprintable() else "",
        groups=_read_groups(claims, groups_claim),
    )


def _read_groups(claims: Mapping[str, Any], groups_claim: str) -> frozenset[str]:
    found = claims.get(groups_claim)
    elsewhere = claims.get("_claim_names")
    if found is None and isinstance(elsewhere, dict) and groups_claim in elsewhere:
        # https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference#groups-overage-claim
        raise Forbidden(
            "You are in more groups than fit into a token of the provider. Its administrator can have it send only"
            " the groups that are assigned to Trunkline.",
            code="sign_on_too_many_groups",
        )
    given = [found] if isinstance(found, str) else cast("list[object]", found) if isinstance(found, list) else []
    return frozenset(each for each in given[:_MOST_GROUPS] if isinstance(each, str))
