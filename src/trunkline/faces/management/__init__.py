"""The management face: accounts, workspaces, applications, keys, the audit log."""

from __future__ import annotations

from trunkline.faces.http.router import Router
from trunkline.faces.management import (
    applications,
    audit,
    auth,
    capture,
    declarations,
    encryption_key,
    identity_providers,
    keys,
    ratings,
    retention,
    routes,
    scim,
    settings,
    sign_on,
    users,
    vault,
    workspaces,
)

router = Router()
for part in (
    auth,
    sign_on,
    identity_providers,
    scim,
    users,
    workspaces,
    declarations,
    applications,
    keys,
    ratings,
    routes,
    encryption_key,
    audit,
    capture,
    retention,
    settings,
    vault,
):
    router.take_over(part.router)
