"""A newcomer at a terminal, who types what a page says into a fresh installation."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import pexpect
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.docs.internet import ROUTER_KEY
from tests.docs.page import Block
from tests.upstreams import aimock

ROOT = Path(__file__).parents[2]
_PROMPT = "reader-is-ready> "
_SECONDS = 150
_SERVER = re.compile(r"^((?:TRUNKLINE_\w+=\S+ )*)make run\b.*$", re.MULTILINE)
_KEPT = {".git", ".trunkline", ".pytest_cache", ".ruff_cache"}

_SHELL = r"""
set -E -o pipefail
trap 'echo "FAILED: line $LINENO: $BASH_COMMAND"' ERR
curl() { command curl --fail-with-body "$@"; }
"""
"""A failed command is told, and a status of 4xx or 5xx is a failure."""


class Newcomer:
    """One reader of one page, with a terminal for the server and one for everything else."""

    def __init__(self, folder: Path, port: int, python_path: Path) -> None:
        self.folder = folder / "trunkline"
        self.folder.mkdir()
        for entry in ROOT.iterdir():
            if entry.name not in _KEPT:
                (self.folder / entry.name).symlink_to(entry)
        modules = self.folder / "node_modules"
        modules.mkdir()
        (modules / "openai").symlink_to(ROOT / "tests/contract/typescript/node_modules/openai")
        (modules / "@hpke").symlink_to(ROOT / "clients/typescript/node_modules/@hpke")
        (self.folder / "service-account.json").write_text(make_service_account())
        self.port = port
        self.key = ""
        """The API key that the first start shows."""
        home = folder / "home"
        home.mkdir()
        node = str(aimock.NODE.parent)
        self._environment = {
            "PATH": f"{node}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "COLUMNS": "400",
            "PYTHON": sys.executable,
            "TRUNKLINE_PORT": str(port),
        }
        self._environment["PYTHONPATH"] = str(python_path)
        keys = ("OPENAI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK")
        own = dict.fromkeys(keys, aimock.KEY) | {
            "ANTHROPIC_API_KEY": "sk-ant-api03-abcdefghijklmnop",
            "OPENROUTER_API_KEY": ROUTER_KEY,
        }
        self._shell = self._open({**self._environment, **own})
        self._server: pexpect.spawn | None = None
        self._count = 0

    def _open(self, environment: dict[str, str]) -> pexpect.spawn:
        shell = pexpect.spawn(
            "bash", ["--norc", "--noprofile"], cwd=self.folder, env={**environment, "PS1": _PROMPT},
            encoding="utf-8", timeout=_SECONDS, echo=False, dimensions=(50, 400), preexec_fn=_heed_interrupts,
        )  # fmt: skip
        shell.expect_exact(_PROMPT)
        start = self.folder.parent / "start.sh"
        start.write_text(_SHELL)
        shell.sendline(f"source {start}")
        shell.expect_exact(_PROMPT)
        return shell

    def start(self, settings: str = "") -> str:
        """``make run``, until it tells that it is there. What it printed."""
        self.stop()
        self._server = self._open(self._environment)
        self._server.sendline(f"{settings}make run")
        self._server.expect("Ctrl-C stops")
        said = self._server.before or ""
        if found := re.search(r"Bearer (tl-[^']+)", said):
            self.key = found[1]
        with socket.socket() as listening:
            listening.settimeout(_SECONDS)
            listening.connect(("127.0.0.1", self._find_port(settings)))
        return said

    def stop(self) -> None:
        """Ctrl-C, until the server has ended."""
        if self._server is not None:
            self._server.sendintr()
            self._server.expect_exact(_PROMPT)
            self._server.close(force=True)
            self._server = None

    def close(self) -> None:
        """Leave."""
        self.stop()
        self._shell.close(force=True)

    def follow(self, block: Block) -> str:
        """Do what a block says. What was printed; a failed command stands in it as ``FAILED``."""
        if re.search(r"\bstop the server\b", block.prose.strip().rpartition("\n\n")[2], re.IGNORECASE):
            self.stop()
        text = self._here(block.text)
        if block.language == "python":
            return self._run(text, "py", str(ROOT / ".venv/bin/python"))
        if block.language == "ts":
            return self._run(text, "mts", "node --no-warnings")
        said = ""
        for number, part in enumerate(re.split(r"^(.*make (?:run|test)\b.*)$", text, flags=re.MULTILINE)):
            if number % 2 == 0:
                said += self._source(part)
            elif (command := _SERVER.match(part)) is not None:
                said += self.start(command[1])
                if self._find_port(command[1]) != self.port:
                    self.start()  # the page goes on with the usual address
        return said

    def _find_port(self, settings: str) -> int:
        port = re.search(r"TRUNKLINE_PORT=(\d+)", settings)
        return int(port[1]) if port else self.port

    def _here(self, text: str) -> str:
        """A block with this reader's port and keys in the place of the shown ones."""
        text = text.replace("8700", str(self.port))
        text = re.sub(r"\btl-…", self.key, text)
        text = re.sub(r"\bsk-or-v1-…", ROUTER_KEY, text)
        return re.sub(r"\bsk-(?:proj-)?…", aimock.KEY, text)

    def _run(self, text: str, ending: str, program: str) -> str:
        self._count += 1
        # Beside the packages that the page has the reader install.
        script = self.folder / f"typed-{self._count}.{ending}"
        script.write_text(text)
        return self._type(f"{program} {script}")

    def _source(self, text: str) -> str:
        if not text.strip():
            return ""
        self._count += 1
        script = self.folder.parent / f"typed-{self._count}.sh"
        script.write_text(text)
        return self._type(f"source {script}")

    def _type(self, line: str) -> str:
        self._shell.sendline(line)
        said = ""
        while True:
            met = self._shell.expect_exact([_PROMPT, "(not shown): ", "The same again: ", "[y/N]: "])
            said += self._shell.before or ""
            if met == 0:
                return said
            self._shell.sendline("y" if met == 3 else aimock.KEY)


def _heed_interrupts() -> None:
    """Who runs the tests in the background ignores Ctrl-C, and so would all that is started here."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def make_service_account() -> str:
    """What Google's console gives to download, with a key of nobody."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    account = {
        "type": "service_account",
        "project_id": "my-project",
        "private_key_id": "1",
        "private_key": pem,
        "client_email": "trunkline@my-project.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(account)
