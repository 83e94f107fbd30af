"""The routes of a face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter  # noqa: TID251 - here it is made ours
from fastapi.params import Depends


class Router(APIRouter):
    """Routes whose names are unique among all, because clients call operations by them.

    They are taken over as they are. FastAPI's ``include_router`` reads the function of each once more, which is a tenth
    of what starting costs, and has each request compared with the routes of a router twice.
    """

    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[str] = (),
        dependencies: Sequence[Depends] = (),
        include_in_schema: bool = True,
    ) -> None:
        """``prefix``, ``tags`` and ``dependencies`` are those of routes that are made here, not of those taken over."""
        super().__init__(
            prefix=prefix,
            tags=list(tags),
            dependencies=dependencies,
            include_in_schema=include_in_schema,
            generate_unique_id_function=lambda route: route.name,
        )

    def take_over(self, other: Router) -> None:
        """Serve the routes of ``other`` too."""
        self.routes.extend(other.routes)

    def include_router(self, *_: Any, **__: Any) -> None:
        """Refused: see the class."""
        raise NotImplementedError("Use take_over().")
