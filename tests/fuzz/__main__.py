"""``python -m tests.fuzz TARGET …``: fuzz some targets, or all of them, for a time or a number of inputs.

Ends with 0 when nothing was found. What broke a promise is told with its traceback, and kept in ``.cache/fuzz``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import atheris
from atheris.import_hook import instrument_imports

_FOUND: Final = Path(".cache/fuzz")
_INSTRUMENTED: Final = ["trunkline.core", "trunkline.dialects", "trunkline.faces", "trunkline.outbound"]


def _fuzz(name: str, options: list[str]) -> None:
    """In this process, which ends here."""
    with instrument_imports(include=_INSTRUMENTED):
        from tests.fuzz.seeds import seeds
        from tests.fuzz.targets import TARGETS
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(name)):
            (Path(folder) / str(number)).write_bytes(seed)
        _FOUND.mkdir(parents=True, exist_ok=True)
        atheris.Setup([name, *options, f"-artifact_prefix={_FOUND}/{name}-", folder], TARGETS[name])
        atheris.Fuzz()


def main() -> int:
    """Each target in a process of its own, because a fuzzer never returns."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="stream, url, response, request (default: all)")
    parser.add_argument("--seconds", type=int, default=60, help="how long each is fuzzed (default: 60)")
    parser.add_argument("--runs", type=int, help="how many inputs, instead of a time")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    bound = f"-max_total_time={asked.seconds}" if asked.runs is None else f"-runs={asked.runs}"
    if asked.inside:
        _fuzz(asked.targets[0], [bound, "-seed=1", "-max_len=4096", "-rss_limit_mb=1024", "-print_final_stats=1"])
        return 0
    worst = 0
    for target in asked.targets or ["stream", "url", "response", "request"]:
        print(f"Fuzzing {target} …", flush=True)
        options = ["--seconds", str(asked.seconds)] if asked.runs is None else ["--runs", str(asked.runs)]
        done = subprocess.run([sys.executable, "-m", "tests.fuzz", target, "--inside", *options], check=False)
        worst = worst or done.returncode
    return worst


if __name__ == "__main__":
    sys.exit(main())
