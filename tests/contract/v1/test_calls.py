"""What the pages say that can be called is what is served."""

from __future__ import annotations

import pytest

from trunkline.app.pages import describe_api
from trunkline.faces.v1.asked import POSTS, read_path
from trunkline.faces.v1.calls import CALLS


@pytest.mark.parametrize(("method", "path", "_meaning"), CALLS)
def test_what_is_described_is_served(method: str, path: str, _meaning: str) -> None:
    named = path.format(model="m", name="m")
    assert read_path(method, named, b"", anthropic=False, google=False).kind != "nothing"


def test_what_is_served_is_described() -> None:
    document = describe_api()
    assert POSTS.keys() <= document["paths"].keys()
    assert next(iter(document["paths"])) == "/v1/chat/completions", "the most used comes first"
    operation = document["paths"]["/v1beta/models/{model}:embedContent"]["post"]
    assert operation["tags"] == ["Calls"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["model"]


def test_operations_are_named_by_what_they_do() -> None:
    assert describe_api()["paths"]["/api/auth/me"]["get"]["summary"] == "Who asks, and their workspaces and roles"
