"""The management face: accounts, workspaces, applications, keys, the audit log."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.management import (
    applications,
    audit,
    auth,
    capture,
    encryption_key,
    keys,
    ratings,
    retention,
    routes,
    settings,
    users,
    vault,
    workspaces,
)

router = APIRouter()
for part in (
    auth,
    users,
    workspaces,
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
    router.include_router(part.router)
