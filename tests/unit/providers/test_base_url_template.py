from __future__ import annotations

import pytest

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers import find, make_endpoint
from trunkline.providers.base_url import read_base_url

KEY = Secret("key-0123456789abcdef")


@pytest.mark.parametrize(
    ("provider", "settings", "origin"),
    [
        ("bedrock", {}, "https://bedrock-runtime.us-east-1.amazonaws.com:443"),
        ("bedrock", {"region": "eu-central-1"}, "https://bedrock-runtime.eu-central-1.amazonaws.com:443"),
        ("vertex", {"project": "p"}, "https://aiplatform.googleapis.com:443"),
        ("vertex", {"project": "p", "location": "global"}, "https://aiplatform.googleapis.com:443"),
        ("vertex", {"project": "p", "location": "us"}, "https://aiplatform.us.rep.googleapis.com:443"),
        ("vertex", {"project": "p", "location": "eu"}, "https://aiplatform.eu.rep.googleapis.com:443"),
        ("vertex", {"project": "p", "location": "europe-west4"}, "https://europe-west4-aiplatform.googleapis.com:443"),
    ],
)
def test_settings_say_where(provider: str, settings: dict, origin: str) -> None:
    assert make_endpoint(find(provider), None, KEY, settings=settings).origins() == (origin,)


def test_the_project_stands_in_the_path() -> None:
    endpoint = make_endpoint(find("vertex"), None, KEY, settings={"project": "my-project", "location": "us-central1"})
    assert str(endpoint.chat("gemini-2.5-flash", stream=True)) == (
        "https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1"
        "/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    )


def test_a_base_url_says_it_better() -> None:
    endpoint = make_endpoint(
        find("bedrock"), "https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com", KEY, settings={"region": "x"}
    )
    assert endpoint.origin.host == "vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com"


def test_what_a_form_proposes_may_come_back_as_it_was() -> None:
    proposed = find("bedrock").base_url
    assert str(read_base_url(find("bedrock"), proposed, {"region": "us-west-2"})) == (
        "https://bedrock-runtime.us-west-2.amazonaws.com/"
    )


def test_a_missing_project_is_asked_for() -> None:
    for base_url in (None, "https://gw.example"):
        with pytest.raises(InvalidInput) as caught:
            make_endpoint(find("vertex"), base_url, KEY)
        assert caught.value.fields[0].field == "configuration.project"
    whole = "https://gw.example/v1/projects/p/locations/us"
    assert str(make_endpoint(find("vertex"), whole, KEY).base) == whole


def test_the_host_is_known_without_settings() -> None:
    assert read_base_url(find("vertex"), None).origin.host == "aiplatform.googleapis.com"


@pytest.mark.parametrize(
    "value", ["evil.example/", "evil.example:443", "a.b", "us-east-1@evil", "US", "-x", "x-", "ü", "a\n", "x" * 64, 5]
)
def test_a_setting_cannot_lead_elsewhere(value: object) -> None:
    for provider, name in (("bedrock", "region"), ("vertex", "location"), ("vertex", "project")):
        with pytest.raises(InvalidInput) as caught:
            make_endpoint(find(provider), None, KEY, settings={"project": "p", name: value})
        assert caught.value.fields[0].field == f"configuration.{name}"
