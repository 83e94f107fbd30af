"""What the guide has receivers do: its examples tell what Trunkline sent from what it did not."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.upstreams import aimock
from trunkline.control.alerts.webhook import sign
from trunkline.control.alerts.webhook_secret import make_secret

GUIDE = (Path(__file__).parents[3] / "docs/guide/alerts.md").read_text()
SECRET = make_secret()
BODY = b'{"type":"alert.firing","data":{"summary":"\xc3\xa4"}}'


def make_cases() -> list[tuple[bool, str, dict[str, str], bytes]]:
    """Whether each is right, with the secret, the headers and the body."""
    now = int(time.time())

    def headers(at: int, *more: str) -> dict[str, str]:
        signature = " ".join([*more, sign(SECRET, "id", at, BODY)])
        return {"webhook-id": "id", "webhook-timestamp": str(at), "webhook-signature": signature}

    secret, right = SECRET.reveal(), headers(now)
    return [
        (True, secret, right, BODY),
        (True, secret, headers(now, "v1,AAAA"), BODY),
        (False, secret, right, BODY + b" "),
        (False, secret, {**right, "webhook-id": "other"}, BODY),
        (False, secret, {**right, "webhook-timestamp": str(now - 1)}, BODY),
        (False, secret, {**right, "webhook-signature": "v1,"}, BODY),
        (False, secret, headers(now - 600), BODY),
        (False, make_secret().reveal(), right, BODY),
    ]


def test_the_python_example_verifies() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    room: dict[str, Any] = {}
    exec(code, room)  # the guide's own
    for right, secret, headers, body in make_cases():
        assert room["verify"](secret, headers, body) is right, headers


@pytest.mark.needs_node
def test_the_typescript_example_verifies(tmp_path: Path) -> None:
    (code,) = re.findall(r"```ts\n(.*?)```", GUIDE, re.DOTALL)
    cases = [(secret, headers, body.decode()) for _, secret, headers, body in make_cases()]
    asked = (
        f"\nconst cases = {json.dumps(cases)};"
        "\nconsole.log(JSON.stringify(cases.map(([s, h, b]: any) => verify(s, h, Buffer.from(b)))));\n"
    )
    script = tmp_path / "verify.mts"
    script.write_text(code + asked)
    ran = subprocess.run([aimock.NODE, "--no-warnings", script], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [right for right, *_ in make_cases()]
