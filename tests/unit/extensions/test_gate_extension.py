"""What is checked of a gate before it is loaded, and with the kit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.extension_packages import install

from trunkline.extensions import Gate, GateCall, GateExtension, Refused
from trunkline.extensions.loading import load_extensions
from trunkline.extensions.testing import check_gate


class Sync(Gate):
    def enter(self, call: GateCall) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Wrong: it is waited for."""


class Failing(Gate):
    async def enter(self, call: GateCall) -> None:
        raise LookupError("nothing there")


class Refusing(Gate):
    async def admit(self, call: GateCall, provider: str, model: str) -> None:
        raise Refused(f"not {provider}/{model}.")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": "Bad Name"}, "name: must be 2 to 32"),
        ({"gate": object()}, "gate: must be an object of a class that is derived from Gate"),
        ({"gate": Sync()}, "gate: enter must be an async def."),
        ({"on_error": "ignore"}, "on_error: must be refuse or allow."),
        ({"seconds": 0}, "seconds: must be above 0"),
        ({"errors": 0}, "errors: must be 1 to 1000."),
    ],
)
def test_each_fault_is_told_by_its_field(fields: dict[str, Any], fault: str) -> None:
    extension = GateExtension(**{"api": 1, "name": "acme", "gate": Gate(), **fields})
    assert any(fault in one for one in extension.find_faults())
    with pytest.raises(AssertionError) as told:
        check_gate(extension)
    assert fault in str(told.value)


def test_the_kit_tells_what_a_gate_refuses_and_that_it_fails() -> None:
    assert check_gate(GateExtension(api=1, name="acme", gate=Gate())) is None
    refused = check_gate(GateExtension(api=1, name="acme", gate=Refusing()), model="gpt-4")
    assert refused is not None
    assert refused.message == "not openai/gpt-4."
    with pytest.raises(AssertionError, match="the gate failed: LookupError: nothing there"):
        check_gate(GateExtension(api=1, name="acme", gate=Failing()))


def test_the_name_of_a_gate_is_that_of_one(site: Path) -> None:
    source = "from trunkline.extensions import *\nextension = GateExtension(api=1, name='same', gate=Gate())"
    names = [install(site, name, source, group="trunkline.gates") for name in ("one", "two")]
    extensions = load_extensions(names)
    assert [gate.package for gate in extensions.gates] == ["trunkline-one"]
    assert "The gate 'same' is that of trunkline-one already." in extensions.left_out[0].reason
