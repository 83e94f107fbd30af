"""A public conformance client of SCIM finds nothing wrong: https://scim2-tester.readthedocs.io."""

from __future__ import annotations

from pathlib import Path

import httpx2

from tests.contract.provisioning.idle_issuer import serve_issuer
from tests.e2e.server import Server

_UNSUPPORTED = {"POST /.search: searching several resource types at once is not supported by the server"}
"""What the standard leaves to a server, and is refused as it says: RFC 7644, section 3.4.3."""


def test_the_conformance_client_finds_nothing_wrong(tmp_path: Path) -> None:
    # Not above: beside the modules of all tests it takes seconds, and each process that shares them would import it.
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_tester import Status, check_server

    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback")
    with serve_issuer() as issuer:
        server.start()
        try:
            server.sign_in()
            body = {"slug": "corp", "name": "Corp", "issuer": issuer, "clientId": "x", "clientSecret": "y"}
            status, made = server.ask("POST", "/api/identity-providers", body)
            assert status == 201, made
            status, token = server.ask("POST", f"/api/identity-providers/{made['id']}/scim-token")
            assert status == 201, token
            headers = {"authorization": f"Bearer {token['token']}"}
            with httpx2.Client(base_url=f"{server.url}/scim/v2", headers=headers, timeout=60) as http:
                client = SyncSCIMClient(http)
                client.discover()
                results = check_server(client)
        finally:
            server.kill()
    wrong = [result for result in results if result.status is not Status.SUCCESS and result.reason not in _UNSUPPORTED]
    assert wrong == []
    assert len(results) > 50
