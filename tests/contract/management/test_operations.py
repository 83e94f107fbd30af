"""Health, metrics, the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.contract.world import Faces, World, open_world
from trunkline.control.health import Health
from trunkline.core.errors import Unavailable


async def test_a_running_server_is_alive_and_ready(local: World) -> None:
    assert (await local.client().get("/healthz")).json() == {"status": "ok"}
    ready = await local.client().get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["checks"] == {"snapshot": "ok", "database": "ok"}


async def test_what_is_missing_is_told(tmp_path: Path) -> None:
    problems: dict[str, str | None] = {"journal": None}

    async def look_at_journal() -> str | None:
        return problems["journal"]

    async def look_at_database() -> str | None:
        raise Unavailable("The database cannot be reached.")

    class Checked(Faces):
        def services(self, parts: Any) -> dict[str, Any]:
            return {"health": Health({"journal": look_at_journal}, {"database": look_at_database})}

    url = f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db"
    async with open_world(url, tmp_path / "data", faces=Checked()) as world:
        degraded = await world.client().get("/readyz")
        assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
        assert degraded.json()["checks"]["database"] == "The database cannot be reached."
        problems["journal"] = "The disk is full."
        unready = await world.client().get("/readyz")
        assert (unready.status_code, unready.json()["status"]) == (503, "unready")


async def test_metrics_are_in_prometheus_format(local: World) -> None:
    answer = await local.client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


async def test_the_reference_describes_every_route(local: World) -> None:
    document = (await local.client().get("/openapi.json")).json()
    assert "/api/keys" in document["paths"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("description"), (method, path)
            assert operation.get("tags"), (method, path)
            assert "422" not in operation["responses"], (method, path)
            assert operation["responses"]["500"]["content"], (method, path)
    assert document["paths"]["/api/keys"]["get"]["security"] == [{"token": []}]
    assert "security" not in document["paths"]["/api/auth/login"]["post"]
    page = await local.client().get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for name in ("reference.js", "schema.js", "reference.css"):
        assert (await local.client().get(f"/docs/{name}")).status_code == 200
