from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.contract.v1.entries import DATA_KEY, VAULT, configuration

from trunkline.core.errors import InvalidInput, NotFound
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import LIFETIME_SECONDS, Targets
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry, WorkspacePart
from trunkline.providers.demo import DemoTransport
from trunkline.providers.registry import PROVIDERS

PART = WorkspacePart(id="w-1", revision=1, data_keys={DATA_KEY.id: DATA_KEY})


class Place:
    """Targets over a clock that stands still."""

    def __init__(self) -> None:
        self.now = 0.0
        transport = DemoTransport(delay=0)
        self.targets = Targets(
            providers=PROVIDERS,
            client=transport,
            in_process={},
            open_secret=VAULT.open,
            clock=lambda: self.now,
        )

    def get(self, entry: ConfigurationEntry, feature: FeatureEntry | None = None) -> Any:
        return self.targets.get(Candidate(entry, "m", PART, feature=feature))


@pytest.fixture
def place() -> Place:
    return Place()


def entry(**fields: Any) -> ConfigurationEntry:
    return configuration("a", "demo", model="m", **fields)


def feature(**fields: Any) -> FeatureEntry:
    return FeatureEntry(id="f", slug="f", kind="chat", model="m", parameters={"temperature": 0.5}, **fields)


def test_a_target_is_kept_for_four_minutes(place: Place) -> None:
    one = entry()
    first = place.get(one)
    place.now = LIFETIME_SECONDS - 1
    assert place.get(one) is first
    place.now = LIFETIME_SECONDS
    assert place.get(one) is not first


def test_a_changed_configuration_gets_another_one(place: Place) -> None:
    one = entry()
    assert place.get(one) is not place.get(msgspec.structs.replace(one))


def test_versions_and_features_are_kept_beside_their_configuration(place: Place) -> None:
    plain, version, through = entry(), entry(version_id="v", parameters={"temperature": 0.9}), feature()
    made = [place.get(plain), place.get(version), place.get(plain, through), place.get(version, through)]
    assert [target.defaults.sampling.temperature for target in made] == [None, 0.9, 0.5, 0.5]
    again = [place.get(plain), place.get(version), place.get(plain, through), place.get(version, through)]
    assert all(one is other for one, other in zip(made, again, strict=True)), "none pushes another one out"


def test_a_changed_feature_gets_another_one(place: Place) -> None:
    plain, through = entry(), feature()
    first = place.get(plain, through)
    changed = msgspec.structs.replace(through, parameters={"temperature": 0.1})
    assert place.get(plain, changed).defaults.sampling.temperature == 0.1
    assert first.defaults.sampling.temperature == 0.5


def test_a_feature_names_its_own_site_in_headers_alone(place: Place) -> None:
    site: dict[str, Any] = {"siteUrl": "https://shop.example", "siteName": "Shop"}
    through = msgspec.structs.replace(feature(custom={"seed": 1}), parameters=site)
    router = configuration(
        "r", "openrouter", model="m", api_key="sk-or-1", parameters={"siteUrl": "https://all.example"}
    )
    there = place.get(router, through)
    assert {"HTTP-Referer": "https://shop.example", "X-Title": "Shop"}.items() <= dict(there.endpoint.headers).items()
    assert there.custom == {"seed": 1}
    plain = dict(place.get(router).endpoint.headers)
    assert (plain["HTTP-Referer"], plain["X-Title"]) == ("https://all.example", "Trunkline")
    elsewhere = place.get(entry(), through)
    assert "Shop" not in str((elsewhere.endpoint.headers, elsewhere.defaults)), "no other provider is told of it"


def test_what_is_old_is_forgotten(place: Place) -> None:
    one = entry()
    first = place.get(one)
    place.now = LIFETIME_SECONDS
    place.targets.forget_expired()
    place.now = 0
    assert place.get(one) is not first


def test_what_was_made_with_targets_goes_with_them(place: Place) -> None:
    asked: list[str] = []
    place.targets.when_forgotten(lambda: asked.append("forget"))
    place.get(entry())
    assert asked == []
    place.targets.forget_expired()
    assert asked == ["forget"]


def test_a_missing_key_is_told(place: Place) -> None:
    keyless = configuration("work", "openai", model="m")
    assert place.targets.lacks_key(keyless)
    assert not place.targets.lacks_key(entry())
    with pytest.raises(InvalidInput, match="'work' has no key for OpenAI") as raised:
        place.get(keyless)
    assert raised.value.code == "key_required"


def test_a_provider_of_another_version(place: Place) -> None:
    with pytest.raises(NotFound, match="of-tomorrow"):
        place.get(msgspec.structs.replace(entry(), provider="of-tomorrow"))
