"""The console as the server gives it out: one page for all its addresses, files for ever, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.local_installation import LocalInstallation
from trunkline.faces.console import site


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/index-abc123.js").write_text("let console;")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "index.html").write_text("<!doctype html><html><head><title>Trunkline</title></head></html>")
    monkeypatch.setattr(site, "FOLDER", tmp_path)
    site.read_files.cache_clear()


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    site.read_files.cache_clear()


@pytest.mark.usefixtures("built")
async def test_every_address_is_the_same_page(installed: LocalInstallation) -> None:
    client = installed.client()
    pages = [await client.get(f"/console/{path}") for path in ("", "configurations", "a/b?c=d", "index.html")]
    for page in pages:
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["cache-control"] == "no-cache"
        assert '<base href="/console/">' in page.text


@pytest.mark.usefixtures("built")
async def test_scripts_are_only_the_servers_and_styles_have_a_nonce_of_the_page(installed: LocalInstallation) -> None:
    nonces = set()
    for _ in range(2):
        page = await installed.client().get("/console/")
        policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        found = re.search(r'<meta name="csp-nonce" content="([^"]+)">', page.text)
        assert found is not None
        assert policy["style-src"] == f"'self' 'nonce-{found[1]}'"
        nonces.add(found[1])
    assert len(nonces) == 2


@pytest.mark.usefixtures("built")
async def test_files_with_a_hash_in_their_names_are_kept_for_a_year(installed: LocalInstallation) -> None:
    client = installed.client()
    script = await client.get("/console/assets/index-abc123.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    icon = await client.get("/console/icon.svg")
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", "no-cache")
    known = await client.get("/console/icon.svg", headers={"if-none-match": icon.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.usefixtures("built")
async def test_a_file_of_another_version_is_no_page(installed: LocalInstallation) -> None:
    gone = await installed.client().get("/console/assets/index-old.js")
    assert gone.status_code == 404
    assert "load the page again" in gone.json()["message"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["..%2f..%2fpyproject.toml", "assets/..%2f..%2fsite.py", "%2fetc%2fpasswd"])
async def test_nothing_outside_of_the_console_is_given_out(installed: LocalInstallation, path: str) -> None:
    answer = await installed.client().get(f"/console/{path}")
    assert answer.status_code == 404 or "<title>Trunkline</title>" in answer.text


@pytest.mark.usefixtures("built")
async def test_the_front_door_and_the_bare_path_lead_there(installed: LocalInstallation) -> None:
    client = installed.client()
    assert (await client.get("/console")).headers["location"] == "/console/"


async def test_what_was_not_built_says_so(
    installed: LocalInstallation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "FOLDER", tmp_path / "nothing")
    answer = await installed.client().get("/console/")
    assert answer.status_code == 404
    assert "make run" in answer.json()["message"]


@pytest.mark.usefixtures("built")
async def test_the_address_that_is_printed_leads_to_the_consoles_page(local: LocalInstallation) -> None:
    answer = await local.client().get("/setup?token=tlo-a%23b")
    assert (answer.status_code, answer.headers["location"]) == (307, "/console/setup#token=tlo-a%23b")
    assert (await local.client().get("/setup")).headers["location"] == "/console/setup"
