"""What errors look like, by where they happen."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from trunkline.core.errors import Conflict, FieldError, Forbidden
from trunkline.faces.http.error_shape import AI_LLM, BRIEF, FULL, ErrorShape, shape_of


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/ai/llm", AI_LLM),
        ("/ai/llm/", AI_LLM),
        ("/ai/llm/x/validate", AI_LLM),
        ("/policy", BRIEF),
        ("/policy/violations", BRIEF),
        ("/ai", FULL),
        ("/ai/llms", FULL),
        ("/policyholder", FULL),
        ("/api/policy", FULL),
        ("/", FULL),
        ("", FULL),
    ],
)
def test_the_shape_is_the_paths(path: str, shape: ErrorShape) -> None:
    assert shape_of(path) is shape


def test_the_full_shape_names_the_fields_and_the_request() -> None:
    wrong = (FieldError("a.b", "is required."),)
    assert FULL.write(HTTPStatus.BAD_REQUEST, "a.b: is required.", wrong, "r") == {
        "statusCode": 400,
        "message": "a.b: is required.",
        "error": "Bad Request",
        "errors": [{"field": "a.b", "message": "is required."}],
        "requestId": "r",
    }
    assert "errors" not in FULL.write(HTTPStatus.NOT_FOUND, "No.", (), "r")


def test_the_brief_shape_is_the_message() -> None:
    wrong = (FieldError("a", "is required."),)
    for shape in (BRIEF, AI_LLM):
        assert shape.write(HTTPStatus.BAD_REQUEST, "No.", wrong, "r") == {"success": False, "message": "No."}
        assert set(shape.schema["required"]) == {"success", "message"}


def test_entries_have_statuses_of_their_own() -> None:
    usual = HTTPStatus.CONFLICT
    assert AI_LLM.status(Conflict("", code="duplicate_name"), usual) == 400
    assert AI_LLM.status(Conflict("", code="in_use"), usual) == 403
    assert AI_LLM.status(Conflict(""), usual) == 409
    assert AI_LLM.status(Forbidden(""), HTTPStatus.FORBIDDEN) == 403
    assert FULL.status(Conflict("", code="in_use"), usual) == BRIEF.status(Conflict("", code="in_use"), usual) == 409
