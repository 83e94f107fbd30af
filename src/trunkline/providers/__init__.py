"""Who serves models: a table of rows, and one file for each thing in which a provider really differs."""

from trunkline.providers.adaptation import adapt
from trunkline.providers.auth import AuthScheme
from trunkline.providers.defaults import Defaults, apply_defaults, compile_defaults, wire_defaults
from trunkline.providers.endpoint import Endpoint, make_endpoint, write_origin
from trunkline.providers.parameter import Parameter
from trunkline.providers.provider import Capability, Paths, Provider
from trunkline.providers.quirks import Quirk, quirk
from trunkline.providers.registry import PROVIDERS, find, guess_provider
from trunkline.providers.schema import MAX_OUTPUT, schema
from trunkline.providers.validation import validate

__all__ = [
    "MAX_OUTPUT",
    "PROVIDERS",
    "AuthScheme",
    "Capability",
    "Defaults",
    "Endpoint",
    "Parameter",
    "Paths",
    "Provider",
    "Quirk",
    "adapt",
    "apply_defaults",
    "compile_defaults",
    "find",
    "guess_provider",
    "make_endpoint",
    "quirk",
    "schema",
    "validate",
    "wire_defaults",
    "write_origin",
]
