"""What extensions are written with: all that a package may import of Trunkline, besides its kit of tests.

A package names its extension in an entry point of the group ``trunkline.providers``,
``trunkline.gates`` or ``trunkline.alert_channels``, and a server loads it where
``TRUNKLINE_EXTENSIONS`` names the package. These names, and :mod:`trunkline.extensions.testing`, keep their meaning as
long as :data:`API` is the same number. All else of Trunkline may change with any version.
"""

from trunkline.extensions.alert_channel_extension import (
    AlertChannel,
    AlertChannelExtension,
    AlertNotice,
    Destination,
    NotDelivered,
    Reply,
)
from trunkline.extensions.gate_extension import CallEnd, Gate, GateCall, GateExtension, Refused
from trunkline.extensions.interface import API
from trunkline.extensions.provider_extension import ProviderExtension
from trunkline.providers.parameter import Parameter
from trunkline.providers.parameter_sets import ANTHROPIC as ANTHROPIC_PARAMETERS
from trunkline.providers.parameter_sets import COMPATIBLE as OPENAI_PARAMETERS
from trunkline.providers.parameter_sets import GEMINI as GEMINI_PARAMETERS
from trunkline.providers.parameter_sets import OLLAMA as OLLAMA_PARAMETERS
from trunkline.providers.provider import Paths, Provider

__all__ = [
    "ANTHROPIC_PARAMETERS",
    "API",
    "GEMINI_PARAMETERS",
    "OLLAMA_PARAMETERS",
    "OPENAI_PARAMETERS",
    "AlertChannel",
    "AlertChannelExtension",
    "AlertNotice",
    "CallEnd",
    "Destination",
    "Gate",
    "GateCall",
    "GateExtension",
    "NotDelivered",
    "Parameter",
    "Paths",
    "Provider",
    "ProviderExtension",
    "Refused",
    "Reply",
]
