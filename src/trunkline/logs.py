"""Logging: lines for people or for machines, and never the values of variables in a trace."""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal, cast


@contextmanager
def _without(name: str) -> Generator[None]:
    """Lets nobody import ``name`` meanwhile, unless it is there already."""
    if name in sys.modules:
        yield
        return
    modules = cast("dict[str, Any]", sys.modules)
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]


# It would load rich for traces with colours and variables, which are not shown: 5 MB and 45 ms of every process.
# And greenlet, for an interface that nothing here uses: 1 MB of those that have no ORM.
with _without("rich"), _without("greenlet"):
    import structlog


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module, by its ``__name__``. Events are called in snake_case; their details are given by name."""
    return structlog.stdlib.get_logger(name)


def bound(**values: object) -> AbstractContextManager[None]:
    """Until the block ends, ``values`` stand in each line that is logged by what runs in it or was started by it."""
    return structlog.contextvars.bound_contextvars(**values)


def configure(level: str, form: Literal["auto", "json", "console"], process: str = "") -> None:
    """Set up structlog and the standard library's logging for this process, whose name stands in each line of JSON."""
    for_people = form == "console" or (form == "auto" and sys.stderr.isatty())
    # Both renderers could show the local variables of a trace, which hold keys and prompts.
    render: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if for_people
        else [
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if process and not for_people:

        def add_process(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
            line["process"] = process
            return line

        shared.append(add_process)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    # Their "info" tells what the banner has told already.
    logging.getLogger("uvicorn.error").setLevel(max(logging.WARNING, root.level))
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("alembic").setLevel(max(logging.WARNING, root.level))
    # At "debug" it would show headers with keys, and what is said.
    logging.getLogger("websockets").setLevel(max(logging.WARNING, root.level))
