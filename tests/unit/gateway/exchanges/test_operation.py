"""What is sent for the calls beside chat."""

from __future__ import annotations

import json
from typing import cast

import pytest

from trunkline.core.errors import Unsupported
from trunkline.core.secret import Secret
from trunkline.dialects.openai_operations.form_body import FormBody
from trunkline.dialects.openai_operations.json_body import JsonBody
from trunkline.gateway.estimate import OTHER
from trunkline.gateway.exchanges import operation
from trunkline.gateway.exchanges.operation import OperationCall
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.outbound import Transport
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.registry import PROVIDERS

FORM = (
    b'--B\r\nContent-Disposition: form-data; name="model"\r\n\r\na\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n1\r\n--B--\r\n'
)


def target(name: str) -> Target:
    provider = PROVIDERS[name]
    key = None if provider.auth == "none" else Secret("sk-0123456789abcdefghij")
    base_url = provider.base_url or "https://llm.example/v1"
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="c", provider=name)
    return Target(entry, provider, make_endpoint(provider, base_url, key), cast("Transport", None))


def test_a_form_has_one_content_type() -> None:
    kind = "multipart/form-data; boundary=B"
    request = (
        OperationCall(operation.TRANSCRIPTIONS, FormBody(FORM, "B"), kind)
        .prepare(target("openai"), "whisper-1")
        .request
    )
    assert [value for name, value in request.headers if name.lower() == "content-type"] == [kind]
    assert request.body == FORM.replace(b"\r\na\r\n", b"\r\nwhisper-1\r\n")
    assert str(request.url) == "https://api.openai.com/v1/audio/transcriptions"


def test_another_target_may_take_another_way() -> None:
    call = OperationCall(operation.COMPLETIONS, JsonBody(b'{"model":"a","prompt":"once"}'), "application/json")
    assert json.loads(call.prepare(target("anthropic"), "claude-haiku-4-5").request.body)["messages"]
    assert json.loads(call.prepare(target("vllm"), "m").request.body) == {"model": "m", "prompt": "once"}
    assert json.loads(call.prepare(target("deepseek"), "deepseek-chat").request.body)["messages"]


@pytest.mark.parametrize(
    ("kind", "provider", "words"),
    [
        (operation.IMAGES, "anthropic", "makes no pictures"),
        (operation.EDITS, "gemini", "changes no pictures"),
        (operation.SPEECH, "ollama", "does not speak"),
        (operation.TRANSCRIPTIONS, "demo", "writes no transcripts"),
        (operation.MODERATIONS, "groq", "does not moderate"),
        (operation.RERANK, "openai", "does not rank"),
    ],
)
def test_what_is_not_offered_names_the_model(kind: operation.Kind, provider: str, words: str) -> None:
    call = OperationCall(kind, JsonBody(b'{"model":"mine","prompt":"a"}'), "application/json")
    with pytest.raises(Unsupported, match=words) as raised:
        call.prepare(target(provider), "m")
    assert "'mine'" in raised.value.message


def test_what_was_cut_off_is_counted_by_its_text() -> None:
    body = JsonBody(b'{"model":"a","query":"12345678","documents":["1234",{"text":"5678"}]}')
    assert OperationCall(operation.RERANK, body, "application/json").count(OTHER) == 9
    assert OperationCall(operation.SPEECH, body, "application/json").streams


def test_a_prompt_that_is_cut_into_tokens_is_counted_by_them() -> None:
    for prompt, tokens in (("[1,2,3]", 3), ("[[1,2],[3]]", 3), ('["a"]', 1)):
        body = JsonBody(f'{{"model":"a","prompt":{prompt}}}'.encode())
        assert OperationCall(operation.COMPLETIONS, body, "application/json").count(OTHER) == tokens
