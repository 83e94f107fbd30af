"""Where notices arrive in tests: a webhook's receiver that verifies signatures as its documentation says, and mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.upstreams.aimock import free_port


@dataclass
class Notice:
    """What came in one request."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return self.message["type"]

    def is_signed_with(self, secret: str) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """``answers`` are the statuses of the next requests; 204 when there are no more."""

    url: str = ""
    came: list[Notice] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def arrived(self) -> bool:
        """Whether each notice was answered well at last."""
        return {notice.id for notice in self.came} == self.taken

    def kinds(self) -> list[str]:
        """What came, each id once, in order."""
        return [notice.kind for notice in {each.id: each for each in reversed(self.came)}.values()][::-1]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.came.append(Notice(headers, body))
            status = receiver.answers.pop(0) if receiver.answers else 204
            if status < 300:
                receiver.taken.add(headers.get("webhook-id", ""))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/alerts"
        Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


@dataclass
class Mailbox:
    """Emails that came, with whom they were for."""

    url: str = ""
    came: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.came.append((list(envelope.rcpt_tos), mail))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


@contextmanager
def receiving_mail(scheme: str = "smtp+plain", **options: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    mailbox.url = f"{scheme}://127.0.0.1:{controller.port}"
    yield mailbox
    controller.stop()
