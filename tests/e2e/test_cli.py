"""The command line as it is typed: the tour of the README, machines' output, and one clear line for each mishap."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import socket
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import EMAIL, TRUNKLINE, Server, wait_for
from tests.upstreams import scripted
from tests.upstreams.aimock import free_port
from trunkline.vault.root_key import RootKeyFile

KEY = "sk-proj-0123456789abcdefghijWXYZ"
ANSWER = json.dumps(
    {
        "id": "c-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000},
    }
).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    opened = Server(tmp_path_factory.mktemp("cli"), TRUNKLINE_TESTS_PER_MINUTE="100")
    opened.start()
    yield opened
    opened.stop()


def run(
    server: Server, *words: str, given: str | None = None, code: int = 0, **more: str
) -> subprocess.CompletedProcess:
    """A command, as a person in the server's folder types it. It must end with ``code``."""
    done = subprocess.run(
        [TRUNKLINE, *words],
        env=server.environment(**more),
        cwd=server.folder,
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def read(server: Server, *words: str, **more: str) -> Any:
    """What a command prints for machines: JSON and nothing else."""
    return json.loads(run(server, *words, "--json", code=0, **more).stdout)


def fails(server: Server, *words: str, **more: str) -> str:
    """The one line that a command which cannot do its work ends with."""
    done = run(server, *words, code=1, **more)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


def test_the_tour(server: Server) -> None:
    said = run(server, "chat", "Say hello.")
    assert "Hello! How can I help you today?" in said.stdout
    assert re.search(r"^default \(.+\) · \d+ ms to first token · \d+ tok/s · \d+ tok · \$0$", said.stderr, re.MULTILINE)

    with scripted.start() as provider:
        models = b'{"object":"list","data":[{"id":"gpt-4o-mini","object":"model"}]}'
        chunk = (
            b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":'
            b'[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}],'
            b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\ndata: [DONE]\n\n'
        )
        provider.script = scripted.in_turn(scripted.whole(models), scripted.stream(chunk), scripted.whole(ANSWER))
        words = ("--provider", "openai", "--model", "gpt-4o-mini", "--base-url", f"{provider.url}/v1")
        added = run(server, "configurations", "add", "work", *words, "--key-env", "MY_KEY", MY_KEY=KEY)
        assert "trunkline configurations test work" in added.stderr

        tested = run(server, "configurations", "test", "work")
        assert "✓ auth" in tested.stdout or "✓ models" in tested.stdout
        assert "It works" in tested.stdout

        answer = read(server, "chat", "--model", "work", "Say hello.")
        assert (answer["content"], answer["inputTokens"], answer["outputTokens"]) == ("Hello.", 1000, 1000)
        assert answer["costUSD"] == pytest.approx(0.00075)
        assert all(asked.headers["authorization"] == f"Bearer {KEY}" for asked in provider.asked)

    used = wait_for(lambda: "gpt-4o-mini" in (table := run(server, "usage").stdout) and table)
    assert re.search(r"gpt-4o-mini +\d+ +0 ", used)
    assert re.search(r"^total ", used, re.MULTILINE)
    report = read(server, "usage", "--by", "configuration", "--period", "day")
    assert {part["name"] for part in report["byConfiguration"]} >= {"demo", "work"}

    listed = read(server, "configurations", "list")
    assert {one["name"] for one in listed} >= {"demo", "work"}
    shown = run(server, "configurations", "show", "work").stdout
    assert "sk-proj-…WXYZ" in shown
    assert KEY not in json.dumps(listed) + shown
    run(server, "configurations", "remove", "work", "--yes")
    assert "no configuration 'work'" in fails(server, "configurations", "show", "work")


def test_a_prompt_from_a_pipe(server: Server) -> None:
    said = run(server, "chat", "--no-stream", given="What is piped?\n")
    assert "What is piped?" in said.stdout
    assert "tok" in said.stderr


def test_a_conversation_on_a_terminal(server: Server) -> None:
    terminal = _Terminal(server, "chat", "--model", "demo")
    terminal.expect("› ")
    terminal.type("Say one thing.\n")
    terminal.expect("tok · $0")
    terminal.expect("› ")
    terminal.type("Say another.\n")
    terminal.expect("“Say another.”")
    terminal.expect("› ")
    terminal.type("\x04")
    terminal.end()


def test_an_answer_is_stopped_on_a_terminal(server: Server) -> None:
    with scripted.start() as provider:
        begun = (
            b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":'
            b'[{"index":0,"delta":{"content":"It goes on and"},"finish_reason":null}]}\n\n'
        )
        provider.script = scripted.stream(begun, end="never")
        words = ("--provider", "custom", "--model", "m", "--base-url", provider.url)
        run(server, "configurations", "add", "endless", *words)
        terminal = _Terminal(server, "chat", "--model", "endless")
        terminal.expect("› ")
        terminal.type("Tell me all.\n")
        terminal.expect("It goes on and")
        terminal.type("\x03")
        terminal.expect("Stopped.")
        terminal.expect("› ")
        terminal.type("\x04")
        terminal.end()
        assert provider.hung_up.wait(60)
        run(server, "configurations", "remove", "endless", "--yes")


def test_a_key_is_typed_without_being_shown(server: Server) -> None:
    terminal = _Terminal(server, "configurations", "add", "typed", "--provider", "openai", "--model", "gpt-4o-mini")
    terminal.expect("OpenAI API key (not shown): ")
    terminal.type(f"{KEY}\n")
    terminal.expect("typed is ready to use as a model.")
    terminal.end()
    assert KEY not in terminal.shown
    terminal = _Terminal(server, "configurations", "remove", "typed")
    terminal.expect("Delete typed and erase its key? [y/N]: ")
    terminal.type("y\n")
    terminal.expect("typed is gone.")
    terminal.end()


def test_the_owner_of_the_folder_needs_no_password(server: Server) -> None:
    (me,) = [user for user in read(server, "users", "list") if user["role"] == "admin"]
    assert me["email"] == EMAIL
    query = "SELECT actor_kind, action, count(*) FROM audit_events WHERE actor_kind = 'local' GROUP BY 1, 2 ORDER BY 2"
    (_, begun, first), (_, ended, second) = server.rows(query)
    assert (begun, ended, first) == ("auth.login", "auth.logout", second)
    open_sessions = server.rows(
        "SELECT count(*) FROM sessions WHERE revoked_at IS NULL AND user_agent LIKE '%command%'"
    )
    assert open_sessions == [(0,)]


def test_people(server: Server) -> None:
    words = ("users", "add", "bob@example.com", "--name", "Bob", "--password-stdin")
    assert "bob@example.com can sign in now." in run(server, *words, given="a long enough password\n").stdout
    assert "already" in run(server, *words, given="a long enough password\n", code=1).stderr
    run(server, "users", "disable", "bob@example.com")
    run(server, "users", "enable", "bob@example.com")
    run(server, "users", "reset-password", "bob@example.com", "--password-env", "NEW", NEW="another long password")
    run(server, "users", "make-admin", "bob@example.com")
    (bob,) = [user for user in read(server, "users", "list") if user["name"] == "Bob"]
    assert (bob["role"], bob["disabledAt"]) == ("admin", None)
    assert "no user 'eve@example.com'" in fails(server, "users", "disable", "eve@example.com")


def test_keys(server: Server) -> None:
    made = run(server, "keys", "add", "ci", "--model", "demo", "--days", "1")
    key = made.stdout.strip()
    assert key.startswith("tl-")
    assert "only time" in made.stderr
    assert key not in run(server, "keys", "list").stdout
    url = {"TRUNKLINE_URL": server.url, "TRUNKLINE_API_KEY": key}
    assert "the demo model" in run(server, "chat", "--model", "demo", "Say hi.", **url).stdout
    refused = fails(server, "configurations", "list", **url)
    assert "may only call models" in refused
    assert "TRUNKLINE_API_KEY in your environment" in refused
    here = {"TRUNKLINE_API_KEY": key}
    for words in (("configurations", "list"), ("usage",), ("users", "list"), ("keys", "list")):
        assert "signed in as the owner" in run(server, *words, **here).stderr
    assert "the demo model" in run(server, "chat", "--model", "demo", "Say hi.", **here).stdout
    run(server, "keys", "revoke", "ci")
    assert "does not accept TRUNKLINE_API_KEY" in fails(server, "chat", "Say hi.", **url)
    assert "no key 'ci'" in fails(server, "keys", "revoke", "ci")


def test_a_model_is_pulled(server: Server) -> None:
    with scripted.start() as ollama:
        steps = [
            {"status": "pulling manifest"},
            {"status": "pulling abc", "digest": "sha256:abc", "total": 100, "completed": 50},
            {"status": "success"},
        ]
        lines = b"".join(json.dumps(step).encode() + b"\n" for step in steps)
        ollama.script = scripted.in_turn(
            scripted.stream(lines, kind="application/x-ndjson"),
            scripted.stream(b'{"error":"pull model manifest: file does not exist"}\n', kind="application/x-ndjson"),
        )
        words = ("--provider", "ollama", "--model", "llama3.2", "--base-url", ollama.url)
        run(server, "configurations", "add", "local", *words)
        assert run(server, "configurations", "pull", "local", "llama3.2").stdout == "llama3.2 is there.\n"
        fails(server, "configurations", "pull", "local", "no-such-model")
        run(server, "configurations", "remove", "local", "--yes")


def test_the_doctor(server: Server) -> None:
    # The first start has read the password. The doctor finds it unsafe to keep.
    settled = {"TRUNKLINE_ADMIN_EMAIL": "", "TRUNKLINE_ADMIN_PASSWORD": ""}
    findings = {finding["name"]: finding["state"] for finding in read(server, "doctor", **settled)}
    of_the_machine = {"python", "folder", "disk", "clock", "port", "safety"}
    of_the_installation = {"database", "root key", "journal", "intake", "server", "providers"}
    assert set(findings) == of_the_machine | of_the_installation | {"supervisor", "management", "worker 0"}
    assert set(findings.values()) == {"ok"}


def test_the_doctor_finds_what_is_wrong(server: Server, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(server, "doctor", code=1, TRUNKLINE_PORT=port, TRUNKLINE_DATA_DIR=str(tmp_path / "none"))
    assert "✗ port" in done.stdout
    assert "TRUNKLINE_PORT=" in done.stdout
    assert not (tmp_path / "none").exists()


def test_a_backup_comes_back(server: Server, tmp_path: Path) -> None:
    file, other = tmp_path / "b.tar.gz", tmp_path / "other"
    run(server, "chat", "--no-stream", "Remember this.")
    done = run(server, "backup", str(file), "--include-root-key")
    assert "IN this file" in done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert "exists already" in fails(server, "backup", str(file))
    assert "A server runs on" in fails(server, "restore", str(file), "--force")

    restored = Server(tmp_path)
    restored.data = other
    run(restored, "restore", str(file))
    new = RootKeyFile(tmp_path / "new.key").create()
    run(restored, "vault", "migrate", str(tmp_path / "new.key"))
    assert (other / "root.key").read_text().strip() == new.export_text()
    assert read(restored, "vault", "rotate")["version"] == 3
    restored.start()
    try:
        count = server.rows("SELECT count(*) FROM usage_events")[0][0]
        wait_for(lambda: restored.rows("SELECT count(*) FROM usage_events")[0][0] >= count)
        assert {one["name"] for one in read(restored, "configurations", "list")} >= {"demo"}
    finally:
        restored.stop()


def test_a_backup_without_the_root_key(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    assert "NOT in this file" in run(server, "backup", str(file)).stderr
    with tarfile.open(file) as archive:
        assert "root.key" not in archive.getnames()
    bare = tmp_path / "bare"
    assert "does not hold the root key" in fails(server, "restore", str(file), TRUNKLINE_DATA_DIR=str(bare))
    assert not bare.exists()


def test_a_postgresql_database_has_tools_of_its_own(server: Server, tmp_path: Path) -> None:
    url = "postgresql+asyncpg://somebody:secret-password@127.0.0.1:1/x"
    line = fails(server, "backup", str(tmp_path / "b"), TRUNKLINE_DATABASE_URL=url)
    assert "pg_dump" in line
    assert "secret-password" not in line


def test_the_keys_at_the_top(server: Server) -> None:
    standing = read(server, "vault", "status")
    assert (standing["oldDataKeys"], standing["oldWrappings"]) == (0, 0)
    turned = read(server, "vault", "rotate")
    assert turned == {**standing, "version": standing["version"] + 1}
    assert read(server, "vault", "rotate", "--data-keys") == turned
    assert "A server runs on" in fails(server, "vault", "migrate", "new.key")


def test_no_server(server: Server) -> None:
    port = free_port()
    line = fails(server, "usage", TRUNKLINE_PORT=str(port))
    assert line.startswith(f"No server answers at http://127.0.0.1:{port}. Start it with `make run`")


def test_a_server_of_another_folder(server: Server, tmp_path: Path) -> None:
    line = fails(server, "usage", TRUNKLINE_DATA_DIR=str(tmp_path))
    assert "TRUNKLINE_API_KEY" in line
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_key(server: Server) -> None:
    wrong = "tl-" + "x" * 43
    done = run(server, "usage", TRUNKLINE_API_KEY=wrong)
    assert "signed in as the owner of the data folder" in done.stderr
    line = fails(server, "chat", "Say hi.", TRUNKLINE_API_KEY=wrong)
    assert line.startswith("The server does not accept TRUNKLINE_API_KEY, which is set in your environment.")
    assert "xxx" not in line


def test_a_taken_port(server: Server, tmp_path: Path) -> None:
    data = tmp_path / "data"
    line = fails(server, "serve", TRUNKLINE_DATA_DIR=str(data))
    assert f"Port {server.port} is taken" in line
    assert f"TRUNKLINE_PORT={server.port + 1}" in line
    assert not data.exists() or list(data.iterdir()) == []


def test_a_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = fails(server, "serve", TRUNKLINE_DATA_DIR=str(tmp_path / "file" / "data"), TRUNKLINE_PORT=str(free_port()))
    assert "cannot be written" in line
    assert "TRUNKLINE_DATA_DIR=" in line


def test_a_wrong_root_key(server: Server, tmp_path: Path) -> None:
    run(server, "backup", str(tmp_path / "b.tar.gz"), "--include-root-key")
    data = tmp_path / "data"
    run(server, "restore", str(tmp_path / "b.tar.gz"), TRUNKLINE_DATA_DIR=str(data))
    connection = sqlite3.connect(data / "trunkline.db")
    connection.execute("PRAGMA journal_mode=WAL")  # as a server has it: not a byte of the file is to change
    connection.close()
    (data / "root.key").write_text("A" * 43 + "=\n")
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    line = fails(server, "serve", TRUNKLINE_DATA_DIR=str(data), TRUNKLINE_PORT=str(free_port()))
    assert line.startswith("The root key is not the one")
    after = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert {name: content for name, content in after.items() if not name.endswith(("-shm", "-wal"))} == before
    shutil.rmtree(data / "journal", ignore_errors=True)


def test_wrong_settings(server: Server, tmp_path: Path) -> None:
    line = fails(server, "serve", TRUNKLINE_PORT="eighty")
    assert line.startswith("Some settings are wrong. TRUNKLINE_PORT: ")
    own = {"TRUNKLINE_PORT": str(free_port()), "TRUNKLINE_DATA_DIR": str(tmp_path / "data")}
    line = fails(server, "serve", TRUNKLINE_DATABASE_URL="mysql://localhost/x", **own)
    assert line.startswith("TRUNKLINE_DATABASE_URL: names 'mysql'")


def _take_terminal() -> None:
    """Make standard input the controlling terminal, so that Ctrl-C reaches the process as a signal."""
    import fcntl
    import signal
    import termios

    # Who runs the tests in the background ignores it, and so would the command.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class _Terminal:
    """A command on a terminal of its own: reads what it shows and types at it."""

    def __init__(self, server: Server, *words: str) -> None:
        self._descriptor, child = pty.openpty()
        self._process = subprocess.Popen(
            [TRUNKLINE, *words],
            env=server.environment(TERM="dumb"),
            cwd=server.folder,
            stdin=child,
            stdout=child,
            stderr=child,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - a terminal is taken no other way, and no thread runs here
        )
        os.close(child)
        self.shown = ""
        self._seen = ""

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._descriptor, text.encode())

    def expect(self, text: str) -> None:
        """Wait until ``text`` is shown, and go on behind it."""
        while text not in self._seen:
            ready, _, _ = select.select([self._descriptor], [], [], 60)
            assert ready, f"{text!r} never came: {self._seen!r}"
            came = os.read(self._descriptor, 65_536).decode(errors="replace")
            self.shown += came
            self._seen += came
        self._seen = self._seen.partition(text)[2]

    def end(self) -> None:
        """Wait for a good end."""
        assert self._process.wait(60) == 0
        os.close(self._descriptor)
