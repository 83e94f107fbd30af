"""The gateway in front of aimock, once for all tests of this face."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY as GATEWAY_KEY
from tests.contract.v1.entries import configuration
from tests.upstreams import aimock

PROVIDERS = ("openai", "anthropic", "gemini", "ollama", "openrouter")
MODELS = {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-sonnet-4-20250514",
    "gemini": "gemini-2.5-flash",
    "ollama": "llama3.2",
    "openrouter": "openai/gpt-4o-mini",
}


@pytest.fixture(scope="session")
def mock() -> Iterator[aimock.Aimock]:
    with aimock.start() as running:
        yield running


@pytest.fixture(scope="session")
def keyless_mock() -> Iterator[aimock.Aimock]:
    with aimock.start(key="") as running:
        yield running


@pytest.fixture(scope="session")
def bare(mock: aimock.Aimock, keyless_mock: aimock.Aimock) -> Iterator[CallServer]:
    bases = {"openrouter": f"{mock.url}/api/v1", "ollama": keyless_mock.url}
    configurations = [
        configuration(
            provider,
            provider,
            model=MODELS[provider],
            base_url=bases.get(provider, mock.url),
            api_key=None if provider == "ollama" else aimock.KEY,
        )
        for provider in PROVIDERS
    ]
    configurations.append(configuration("demo", "demo", model="demo-chat"))
    with CallServer(configurations, default="openai").serve() as running:
        yield running


@pytest.fixture
def client(bare: CallServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=GATEWAY_KEY, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_client(bare: CallServer):
    async with openai.AsyncOpenAI(base_url=f"{bare.url}/v1", api_key=GATEWAY_KEY, max_retries=0) as client:
        yield client
