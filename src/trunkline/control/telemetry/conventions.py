"""The words of OpenTelemetry's semantic conventions for generative AI, version 1.37.

https://github.com/open-telemetry/semantic-conventions/tree/v1.37.0/docs/gen-ai
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.usage_event import Operation

OPERATIONS: Final[Mapping[Operation, str]] = {"completions": "text_completion", "images": "generate_content"}
"""Where the convention has another word for what a call does."""

PROVIDERS: Final[Mapping[str, str]] = {
    "azure-openai": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "vertex": "gcp.vertex_ai",
    "xai": "x_ai",
}
"""Where the convention has another word for who serves."""

TOKEN_USAGE: Final = "gen_ai.client.token.usage"  # noqa: S105 - the name of a metric
DURATION: Final = "gen_ai.client.operation.duration"
FIRST_TOKEN: Final = "gen_ai.server.time_to_first_token"  # noqa: S105 - the name of a metric

TOKEN_BOUNDS: Final = tuple(4.0**power for power in range(14))
DURATION_BOUNDS: Final = tuple(round(0.01 * 2**power, 2) for power in range(14))
FIRST_TOKEN_BOUNDS: Final = (
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
)  # fmt: skip
"""Buckets as the conventions advise; of durations in seconds."""


def name_operation(operation: Operation) -> str:
    """``gen_ai.operation.name``."""
    return OPERATIONS.get(operation, operation)


def name_provider(provider: str) -> str:
    """``gen_ai.provider.name``."""
    return PROVIDERS.get(provider, provider)
