"""The vendor's own library accepts what we write: its model of the API, its validator, parser and serializer."""

from __future__ import annotations

from typing import Any

import botocore.session
import msgspec
import pytest
from botocore.eventstream import EventStream
from botocore.parsers import EventStreamJSONParser, RestJSONParser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator
from hypothesis import given, settings

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.chat_events import ChatEvent, Failure
from trunkline.dialects.bedrock_converse import DIALECT

from . import strategies
from .fixture import load, names
from .test_properties import write

MODEL = botocore.session.Session().get_service_model("bedrock-runtime")
CONVERSE = MODEL.operation_model("Converse")
STREAM = MODEL.operation_model("ConverseStream")


def accept_request(body: bytes) -> None:
    wire = msgspec.json.decode(body)
    shape = CONVERSE.input_shape
    params = {"modelId": "m", **RestJSONParser()._parse_shape(shape, wire)}
    report = ParamValidator().validate(params, shape)
    assert not report.has_errors(), report.generate_report()
    again = create_serializer("rest-json").serialize_to_request(params, CONVERSE)["body"]
    # What the library does not know it would have left out.
    assert msgspec.json.decode(again) == wire


def accept_answer(body: bytes) -> dict[str, Any]:
    answer = RestJSONParser().parse({"status_code": 200, "headers": {}, "body": body}, CONVERSE.output_shape)
    answer.pop("ResponseMetadata", None)
    report = ParamValidator().validate(answer, CONVERSE.output_shape)
    assert not report.has_errors(), report.generate_report()
    return answer


class Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self):
        yield self.body


def accept_stream(body: bytes) -> list[dict[str, Any]]:
    shape = STREAM.output_shape.members["stream"]
    return list(EventStream(Raw(body), shape, EventStreamJSONParser(), "ConverseStream"))


@given(strategies.requests())
@settings(max_examples=40, deadline=None)
def test_requests(request: ChatRequest):
    accept_request(DIALECT.write_request(request).body)


@pytest.mark.parametrize("name", names("requests"))
def test_recorded_requests(name: str):
    accept_request(load("requests", name))
    accept_request(DIALECT.write_request(DIALECT.read_request(load("requests", name))).body)


@given(strategies.responses)
@settings(max_examples=40, deadline=None)
def test_answers(response: ChatResponse):
    accept_answer(DIALECT.write_response(response))


@pytest.mark.parametrize("name", names("responses"))
def test_recorded_answers(name: str):
    accept_answer(load("responses", name))


@given(strategies.streams())
@settings(max_examples=40, deadline=None)
def test_streams(events: list[ChatEvent]):
    read = accept_stream(write(events))
    assert [next(iter(event)) for event in read][-2:] == ["messageStop", "metadata"]


def test_failures():
    from botocore.exceptions import EventStreamError

    with pytest.raises(EventStreamError, match=r"throttlingException.*slow down"):
        accept_stream(write([Failure("slow down", "rate_limit")]))
