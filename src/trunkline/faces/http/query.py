"""Query parameters that a route does not have: refused, as a filter that is misspelt would show everything."""

from __future__ import annotations

import difflib
from typing import cast

from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from trunkline.core.errors import FieldError, InvalidInput


def refuse_unknown(request: Request) -> None:
    """:class:`InvalidInput` that names each query parameter that the route of ``request`` does not read."""
    if not request.query_params:
        return
    dependant = cast("Dependant | None", getattr(request.scope.get("route"), "dependant", None))
    if dependant is None:
        return
    known = sorted(_find_names(dependant))
    unknown = tuple(
        FieldError(name, f"is no query parameter of this request.{_suggest(name, known)}")
        for name in dict.fromkeys(request.query_params)
        if name not in known
    )
    if unknown:
        raise InvalidInput.of_all(unknown)


def _find_names(dependant: Dependant) -> set[str]:
    names = {parameter.alias for parameter in dependant.query_params}
    return names.union(*(_find_names(inner) for inner in dependant.dependencies))


def _suggest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f" Did you mean {near[0]}?"
    return f" It takes {', '.join(known)}." if known else " It takes none."
