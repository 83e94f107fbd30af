"""An origin: the scheme, host and port that a connection is made to and that a credential is bound to."""

from __future__ import annotations

from typing import Final, NamedTuple

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme (``http`` or ``https``), host (lower case, ASCII, IPv6 without brackets) and port.

    Equal origins reach the same server, so this is what connections are pooled by and credentials are bound to.
    Made by :meth:`trunkline.outbound.Url.parse`, which checks each part.
    """

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """``host[:port]`` as in a ``Host`` header: the port only where it is not the scheme's own.

        https://www.rfc-editor.org/rfc/rfc9110#name-host-and-authority
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def write_origin(origin: Origin) -> str:
    """``https://api.openai.com:443``: an origin with its port always named, so that it is spelled in one way."""
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return f"{origin.scheme}://{host}:{origin.port}"
