from __future__ import annotations

from trunkline.core.errors import FieldError, InvalidInput


def test_several_wrong_fields_make_one_sentence() -> None:
    fields = (FieldError("name", "is required."), FieldError("", "no field."), FieldError("topP", "is too high."))
    told = InvalidInput.of_all(fields)
    assert told.message == "name: is required; no field; topP: is too high."
    assert told.fields == fields


def test_one_wrong_field_is_told_as_it_is() -> None:
    told = InvalidInput.of_all((FieldError("apiKey", "is required. Make one."),))
    assert told.message == InvalidInput.of("apiKey", "is required. Make one.").message
