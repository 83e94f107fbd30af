"""What is already there when Trunkline starts: keys in the environment, an Ollama on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.errors import TrunklineError
from trunkline.core.secret import mask
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import Transport
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.exchange import ask
from trunkline.providers.model_info import first_text, member, objects
from trunkline.providers.registry import PROVIDERS

LOCAL_TIMEOUTS: Final = Timeouts(connect=0.3, first_byte=0.3, between=0.3, total=0.6)
"""What is on this machine answers at once; nobody shall wait for what is not."""

OLLAMA_PORT: Final = 11434


class Discovered(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a configuration can be made of. The key itself is not in it: only where it is, and its mask."""

    provider: str
    env: str | None = None
    key_hint: str | None = None
    base_url: str | None = None
    models: tuple[str, ...] = ()


async def discover(environ: Mapping[str, str], transport: Transport) -> list[Discovered]:
    """Providers whose key stands in ``environ``, each once, and an Ollama that answers, in the order of the rows.

    Ollama is looked for where ``OLLAMA_HOST`` says, else on port 11434 of this machine. Never raises: what does not
    answer is not there.
    """
    found: list[Discovered] = []
    for provider in PROVIDERS.values():
        if provider.id == "ollama":
            ollama = await _find_ollama(environ, transport)
            found += [ollama] if ollama is not None else []
            continue
        name = next((name for name in provider.env if environ.get(name, "").strip()), None)
        if name is not None:
            found.append(Discovered(provider=provider.id, env=name, key_hint=mask(environ[name].strip())))
    return found


async def _find_ollama(environ: Mapping[str, str], transport: Transport) -> Discovered | None:
    place = read_ollama_host(environ.get("OLLAMA_HOST", ""))
    try:
        endpoint = make_endpoint(PROVIDERS["ollama"], place, None)
        answer = await ask(endpoint, transport, endpoint.models(), timeouts=LOCAL_TIMEOUTS)
    except TrunklineError:
        return None
    if not isinstance(member(answer, "models"), list):
        return None
    names = [first_text(entry, "model", "name") for entry in objects(member(answer, "models"))]
    return Discovered(provider="ollama", base_url=str(endpoint.origin), models=tuple(name for name in names if name))


def read_ollama_host(text: str) -> str:
    """The URL that ``OLLAMA_HOST`` stands for: it may lack the scheme, the port or the host, and name all addresses.

    https://docs.ollama.com/faq#how-do-i-configure-ollama-server
    """
    text = text.strip().strip("\"'")
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = "http", text
    rest = rest.partition("/")[0]
    host, _, port = rest.rpartition(":") if rest.rpartition(":")[2].isdigit() else (rest, "", "")
    if host in ("", "0.0.0.0", "[::]", "::"):  # noqa: S104 - what a server binds to, read, not bound
        host = "127.0.0.1"
    usual = {"http": "80", "https": "443"}.get(scheme, "") if mark else str(OLLAMA_PORT)
    return f"{scheme}://{host}:{port or usual or OLLAMA_PORT}"
