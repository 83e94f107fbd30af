"""A provider of responses, and a gateway before it."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, MANAGER, WORKSPACE, configuration, route
from tests.contract.v1.responses.provider_response import OTHER, SECRET
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted
from trunkline.gateway.snapshot import KeyEntry


@pytest.fixture
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture
def bare(upstream: Scripted) -> Iterator[CallServer]:
    base = f"{upstream.url}/v1"
    configurations = [
        configuration(
            "mine", "openai", model="gpt-5.4", base_url=base, api_key="sk-1", shared=True, parameters={"system": ""}
        ),
        configuration("second", "openai", model="gpt-4o", base_url=base, api_key="sk-2", shared=True),
        configuration("claude", "anthropic", model="claude-sonnet-4-5", base_url=upstream.url, api_key="sk-3"),
        configuration("secret", "openai", model="gpt-5.4", base_url=base, api_key=SECRET),
        configuration("azure", "azure-openai", model="gpt-5.4", base_url=f"{upstream.url}/openai/v1", api_key="sk-4"),
        configuration(
            "instructed",
            "openai",
            model="gpt-5.4",
            base_url=base,
            api_key="sk-1",
            parameters={
                "systemPrompt": "Be polite.",
                "maxTokens": 500,
                "temperature": 0.5,
            },
        ),
    ]
    keys = {
        KEY: KeyEntry(id="k-1", workspace_id=WORKSPACE, user_id=MANAGER),
        OTHER: KeyEntry(id="k-2", workspace_id=WORKSPACE, user_id="u-4", application_id="a-1"),
    }
    routes = [route("both", "second", "mine")]
    with CallServer(configurations, keys=keys, routes=routes).serve() as running:
        yield running


@pytest.fixture
def client(bare: CallServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made
