"""The settings of models in clouds, which say where and with what credential besides."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.providers.parameter import Parameter
from trunkline.providers.parameter_sets import (
    CLAUDE_EFFORT,
    GEMINI,
    HEADERS,
    MAX_TOKENS,
    STOP_SEQUENCES,
    SYSTEM_PROMPT,
    TEMPERATURE,
    THINKING_BUDGET,
    TOP_K,
    TOP_P,
)

VERTEX: Final = (
    Parameter(
        name="project",
        type="string",
        neutral="place.project",
        max_length=63,
        pattern="^[a-z0-9][a-z0-9-]*$",
        title="Project",
        description="The id or number of the Google Cloud project that is charged.",
        examples=("my-project-123",),
    ),
    Parameter(
        name="location",
        type="string",
        neutral="place.location",
        max_length=40,
        pattern="^[a-z0-9][a-z0-9-]*$",
        default="global",
        title="Location",
        description="Where the model runs. Changing it changes the address, so the key must be entered again.",
        examples=("europe-west4", "eu"),
    ),
    *GEMINI,
)

BEDROCK: Final = (
    Parameter(
        name="region",
        type="string",
        neutral="place.region",
        max_length=40,
        pattern="^[a-z0-9][a-z0-9-]*$",
        default="us-east-1",
        title="Region",
        description="Where the model runs. Changing it changes the address, so the key must be entered again.",
        examples=("eu-central-1",),
    ),
    Parameter(
        name="accessKeyId",
        type="string",
        neutral="auth.access_key_id",
        max_length=128,
        pattern="^[A-Z0-9]{16,128}$",
        title="Access key id",
        description="Set it where the key is the secret of an access key; each call is then signed. With temporary"
        " credentials, add the session token as the header X-Amz-Security-Token. Leave it out with a Bedrock API key.",
        examples=("AKIAIOSFODNN7EXAMPLE",),
    ),
    msgspec.structs.replace(TEMPERATURE, maximum=1),
    MAX_TOKENS,
    TOP_P,
    TOP_K,
    STOP_SEQUENCES,
    THINKING_BUDGET,
    CLAUDE_EFFORT,
    Parameter(
        name="guardrailConfig",
        type="object",
        neutral="extra.bedrock_converse.guardrailConfig",
        title="Guardrail",
        description="The guardrail that every call passes, as the Converse API takes it.",
        examples=({"guardrailIdentifier": "abc123", "guardrailVersion": "1"},),
    ),
    Parameter(
        name="additionalModelRequestFields",
        type="object",
        neutral="extra.bedrock_converse.additionalModelRequestFields",
        title="More parameters",
        description="Parameters that one model alone takes, sent as they are written here.",
        examples=({"reasoning_effort": "low"},),
    ),
    HEADERS,
    SYSTEM_PROMPT,
)
