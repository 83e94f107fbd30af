"""Health, metrics, the reference."""

from __future__ import annotations

import dataclasses

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import LocalInstallation
from trunkline.control.monitoring.families import FAMILIES
from trunkline.control.readiness import Readiness
from trunkline.core.errors import Forbidden, Unauthenticated, Unavailable
from trunkline.faces.operations.operations import require_scraper


async def test_a_running_server_is_alive_and_ready(local: LocalInstallation) -> None:
    assert (await local.client().get("/healthz")).json() == {"status": "ok"}
    ready = await local.client().get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["checks"] == {"snapshot": "ok", "journal": "ok", "database": "ok", "intake": "ok"}


async def test_what_is_missing_is_told(local: LocalInstallation) -> None:
    problems: dict[str, str | None] = {"journal": None}

    async def look_at_journal() -> str | None:
        return problems["journal"]

    async def look_at_database() -> str | None:
        raise Unavailable("The database cannot be reached.")

    readiness = Readiness({"journal": look_at_journal}, {"database": look_at_database})
    local.app.state.services = dataclasses.replace(local.services, health=readiness)
    degraded = await local.client().get("/readyz")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert degraded.json()["checks"]["database"] == "The database cannot be reached."
    problems["journal"] = "The disk is full."
    unready = await local.client().get("/readyz")
    assert (unready.status_code, unready.json()["status"]) == (503, "unready")


@pytest.mark.parametrize(
    ("host", "token", "headers", "error"),
    [
        ("127.0.0.1", None, {}, None),
        ("::1", None, {}, None),
        ("::ffff:127.0.0.1", None, {}, None),
        ("10.0.0.5", None, {}, Forbidden),
        ("testclient", None, {}, Forbidden),
        ("127.0.0.1", None, {"x-forwarded-for": "10.0.0.5"}, Forbidden),
        ("10.0.0.5", "secret", {"authorization": "Bearer secret"}, None),
        ("10.0.0.5", "secret", {"authorization": "bearer  secret "}, None),
        ("127.0.0.1", "secret", {}, Unauthenticated),
        ("127.0.0.1", "secret", {"authorization": "Bearer other"}, Unauthenticated),
        ("127.0.0.1", "secret", {"authorization": "Basic secret"}, Unauthenticated),
    ],
)
def test_metrics_are_for_this_machine_or_a_token(
    host: str, token: str | None, headers: dict[str, str], error: type[Exception] | None
) -> None:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "client": (host, 1), "headers": sent})
    if error is None:
        require_scraper(request, token)
        return
    with pytest.raises(error, match="TRUNKLINE_METRICS_TOKEN"):
        require_scraper(request, token)


async def test_metrics_are_in_prometheus_format(local: LocalInstallation) -> None:
    answer = await local.client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


async def test_metrics_show_what_calls_did(live: LiveServer) -> None:
    caller = live.client((await (await live.admin()).make_key())["key"])
    served = {"model": "demo/demo-chat", "messages": [{"role": "user", "content": "Hello"}]}
    assert (await caller.post("/v1/chat/completions", json=served)).status_code == 200
    assert (await caller.post("/v1/chat/completions", json={**served, "model": "nothing"})).status_code == 404
    assert (await live.client("tl-wrong").post("/v1/messages", json=served)).status_code == 401
    text = (await caller.get("/metrics")).text
    found = {
        family.name: {tuple(one.labels.values()): one.value for one in family.samples}
        for family in text_string_to_metric_families(text)
    }
    assert set(found) == {family.name for family in FAMILIES}
    assert found["trunkline_http_requests"] == {
        ("openai_chat", "chat", "200", "0"): 1,
        ("openai_chat", "chat", "404", "0"): 1,
        ("anthropic_messages", "chat", "401", "0"): 1,
    }
    assert found["trunkline_refused_calls"] == {("model_not_found", "0"): 1}
    assert found["trunkline_calls"] == {("demo-chat", "chat", "ok", "demo", "0"): 1}
    for name in ("process_resident_memory_bytes", "snapshot_revision", "event_loop_lag_seconds", "configurations"):
        assert found[f"trunkline_{name}"], name


async def test_metrics_are_in_openmetrics_where_that_is_asked_for(local: LocalInstallation) -> None:
    answer = await local.client().get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert len(list(parse_openmetrics(answer.text))) == len(FAMILIES)


async def test_the_reference_describes_every_route(local: LocalInstallation) -> None:
    document = (await local.client().get("/openapi.json")).json()
    assert "/api/keys" in document["paths"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("description"), (method, path)
            assert operation.get("tags"), (method, path)
            assert "422" not in operation["responses"], (method, path)
            # What calls fail with is in the format of their SDK.
            failure = operation["responses"]["default" if operation["tags"] == ["Calls"] else "500"]
            assert failure["description"], (method, path)
    assert document["paths"]["/api/keys"]["get"]["security"] == [{"token": []}]
    assert "security" not in document["paths"]["/api/auth/login"]["post"]
    page = await local.client().get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for name in ("reference.js", "schema.js", "reference.css", "look.css", "look.js", "page.css", "icon.svg"):
        assert (await local.client().get(f"/docs/{name}")).status_code == 200
