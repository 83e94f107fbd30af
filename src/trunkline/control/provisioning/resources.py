"""What is provisioned, as SCIM describes it: https://www.rfc-editor.org/rfc/rfc7643."""

from __future__ import annotations

from typing import Annotated, Any, Final

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Email,
    ETag,
    Filter,
    Group,
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


class User(Resource[Any]):
    """A person. Of RFC 7643, section 4.1, what is of use here; other attributes are accepted and not kept."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    display_name: str | None = None
    name: Name | None = None
    emails: list[Email] | None = None
    active: bool | None = None


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
