"""What the pages say that can be called is what is served."""

from __future__ import annotations

import pytest

from tests.contract.live_server import LiveServer
from trunkline.app.pages import describe_api
from trunkline.faces.v1.calls import CALLS
from trunkline.faces.v1.route_match import POSTS, read_path


@pytest.mark.parametrize(("method", "path"), [call[:2] for call in CALLS])
def test_what_is_described_is_served(method: str, path: str) -> None:
    named = path.format(model="m", name="m", id="resp_1")
    assert read_path(method, named, b"", anthropic=False, google=False).kind != "nothing"


async def test_the_examples_are_understood(live: LiveServer) -> None:
    """What the demo can do it does; of the rest it is said that the model cannot, and never that the body is wrong."""
    admin = await live.admin()
    made = await admin.client.post("/api/configurations", json={"name": "d", "provider": "demo", "model": "demo-chat"})
    workspace = f"/api/workspaces/{await admin.personal()}"
    chosen = await admin.client.patch(workspace, json={"defaultConfigurationId": made.json()["id"]})
    assert chosen.status_code == 200, chosen.text
    client = live.client((await admin.make_key())["key"])
    answered: set[str] = set()
    for _, path, _, example in CALLS:
        # An upload is begun with headers, and its example describes the file alone.
        if not example or path.startswith("/upload/"):
            continue
        answer = await client.post(path.format(model="default"), json=example)
        if answer.status_code == 200:
            answered.add(path)
        else:
            said = ("choose another model", "use demo-", "file_not_found")
            assert any(words in answer.text for words in said), (path, answer.text)
    assert {"/v1/chat/completions", "/v1/responses", "/v1/messages"} <= answered
    assert "/v1beta/models/{model}:generateContent" in answered


def test_what_is_served_is_described() -> None:
    document = describe_api()
    assert POSTS.keys() <= document["paths"].keys()
    assert next(iter(document["paths"])) == "/v1/chat/completions", "the most used comes first"
    operation = document["paths"]["/v1beta/models/{model}:embedContent"]["post"]
    assert operation["tags"] == ["Calls"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["model"]


def test_operations_are_named_by_what_they_do() -> None:
    assert describe_api()["paths"]["/api/auth/me"]["get"]["summary"] == "Who asks, and their workspaces and roles"
