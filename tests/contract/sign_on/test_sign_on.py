"""People sign in at a real provider, oidc-provider, which is certified and insists on PKCE."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.local_installation import PASSWORD
from tests.contract.sealing import seal
from tests.contract.sign_on.scene import REDIRECT_URI, Scene, open_scene, read_query
from tests.upstreams import oidc_provider
from tests.upstreams.oidc_provider import CLIENT_SECRET, OidcProvider

ANN: dict[str, Any] = {"email": "ann@corp.example", "email_verified": True, "name": "Ann", "groups": ["staff"]}


async def test_somebody_new_gets_an_account_a_role_and_the_session_of_the_browser(
    scene: Scene, provider: OidcProvider
) -> None:
    added = await scene.add_provider(provider.issuer)
    assert added["redirectUri"] == REDIRECT_URI
    browser = scene.installed.client()
    options = (await browser.get("/api/auth/options")).json()
    assert options["signOn"] == [{"slug": "corp", "name": "Corp"}]
    back = await scene.sign_in(provider, "ann", browser)
    assert (back.status_code, back.headers["location"]) == (303, "/console/chat")
    assert "trunkline_sign_on" not in browser.cookies
    kept = next(cookie for cookie in back.headers.get_list("set-cookie") if cookie.startswith("trunkline_refresh="))
    assert "httponly" in kept.lower()
    assert "samesite=strict" in kept.lower()
    session = await scene.enter(browser)
    assert (session["user"]["email"], session["user"]["name"], session["user"]["role"]) == (
        "ann@corp.example",
        "Ann",
        "user",
    )
    assert await scene.roles(session) == {scene.team: "member"}
    # The second time it is the same person.
    again = scene.installed.client()
    await scene.sign_in(provider, "ann", again)
    assert (await scene.enter(again))["user"]["id"] == session["user"]["id"]
    users = (await scene.admin.client.get("/api/users")).json()
    assert len(users) == 2


async def test_claims_may_be_in_the_token_itself(small_scene: Scene, tmp_path: Path) -> None:
    with oidc_provider.start(REDIRECT_URI, tmp_path / "accounts.json", claims_in_token=True) as provider:
        provider.say(ann=ANN)
        await small_scene.add_provider(provider.issuer)
        browser = small_scene.installed.client()
        await small_scene.sign_in(provider, "ann", browser)
        assert await small_scene.roles(await small_scene.enter(browser)) == {small_scene.team: "member"}


async def test_a_client_secret_that_the_browser_sealed_is_opened(scene: Scene, provider: OidcProvider) -> None:
    home = await scene.admin.personal()
    elsewhere = await seal(scene.admin, home, CLIENT_SECRET, "https://x.example:443")
    body = {"slug": "corp", "name": "Corp", "issuer": provider.issuer, "clientId": "x", "clientSecret": elsewhere}
    wrong = await scene.admin.client.post("/api/identity-providers", json=body)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "clientSecret")
    await scene.add_provider(
        provider.issuer, clientSecret=await seal(scene.admin, home, CLIENT_SECRET, provider.issuer)
    )
    browser = scene.installed.client()
    assert (await scene.sign_in(provider, "ann", browser)).status_code == 303
    assert await scene.roles(await scene.enter(browser)) == {scene.team: "member"}


async def test_roles_follow_the_groups_at_each_sign_in(scene: Scene, provider: OidcProvider) -> None:
    other = await scene.admin.make_workspace("Other")
    roles = [
        {"group": "staff", "workspaceId": scene.team, "role": "viewer"},
        {"group": "leads", "workspaceId": scene.team, "role": "admin"},
        {"group": "leads", "workspaceId": other, "role": "member"},
    ]
    await scene.add_provider(provider.issuer, groupRoles=roles)

    async def sign_in(*groups: str) -> tuple[httpx2.Response, dict[str, Any]]:
        provider.say(ann={**ANN, "groups": list(groups)})
        back = await scene.sign_in(provider, "ann", browser)
        return back, (await scene.enter(browser) if back.status_code == 303 else {})

    browser = scene.installed.client()
    _, first = await sign_in("staff", "leads")
    assert await scene.roles(first) == {scene.team: "admin", other: "member"}
    person = scene.installed.client(first["accessToken"], **{"X-Trunkline-Workspace": other})
    made = await person.post("/api/keys", json={"name": "a key"})
    key = scene.installed.client(made.json()["key"])
    assert (await key.get("/api/auth/me")).status_code == 403  # it may call, and is known
    _, second = await sign_in("staff")
    assert await scene.roles(second) == {scene.team: "viewer"}
    # What was made in the workspace that is theirs no more is gone with it.
    assert (await key.get("/api/auth/me")).status_code == 401
    back, _ = await sign_in("strangers")
    assert back.status_code == 403
    assert "None of your groups has a role here" in back.text
    assert await scene.roles(second) == {}
    assert await scene.refusals() == ["sign_on_no_role"]
    log = (await scene.admin.at(scene.team).get("/api/audit")).json()
    told = [(event["action"], event["after"]) for event in log if event["action"].startswith("members.")]
    assert told == [
        ("members.remove", {"identityProvider": "corp"}),
        ("members.change", {"role": "viewer", "identityProvider": "corp"}),
        ("members.add", {"role": "admin", "identityProvider": "corp"}),
    ]


async def test_who_is_in_no_group_is_refused_by_name_unless_there_is_a_default_role(
    small_scene: Scene, provider: OidcProvider
) -> None:
    added = await small_scene.add_provider(provider.issuer)
    provider.say(ann={**ANN, "groups": []})
    browser = small_scene.installed.client()
    back = await small_scene.sign_in(provider, "ann", browser)
    assert back.status_code == 403
    assert "You are in no group, and only groups have a role here." in back.text
    assert "trunkline_refresh" not in browser.cookies
    assert len((await small_scene.admin.client.get("/api/users")).json()) == 1
    default = {"workspaceId": small_scene.team, "role": "viewer"}
    path = f"/api/identity-providers/{added['id']}"
    assert (await small_scene.admin.client.put(path, json={"defaultRole": default})).status_code == 200
    await small_scene.sign_in(provider, "ann", browser)
    assert await small_scene.roles(await small_scene.enter(browser)) == {small_scene.team: "viewer"}


async def test_what_people_gave_by_hand_stays(small_scene: Scene, provider: OidcProvider) -> None:
    await small_scene.add_provider(provider.issuer, linksByEmail=True)
    ann = await small_scene.installed.add_user(small_scene.admin, "ann@corp.example")
    await small_scene.installed.join(small_scene.admin, small_scene.team, ann, "viewer")
    bob = {**ANN, "email": "bob@corp.example"}
    provider.say(ann=ANN, bob=bob)
    browser = small_scene.installed.client()
    await small_scene.sign_in(provider, "ann", browser)
    assert await small_scene.roles(await small_scene.enter(browser)) == {small_scene.team: "viewer"}
    # A role that a group gave is by hand once somebody has changed it.
    await small_scene.sign_in(provider, "bob", browser)
    session = await small_scene.enter(browser)
    path = f"/api/workspaces/{small_scene.team}/members/{session['user']['id']}"
    assert (await small_scene.admin.client.patch(path, json={"role": "owner"})).status_code == 200
    provider.say(bob={**bob, "groups": ["strangers"]})
    assert (await small_scene.sign_in(provider, "bob", browser)).status_code == 403
    assert await small_scene.roles(session) == {small_scene.team: "owner"}


@pytest.mark.parametrize(
    ("links", "verified", "code"),
    [
        (True, True, None),
        (True, None, "sign_on_not_linked"),
        (True, False, "sign_on_email_not_verified"),
        (False, True, "sign_on_not_linked"),
    ],
)
async def test_an_account_is_linked_by_an_address_that_is_verified_where_that_is_allowed(
    small_scene: Scene, provider: OidcProvider, links: bool, verified: bool | None, code: str | None
) -> None:
    await small_scene.add_provider(provider.issuer, linksByEmail=links)
    ann = await small_scene.installed.add_user(small_scene.admin, "ann@corp.example")
    claims = {**ANN, "email_verified": verified}
    provider.say(ann={name: value for name, value in claims.items() if value is not None})
    browser = small_scene.installed.client()
    back = await small_scene.sign_in(provider, "ann", browser)
    assert await small_scene.refusals() == ([] if code is None else [code])
    assert back.status_code == (303 if code is None else 403)
    if code is None:
        assert (await small_scene.enter(browser))["user"]["id"] == ann.id


async def test_an_answer_is_good_once_and_in_the_browser_that_asked(small_scene: Scene, provider: OidcProvider) -> None:
    await small_scene.add_provider(provider.issuer)
    victim, attacker = small_scene.installed.client(), small_scene.installed.client()
    async with httpx2.AsyncClient(trust_env=False) as there:
        back = await provider.sign_in(there, await small_scene.leave(attacker), "ann")
    # Somebody is made to follow the attacker's link: they would work in the attacker's account.
    assert (await victim.get(back)).status_code == 403
    await small_scene.leave(victim)
    assert (await victim.get(back)).status_code == 403
    ticket = attacker.cookies["trunkline_sign_on"]
    assert (await attacker.get(back)).status_code == 303
    # Who has seen both the address and the cookie comes too late.
    thief = small_scene.installed.client(Cookie=f"trunkline_sign_on={ticket}")
    assert (await thief.get(back)).status_code == 403
    # With a state of one's own, the provider refuses the code.
    query = read_query(await small_scene.leave(victim))
    code = read_query(back)["code"]
    replayed = await victim.get(
        "/api/auth/sso/corp/callback", params={"code": code, "state": query["state"], "iss": provider.issuer}
    )
    assert replayed.status_code == 403
    assert "invalid_grant" in replayed.text
    assert await small_scene.refusals() == [
        "sign_on_code_refused",
        "sign_on_used",
        "sign_on_state",
        "sign_on_not_begun",
    ]


async def test_who_is_disabled_is_refused(small_scene: Scene, provider: OidcProvider) -> None:
    await small_scene.add_provider(provider.issuer)
    browser = small_scene.installed.client()
    await small_scene.sign_in(provider, "ann", browser)
    session = await small_scene.enter(browser)
    path = f"/api/users/{session['user']['id']}"
    assert (await small_scene.admin.client.patch(path, json={"disabled": True})).status_code == 200
    back = await small_scene.sign_in(provider, "ann", small_scene.installed.client())
    assert back.status_code == 403
    assert "disabled" in back.text


async def test_what_the_provider_refuses_is_told(small_scene: Scene, provider: OidcProvider) -> None:
    await small_scene.add_provider(provider.issuer)
    browser = small_scene.installed.client()
    state = read_query(await small_scene.leave(browser))["state"]
    told = {"error": "access_denied", "error_description": "<b>no</b>\a", "state": state, "iss": provider.issuer}
    back = await browser.get("/api/auth/sso/corp/callback", params=told)
    assert back.status_code == 403
    assert "access_denied &lt;b&gt;no&lt;/b&gt;." in back.text
    assert "script-src 'self'" in back.headers["content-security-policy"]


async def test_a_client_secret_that_is_wrong_is_told(small_scene: Scene, provider: OidcProvider) -> None:
    await small_scene.add_provider(provider.issuer, clientSecret="another secret")
    back = await small_scene.sign_in(provider, "ann", small_scene.installed.client())
    assert back.status_code == 403
    assert "invalid_client" in back.text


async def test_passwords_can_be_left_to_administrators(provider: OidcProvider, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db"
    async with open_scene(url, tmp_path / "data", password_sign_in="administrators", signup="open") as scene:
        await scene.add_provider(provider.issuer)
        stranger = scene.installed.client()
        options = (await stranger.get("/api/auth/options")).json()
        assert (options["passwordSignIn"], options["signup"]) == ("administrators", False)
        body = {"email": "bob@corp.example", "password": PASSWORD, "name": "Bob"}
        assert (await scene.admin.client.post("/api/users", json=body)).status_code == 201
        refused = await stranger.post("/api/auth/login", json={"email": body["email"], "password": PASSWORD})
        assert refused.status_code == 403
        assert "Passwords are not used here" in refused.text
        wrong = await stranger.post("/api/auth/login", json={"email": body["email"], "password": "wrong password"})
        assert wrong.status_code == 401
        assert (await stranger.post("/api/auth/signup", json={**body, "email": "new@x.example"})).status_code == 403
        invited = await scene.admin.client.post(
            f"/api/workspaces/{scene.team}/invitations", json={"email": "cleo@x.example", "role": "viewer"}
        )
        accepting = {"token": invited.json()["token"], "name": "Cleo", "password": PASSWORD}
        assert (await stranger.post("/api/auth/invitations/accept", json=accepting)).status_code == 403
        # The way back in when the provider is away.
        await scene.installed.log_in("admin@example.com")
        browser = scene.installed.client()
        await scene.sign_in(provider, "ann", browser)
        await scene.enter(browser)


async def test_the_client_secret_is_never_shown(small_scene: Scene, provider: OidcProvider) -> None:
    added = await small_scene.add_provider(provider.issuer)
    shown = await small_scene.admin.client.get(f"/api/identity-providers/{added['id']}")
    log = await small_scene.admin.client.get("/api/audit")
    assert shown.json()["clientSecretMask"] is not None
    assert CLIENT_SECRET not in shown.text + log.text
