"""What is provisioned, as SCIM describes it: https://www.rfc-editor.org/rfc/rfc7643."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Email,
    ETag,
    Filter,
    GroupMember,
    InvalidValueException,
    Mutability,
    Name,
    Patch,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.urn import URN
from scim2_server.service import ScimService

MOST_RESULTS: Final = 200


class UserEmail(Email):
    """An address of a person."""

    value: Annotated[str | None, Required.true] = None


class User(Resource[Any]):
    """A person. Of RFC 7643, section 4.1, what is of use here; other attributes are accepted and not kept."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    display_name: str | None = None
    name: Name | None = None
    emails: Annotated[list[UserEmail] | None, Required.true] = None
    active: bool | None = None


def add_address(body: bytes) -> bytes:
    """A user as they are sent, with ``emails`` where only the ``userName`` is an address: Microsoft Entra ID sends no
    others of who has no mailbox. :class:`InvalidValueException` where neither is there.
    """
    try:
        given = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The protocol says what is wrong.
        return body
    # https://www.rfc-editor.org/rfc/rfc7643#section-2.1: names are the same in any case.
    known = {name.lower(): value for name, value in given.items()}
    if known.get("emails") or "username" not in known:
        return body
    if "@" not in str(known["username"]):
        raise InvalidValueException(
            detail="The user has no email address: send `emails`, or a userName that is an address."
        )
    kept = {name: value for name, value in given.items() if name.lower() != "emails"}
    return msgspec.json.encode(kept | {"emails": [{"value": known["username"], "primary": True}]})


class Member(GroupMember):
    """Somebody in a group: who that is, the user says."""

    display: Annotated[str | None, Mutability.read_only] = None


class Group(Resource[Any]):
    """A group of people: RFC 7643, section 4.2."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[Member] | None = None


def make_service() -> ScimService:
    """The protocol over these resources. It departs from the standard where Okta and Microsoft Entra ID do."""
    config = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token that the administrator makes for the identity provider.",
                primary=True,
            )
        ],
    )
    # https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
    policy = ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    )
    types = [ResourceType.from_resource(User), ResourceType.from_resource(Group)]
    return ScimService(ScimProvider([User, Group], types, config, policy))
