"""scim2-tester, a public client that checks servers against RFC 7643 and 7644, finds nothing that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from scim2_tester.utils import Status

from tests.contract.live_server import ADMIN, serve_live_server
from tests.contract.local_installation import PASSWORD
from tests.contract.provisioning.idle_issuer import serve_issuer


def test_a_public_client_finds_nothing_wrong(tmp_path: Path) -> None:
    with serve_issuer() as issuer, serve_live_server(tmp_path, writes_per_minute=100_000) as live:
        token = _make_token(live.url, issuer)
        headers = {"authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=f"{live.url}/scim/v2", headers=headers, trust_env=False) as client:
            results: list[Any] = check_server(SyncSCIMClient(client))
    wrong = [f"{each.title}: {each.reason}" for each in results if each.status in {Status.ERROR, Status.CRITICAL}]
    assert not wrong, "\n".join(wrong)
    assert sum(each.status is Status.SUCCESS for each in results) > 50


def _make_token(url: str, issuer: str) -> str:
    with httpx2.Client(base_url=url, trust_env=False) as admin:
        session = admin.post("/api/auth/login", json={"email": ADMIN, "password": PASSWORD}).json()
        admin.headers["authorization"] = f"Bearer {session['accessToken']}"
        body = {"slug": "corp", "name": "Corp", "issuer": issuer, "clientId": "x"}
        added = admin.post("/api/identity-providers", json=body)
        assert added.status_code == 201, added.text
        made = admin.post(f"/api/identity-providers/{added.json()['id']}/scim-token")
        assert made.status_code == 201, made.text
        return made.json()["token"]
