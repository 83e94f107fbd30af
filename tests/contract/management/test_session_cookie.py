"""Sessions of browsers: the refresh token is in a cookie, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import update

from tests.contract.local_installation import PASSWORD, LocalInstallation, Person
from trunkline.faces.management.session_cookie import NAME
from trunkline.storage.tables import Session, now


async def log_in(installed: LocalInstallation, admin: Person, **headers: str) -> httpx2.AsyncClient:
    """A browser that has signed in. Its jar keeps the cookie."""
    browser = installed.client(**headers)
    body = {"email": admin.email, "password": PASSWORD, "cookie": True}
    answer = await browser.post("/api/auth/login", json=body)
    assert answer.status_code == 200
    assert answer.json()["refreshToken"] is None
    return browser


async def refresh(browser: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    return await browser.post("/api/auth/refresh", json={"cookie": True}, headers=headers)


async def test_no_script_and_no_other_site_gets_at_the_cookie(installed: LocalInstallation, admin: Person) -> None:
    body = {"email": admin.email, "password": PASSWORD, "cookie": True}
    answer = await installed.client().post("/api/auth/login", json=body)
    (cookie,) = answer.headers.get_list("set-cookie")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/api/auth", "max-age=2592000"} <= parts
    token = cookie.partition("=")[2].partition(";")[0]
    assert token.startswith("tlr-")
    assert token not in answer.text


async def test_it_is_for_https_where_it_was_given_by_https(installed: LocalInstallation, admin: Person) -> None:
    browser = installed.client()
    browser.base_url = httpx2.URL("https://trunkline.test")
    body = {"email": admin.email, "password": PASSWORD, "cookie": True}
    answer = await browser.post("/api/auth/login", json=body)
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_a_browser_goes_on_without_a_token_of_its_own(installed: LocalInstallation, admin: Person) -> None:
    browser = await log_in(installed, admin)
    for _ in range(2):
        before = browser.cookies[NAME]
        answer = await refresh(browser)
        assert answer.status_code == 200
        assert answer.json()["refreshToken"] is None
        assert browser.cookies[NAME] != before
        assert (await installed.client(answer.json()["accessToken"]).get("/api/auth/me")).status_code == 200


async def test_an_answer_that_got_lost_ends_no_session(installed: LocalInstallation, admin: Person) -> None:
    browser = await log_in(installed, admin)
    kept = browser.cookies[NAME]
    assert (await refresh(browser)).status_code == 200
    lost = {"cookie": f"{NAME}={kept}"}
    assert (await refresh(installed.client(), **lost)).status_code == 200


async def test_a_cookie_that_is_used_again_much_later_ends_the_session(
    installed: LocalInstallation, admin: Person
) -> None:
    browser = await log_in(installed, admin)
    stolen = {"cookie": f"{NAME}={browser.cookies[NAME]}"}
    assert (await refresh(browser)).status_code == 200
    async with installed.database.write() as tx:
        await tx.execute(update(Session).values(last_used_at=now() - timedelta(seconds=31)))
    assert (await refresh(installed.client(), **stolen)).status_code == 401
    assert (await refresh(browser)).status_code == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_page_of_another_site_is_refused(installed: LocalInstallation, admin: Person, site: str) -> None:
    browser = await log_in(installed, admin)
    assert (await refresh(browser, **{"sec-fetch-site": site})).status_code == 403
    assert (await refresh(browser, **{"sec-fetch-site": "same-origin"})).status_code == 200


async def test_signing_out_forgets_the_cookie(installed: LocalInstallation, admin: Person) -> None:
    browser = await log_in(installed, admin)
    token = (await refresh(browser)).json()["accessToken"]
    left = await browser.post("/api/auth/logout", headers={"authorization": f"Bearer {token}"})
    assert left.status_code == 200
    assert NAME not in browser.cookies
    assert (await refresh(browser)).status_code == 204


async def test_a_browser_without_a_session_is_told_so_without_an_error(installed: LocalInstallation) -> None:
    browser = installed.client()
    answer = await refresh(browser)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "set-cookie" not in answer.headers
    assert (await refresh(browser, **{"sec-fetch-site": "cross-site"})).status_code == 403


async def test_a_cookie_that_is_no_session_is_refused(installed: LocalInstallation) -> None:
    made_up = {"cookie": f"{NAME}=tlr-{'a' * 43}"}
    assert (await refresh(installed.client(), **made_up)).status_code == 401


async def test_without_a_token_and_without_a_cookie_the_field_is_named(
    installed: LocalInstallation, admin: Person
) -> None:
    browser = await log_in(installed, admin)
    answer = await browser.post("/api/auth/refresh", json={})
    assert answer.status_code == 400
    assert "refreshToken" in answer.text
