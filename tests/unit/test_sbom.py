"""What Trunkline ships with is known: each package by its version, hashes and licence, and none binds our code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FREE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software|Unlicense|0BSD|MPL|CC0|Zlib|BlueOak|OFL|LGPL|Lesser General")
"""Licences that allow to ship a package beside code of any other. Those with LGPL, MPL or OFL bind themselves alone."""


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    """What ``make sbom`` writes."""
    subprocess.run([sys.executable, "scripts/sbom.py"], cwd=ROOT, check=True, capture_output=True)
    return {path.name: json.loads(path.read_text()) for path in (ROOT / "sbom").iterdir()}


@pytest.mark.parametrize(("name", "known"), [("python.cdx.json", "cryptography"), ("console.cdx.json", "react")])
def test_packages_are_listed_with_version_hash_and_licence(documents: dict[str, Any], name: str, known: str) -> None:
    components = documents[name]["components"]
    assert known in {one["name"] for one in components}
    assert not [one["name"] for one in components if not one["version"] or not one["hashes"]]
    licences = {one["name"]: json.dumps(one["licenses"]) for one in components if "licenses" in one}
    # Those with a marker are for other systems or versions of Python.
    assert not [one["name"] for one in components if "licenses" not in one and not one.get("properties")]
    assert {package: licence for package, licence in licences.items() if not FREE.search(licence)} == {}


def test_the_list_names_no_index(documents: dict[str, Any]) -> None:
    assert "index.invalid" not in json.dumps(documents)
