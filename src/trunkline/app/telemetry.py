"""OpenTelemetry, where the settings ask for it. Nothing of it is loaded otherwise."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec

from trunkline.control.usage.projection import Arrivals
from trunkline.core.errors import Unavailable
from trunkline.settings import Settings

_NEEDED = "opentelemetry"


def require_telemetry(settings: Settings) -> None:
    """:class:`Unavailable`, with what to do, where telemetry is asked for and its packages are missing."""
    if settings.otel and (find_spec(_NEEDED) is None or find_spec(f"{_NEEDED}.sdk") is None):
        raise Unavailable(
            "TRUNKLINE_OTEL is set, and OpenTelemetry is not installed. Install it, `pip install 'trunkline[otel]'`,"
            " or unset TRUNKLINE_OTEL."
        )


@contextmanager
def telling(settings: Settings) -> Generator[Callable[[Arrivals], None] | None]:
    """What is to be told of calls that are stored, until the block ends; None where nobody wants to know."""
    if not settings.otel:
        yield None
        return
    from trunkline.control.telemetry.telemetry import Telemetry  # noqa: PLC0415 - an extra

    telemetry = Telemetry()
    try:
        yield telemetry.take
    finally:
        telemetry.close()
