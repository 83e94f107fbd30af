"""A server below a path of a proxy, which is a real nginx: once it passes the path on, once it leaves it out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Generator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from tests.e2e.server import EMAIL, PASSWORD, Server, wait_for
from tests.upstreams.aimock import free_port
from trunkline.faces.console.site import is_built

BASE = "/trunkline"
NGINX = shutil.which("nginx")

pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx: apt install nginx-light")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    server = Server(tmp_path_factory.mktemp("place"), TRUNKLINE_BASE_PATH=BASE)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=["passes the path on", "leaves the path out"])
def proxy(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    """The port of the proxy."""
    assert NGINX is not None
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    upstream = server.url + ("/" if request.param == "leaves the path out" else "")
    (folder / "nginx.conf").write_text(
        f"""
        daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
        events {{ worker_connections 64; }}
        http {{
          access_log off;
          client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
          uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          server {{
            listen 127.0.0.1:{port};
            location {BASE}/ {{ proxy_pass {upstream}; proxy_buffering off; proxy_http_version 1.1; }}
          }}
        }}
        """
    )
    nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    wait_for(lambda: _answers(port))
    yield port
    nginx.terminate()
    nginx.wait(10)


def _answers(port: int) -> bool:
    try:
        ask(port, "GET", "/")
    except OSError:
        return False
    return True


def ask(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"content-type": "application/json", **(headers or {})})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def test_the_session_lives_below_the_path(proxy: int) -> None:
    credentials = {"email": EMAIL, "password": PASSWORD, "cookie": True}
    response, _ = ask(proxy, "POST", f"{BASE}/api/auth/login", credentials)
    cookie = response.headers["set-cookie"]
    assert response.status == 200
    assert f"Path={BASE}/api/auth;" in cookie
    mine = {"cookie": cookie.partition(";")[0]}
    response, body = ask(proxy, "POST", f"{BASE}/api/auth/refresh", {"cookie": True}, mine)
    assert response.status == 200
    bearer = {"authorization": f"Bearer {json.loads(body)['accessToken']}"}
    response, _ = ask(proxy, "GET", f"{BASE}/api/keys?limit=1", headers=bearer)
    assert response.status == 200
    ask(proxy, "POST", f"{BASE}/api/keys", {"name": "second"}, bearer)
    response, _ = ask(proxy, "GET", f"{BASE}/api/keys?limit=1", headers=bearer)
    assert response.headers["link"].startswith(f"<{BASE}/api/keys?")


@pytest.mark.parametrize("stream", [False, True])
def test_models_are_called_below_the_path(proxy: int, server: Server, stream: bool) -> None:
    server.sign_in()
    bearer = {"authorization": f"Bearer {server.make_key()}"}
    call = {"model": "demo", "messages": [{"role": "user", "content": "Hello"}], "stream": stream}
    response, body = ask(proxy, "POST", f"{BASE}/v1/chat/completions", call, bearer)
    assert response.status == 200, body
    assert body.endswith(b"data: [DONE]\n\n") is stream


def test_the_pages_find_their_files(proxy: int) -> None:
    assert is_built(), "make console"
    response, _ = ask(proxy, "GET", f"{BASE}/")
    assert response.headers["location"] == f"{BASE}/console/"
    response, page = ask(proxy, "GET", f"{BASE}/console/status")
    assert f'<base href="{BASE}/console/">' in page.decode()
    (script,) = re.findall(r'src="\./(assets/[^"]+\.js)"', page.decode())
    response, _ = ask(proxy, "GET", f"{BASE}/console/{script}")
    assert response.status == 200
    response, page = ask(proxy, "GET", f"{BASE}/docs")
    for file in re.findall(r'(?:src|href)="(docs/[^"]+)"', page.decode()):
        assert ask(proxy, "GET", f"{BASE}/{file}")[0].status == 200
    _, document = ask(proxy, "GET", f"{BASE}/openapi.json")
    assert json.loads(document)["servers"] == [{"url": BASE}]


def test_what_only_begins_like_the_path_is_something_else(server: Server) -> None:
    assert server.ask("GET", f"{BASE}/healthz", key=None)[0] == 200
    assert server.ask("GET", f"{BASE}healthz", key=None)[0] == 404


def test_the_address_that_is_printed_has_the_path(server: Server) -> None:
    assert f" at {server.url}{BASE}\n" in server.log.read_text()
