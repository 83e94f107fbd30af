"""The keys of features: tried before they are saved, never shown, and sent nowhere else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from tests.contract.features.conftest import FeatureWorkspace
from tests.contract.features.openrouter import BAD_KEY, KEY, OTHER_KEY
from trunkline.core.secret import mask
from trunkline.vault.sealed_key import SUITE, encode_info


async def test_a_good_key_is_asked_about_once_saved_and_never_shown(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    answer = await team.admin.put("/api/features/chat-assistant", json={"apiKey": KEY, "baseUrl": team.openrouter.url})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["hasApiKey"] is True
    assert shown["keyHint"] == mask(KEY)
    assert shown["keySource"] == "own"
    assert "apiKey" not in shown
    assert team.openrouter.count("/key") == 1
    for path in (
        "/api/features",
        "/api/features/chat-assistant",
        "/api/features/chat-assistant/revisions",
        "/api/audit",
    ):
        assert KEY not in (await team.admin.get(path)).text
    # The hint sent back leaves the key alone, and asks nobody.
    again = await team.put(apiKey=shown["keyHint"], temperature=0.5)
    assert again["hasApiKey"] is True
    assert team.openrouter.count("/key") == 1
    # Each feature has its own.
    assert (await team.get("summarizer"))["hasApiKey"] is False
    ran = await team.member.post("/api/features/chat-assistant/run", json={"input": "hi"})
    assert ran.status_code == 200, ran.text
    assert team.openrouter.calls[-1].headers["authorization"] == f"Bearer {KEY}"
    reset = (await team.admin.post("/api/features/chat-assistant/reset")).json()
    assert reset["hasApiKey"] is True
    assert reset["baseUrl"] == team.openrouter.url
    replaced = await team.put(apiKey=OTHER_KEY)
    assert replaced["keyHint"] == mask(OTHER_KEY)
    await team.member.post("/api/features/chat-assistant/run", json={"input": "hi"})
    assert team.openrouter.calls[-1].headers["authorization"] == f"Bearer {OTHER_KEY}"
    gone = await team.put(apiKey=None, baseUrl=None)
    assert gone["hasApiKey"] is False
    assert gone["keyHint"] is None
    data = team.live.settings.data_dir
    files = [file.read_bytes() for file in Path(data).rglob("*") if file.is_file()]
    assert all(KEY.encode() not in content for content in files)


async def test_a_rejected_key_is_400_and_an_unreachable_openrouter_502_and_nothing_is_saved(
    team: FeatureWorkspace,
) -> None:
    await team.put(apiKey=KEY, baseUrl=team.openrouter.url, temperature=0.5)
    rejected = await team.admin.put("/api/features/chat-assistant", json={"apiKey": BAD_KEY, "temperature": 1})
    assert rejected.status_code == 400
    assert rejected.json()["errors"][0]["field"] == "apiKey"
    assert "rejected" in rejected.json()["message"]
    team.openrouter.down = True
    unreachable = await team.admin.put("/api/features/chat-assistant", json={"apiKey": OTHER_KEY, "temperature": 1})
    assert unreachable.status_code == 502
    assert "nothing was saved" in unreachable.json()["message"]
    nowhere = await team.admin.put(
        "/api/features/chat-assistant", json={"apiKey": OTHER_KEY, "baseUrl": "http://127.0.0.1:9"}
    )
    assert nowhere.status_code == 502
    for answer in (rejected, unreachable, nowhere):
        assert OTHER_KEY not in answer.text
        assert BAD_KEY not in answer.text
    team.openrouter.down = False
    shown = await team.get()
    assert (shown["keyHint"], shown["temperature"], shown["revision"]) == (mask(KEY), 0.5, 1)
    made = await team.admin.post(
        "/api/features",
        json={"slug": "x", "name": "X", "model": "m", "apiKey": BAD_KEY, "baseUrl": team.openrouter.url},
    )
    assert made.status_code == 400
    assert (await team.admin.get("/api/features/x")).status_code == 404


async def test_a_key_is_not_sent_to_an_address_that_it_was_not_entered_for(team: FeatureWorkspace) -> None:
    await team.put(apiKey=KEY, baseUrl=team.openrouter.url)
    moved = await team.admin.put("/api/features/chat-assistant", json={"baseUrl": "https://evil.example.com/v1"})
    assert moved.status_code == 400
    assert moved.json()["errors"][0]["field"] == "apiKey"
    assert (await team.admin.put("/api/features/chat-assistant", json={"baseUrl": None})).status_code == 400
    tried = await team.admin.post(
        "/api/features/chat-assistant/test", json={"input": "hi", "settings": {"baseUrl": "https://evil.example.com"}}
    )
    assert tried.status_code == 400
    assert tried.json()["errors"][0]["field"] == "settings.apiKey"
    # Who takes the key away takes its address away, too.
    without = await team.put(apiKey=None)
    assert (without["hasApiKey"], without["baseUrl"]) == (False, None)
    lost = await team.admin.put("/api/features/chat-assistant", json={"baseUrl": team.openrouter.url})
    assert lost.json()["errors"][0]["field"] == "baseUrl"


async def test_validate_key_asks_openrouter_and_always_answers_200(team: FeatureWorkspace) -> None:
    path = "/api/features/chat-assistant/validate-key"
    none = await team.admin.post(path)
    assert (none.status_code, none.json()["success"]) == (200, False)
    await team.put(apiKey=KEY, baseUrl=team.openrouter.url)
    own = (await team.admin.post(path, json={})).json()
    assert own["success"] is True
    assert own["keyInfo"]["limitRemaining"] == 8.5
    assert "$8.50" in own["message"]
    assert (await team.admin.post(path, json={"apiKey": OTHER_KEY})).json()["success"] is True
    assert team.openrouter.asked[-1].headers["authorization"] == f"Bearer {OTHER_KEY}"
    bad = (await team.admin.post(path, json={"apiKey": BAD_KEY})).json()
    assert bad["success"] is False
    assert "rejected" in bad["message"]
    assert (await team.get())["keyHint"] == mask(KEY)
    team.openrouter.down = True
    assert (await team.admin.post(path)).json()["success"] is False
    team.openrouter.down = False
    # Without a key of its own, a feature uses the workspace's.
    await team.share(apiKey=OTHER_KEY)
    shared = await team.admin.post("/api/features/summarizer/validate-key")
    assert shared.json()["success"] is True
    assert team.openrouter.asked[-1].headers["authorization"] == f"Bearer {OTHER_KEY}"
    events = [
        event for event in (await team.admin.get("/api/audit")).json() if event["action"] == "features.validate_key"
    ]
    assert [event["outcome"] for event in events] == ["ok", "failed", "failed", "ok", "ok", "failed"]


async def test_a_key_that_the_browser_sealed_is_opened(team: FeatureWorkspace) -> None:
    public = (await team.admin.get("/api/encryption-key")).json()
    raw = base64.urlsafe_b64decode(public["publicKey"] + "=")
    origin = team.openrouter.url.removesuffix("/api/v1")
    info = encode_info(
        instance=public["instance"],
        kid=public["kid"],
        user=team.person.id,
        workspace=team.workspace,
        origin=origin,
    )
    sealed = SUITE.encrypt(KEY.encode(), X25519PublicKey.from_public_bytes(raw), info)
    text = f"tl1.{public['kid']}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"
    shown = await team.put(apiKey=text, baseUrl=team.openrouter.url)
    assert shown["keyHint"] == mask(KEY)
    assert team.openrouter.asked[-1].headers["authorization"] == f"Bearer {KEY}"
    other = await team.admin.put(
        "/api/features/summarizer", json={"apiKey": text, "baseUrl": "https://elsewhere.example.com"}
    )
    assert other.status_code == 400
    assert json.loads(other.text)["errors"][0]["field"] == "apiKey"
