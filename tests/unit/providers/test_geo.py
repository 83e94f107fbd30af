from __future__ import annotations

import pytest

from trunkline.providers.geo import find_geo


@pytest.mark.parametrize(
    ("provider", "host", "geo"),
    [
        ("openai", "api.openai.com", ""),
        ("openai", "eu.api.openai.com", "eu"),
        ("azure-openai", "eu.api.openai.com", ""),
        ("vertex", "aiplatform.googleapis.com", ""),
        ("vertex", "us-east1-aiplatform.googleapis.com", "regional"),
        ("vertex", "aiplatform.eu.rep.googleapis.com", "regional"),
        ("vertex", "127.0.0.1", ""),
    ],
)
def test_the_part_of_the_world_of_an_address(provider: str, host: str, geo: str) -> None:
    assert find_geo(provider, host) == geo
