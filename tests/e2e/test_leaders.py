"""Two installations on one database: one of them does what is one's to do, and when it is killed the other one does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.alerts.receiver import receiving
from tests.contract.batches.conftest import ask as write_ask
from tests.contract.batches.conftest import write_lines
from tests.e2e.server import Server, wait_for
from tests.e2e.test_batches import begin

LINES = 400
ALWAYS = {"batches", "health-probes"}
"""Held by whoever came first, who goes on holding them."""

AT_TIMES = {"alerts", "alert-deliveries", "audit-chain", "retention", "usage-months"}
"""Held while there is something to do."""


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    status, answer = server.ask(method, path, body)
    assert status in {200, 201}, (path, answer)
    return answer


def break_down(server: Server, name: str) -> None:
    """A configuration that cannot be reached, and a test that finds so."""
    body = {"name": name, "provider": "custom", "model": "m", "apiKey": "a-key", "baseUrl": "http://127.0.0.1:9/v1"}
    made = ask(server, "POST", "/api/configurations", body)
    assert not ask(server, "POST", f"/api/configurations/{made['id']}/test?force=true")["success"]


def find_holders(server: Server) -> dict[str, str]:
    return dict(server.rows("SELECT name, holder FROM leases"))


def find_leaders(server: Server) -> dict[str, str]:
    return {name: holder for name, holder in find_holders(server).items() if name in ALWAYS}


def hold(server: Server) -> None:
    """Let who holds them keep them meanwhile: without work nobody renews them, and starting a server may take long."""
    renewed = "UPDATE leases SET expires_at = now() + interval '15 minutes'"
    server.rows(f"{renewed} WHERE name IN ('batches', 'health-probes') RETURNING name")


@pytest.mark.timeout(900)
def test_every_duty_has_one_leader_and_moves_when_that_is_killed(tmp_path: Path, postgres: Any) -> None:
    shared = {
        "TRUNKLINE_DATABASE_URL": postgres.make_migrated(),
        "TRUNKLINE_LOCAL_UPSTREAMS": "loopback",
        "TRUNKLINE_TESTS_PER_MINUTE": "1000",
        "TRUNKLINE_ROOT_KEY_FILE": str(tmp_path / "root.key"),
        "TRUNKLINE_KEEP_REQUESTS_DAYS": "30",
        "TRUNKLINE_BATCH_CALLS": "1",
    }
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    first, second = [Server(folder, **shared) for folder in folders]
    with receiving() as receiver:
        try:
            first.start(180)
            first.sign_in()
            channel = ask(first, "POST", "/api/alerts/channels", {"kind": "webhook", "name": "a", "url": receiver.url})
            (rule,) = [each for each in ask(first, "GET", "/api/alerts/rules") if each["preset"] == "down"]
            ask(first, "PUT", f"/api/alerts/rules/{rule['id']}", {"channelIds": [channel["id"]]})
            ask(first, "POST", "/api/configurations", {"name": "one", "provider": "demo", "model": "demo-chat"})
            break_down(first, "production")
            wait_for(lambda: set(find_holders(first)) >= ALWAYS | AT_TIMES, 90)
            wait_for(lambda: receiver.kinds() == ["alert.firing"], 90)
            leaders = find_leaders(first)
            hold(first)

            second.start(180)
            second.sign_in()
            requests = tmp_path / "requests.jsonl"
            requests.write_bytes(write_lines([write_ask("hello")] * LINES))
            batch_id = begin(second, requests)
            wait_for(lambda: second.rows("SELECT count(*) FROM batch_results")[0][0] >= 5, 90)
            # The second one has had time for all of it, too, and has left it to the first.
            assert find_leaders(second) == leaders

            first.kill()
            done = second.rows("SELECT count(*) FROM batch_results")[0][0]
            assert done < LINES
            # As if the time had passed for which it held them.
            second.rows("UPDATE leases SET expires_at = now() - interval '1 second' RETURNING name")
            break_down(second, "staging")
            heirs = wait_for(lambda: _find_heirs(second, leaders), 90)
            wait_for(lambda: receiver.kinds() == ["alert.firing", "alert.firing"], 90)
            ended = wait_for(lambda: _find_ended(second, batch_id), 120)
            assert ended["request_counts"] == {"total": LINES, "completed": LINES, "failed": 0}
            wait_for(lambda: ask(second, "GET", "/api/audit/verify")["pending"] == 0, 90)
            assert ask(second, "GET", "/api/audit/verify")["valid"]

            # What the first one had not told yet stands in its journal, which its next start takes in.
            left = {path.name.partition("-")[0] for path in first.data.glob("journal/*.journal")}
            assert left
            hold(second)
            first.start(180)
            calls = f"FROM usage_events WHERE request_id LIKE '{batch_id}-%'"
            wait_for(lambda: second.rows(f"SELECT count(DISTINCT request_id) {calls}")[0][0] == LINES, 90)
            wait_for(lambda: not [one for one in left if list(first.data.glob(f"journal/{one}-*.journal"))], 90)
            assert find_leaders(second) == heirs
            ok = second.rows(f"SELECT count(*) {calls} AND outcome = 'ok'")[0][0]
            # The one that was under way may have been answered, and was asked again.
            assert LINES <= ok <= LINES + 1
            assert second.rows("SELECT count(*) FROM alerts") == [(2,)]
            assert second.rows("SELECT count(*), sum(attempts) FROM alert_deliveries") == [(2, 2)]
            assert len(receiver.came) == 2
        finally:
            for server in (first, second):
                if server.process is not None and server.process.poll() is None:
                    server.stop()


def _find_heirs(server: Server, before: dict[str, str]) -> dict[str, str] | None:
    now = find_leaders(server)
    return now if all(now[name] != before[name] for name in ALWAYS) else None


def _find_ended(server: Server, batch_id: str) -> Any:
    batch = ask(server, "GET", f"/v1/batches/{batch_id}")
    return batch if batch["status"] == "completed" else None
