"""What the API's description promises: examples that work, answers with a shape, links that lead on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.contract.populated_server import open_populated_server
from trunkline.app.pages import describe_api
from trunkline.core.errors import InvalidInput
from trunkline.faces.http.wire import RequestBody
from trunkline.faces.v1 import PATHS

Json = dict[str, Any]

FILES = {"multipart/form-data", "image/png", "image/jpeg", "image/webp", "image/gif"}
"""Bodies that are files, or have files in them."""

NAMES_WHAT_IS_NOT_HERE = {
    # By then the example of shipping has ended the experiment.
    "POST /model-configs/{config_id}/experiment/revert": 409,
    # Nobody here has this address, and these tokens were given to nobody.
    "POST /mcp/{mcp_server_id}": 502,
    "POST /api/auth/login": 401,
    "POST /api/auth/password": 400,
    "POST /api/auth/refresh": 401,
    "POST /api/auth/setup": 409,
    "POST /api/auth/invitations/accept": 400,
    "POST /api/auth/password/reset": 400,
    # No email is sent here.
    "POST /api/auth/password/forgot": 409,
    # Nobody has changed the log.
    "POST /api/audit/acknowledge": 409,
    "POST /api/audit/acknowledge/installation": 409,
    # The keys of the server's environment are its administrator's, and the owner of a workspace is somebody else.
    "POST /api/discoveries/{name}": 403,
    "POST /api/vault/rotate": 403,
    "POST /api/identity-providers": 403,
    "PUT /api/identity-providers/{identity_provider_id}": 403,
    # Strangers may make accounts where the installation lets them.
    "POST /api/auth/signup": 403,
    # There are more versions than the one.
    "PUT /model-configs/{config_id}/versions": 400,
    # Ollama alone downloads models, and there is none here.
    "POST /api/configurations/{configuration_id}/models/pull": 400,
    "DELETE /api/configurations/{configuration_id}/local-models/{local_model}": 400,
    # OpenAI, which downloads nothing and does not know this key.
    "POST /api/providers/{name}/models": 502,
    "POST /api/providers/{name}/models/pull": 400,
}
"""What an example is refused with in an installation that has none of what it names."""

NEEDS_A_KEY = ("POST /api/configurations/{configuration_id}/rotate-key", "PUT /ai/llm/{ai_llm_id}")
"""What changes the key of a configuration. That of the others takes none."""


@pytest.fixture(scope="module")
def document() -> Json:
    return describe_api()


def find_operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def resolve(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def find_examples(document: Json, media: Json) -> list[Any]:
    """The examples of a body, wherever a reader looks for them."""
    if "example" in media:
        return [media["example"]]
    schema = media["schema"]
    options = [resolve(document, option) for option in (schema, *schema.get("anyOf", ()))]
    return [example for option in options for example in option.get("examples", ())]


def find_bodies(document: Json) -> Iterator[tuple[str, Json]]:
    for way, operation in find_operations(document):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            if kind not in FILES:
                yield way, media


def test_every_body_has_an_example_of_its_schema(document: Json) -> None:
    bodies = list(find_bodies(document))
    assert len(bodies) > 60
    for way, media in bodies:
        examples = find_examples(document, media)
        assert examples, f"{way} has no example: give its model one (`example`)"
        live = {**media["schema"], "components": document["components"]}
        for example in examples:
            wrong = [error.message for error in Draft202012Validator(live).iter_errors(example)]
            assert not wrong, (way, wrong)


async def test_every_example_is_accepted(document: Json, tmp_path: Path) -> None:
    refused: list[str] = []
    async with open_populated_server(tmp_path / "filled") as populated:
        leaving = await populated.live.add_user(await populated.live.admin(), "leaving@example.com")
        populated.ids["user_id"] = await populated.make("user_id")
        keyed = populated.ids["keyed"]
        for way, media in find_bodies(document):
            method, _, path = way.partition(" ")
            if path.startswith(PATHS):
                continue  # these are sent in the suite of calls
            client: httpx2.AsyncClient = populated.clients["owner"]
            if path == "/api/auth/logout":
                client = leaving.client
            elif path.startswith(("/api/users", "/api/audit/acknowledge/")):
                client = populated.clients["administrator"]
            elif path.startswith("/api/v1/"):
                client = populated.clients["admin"]  # who has no document yet
            if way in NEEDS_A_KEY:
                path = path.format(configuration_id=keyed, ai_llm_id=keyed)
            for example in find_examples(document, media):
                answer = await client.request(method, populated.write_path(path), json=populated.put_ids(example))
                expected = NAMES_WHAT_IS_NOT_HERE.get(way)
                if answer.status_code != expected if expected is not None else not answer.is_success:
                    refused.append(f"{way}: {answer.status_code} {answer.text}")
    assert not refused, "\n".join(refused)


def test_every_parameter_says_what_it_is(document: Json) -> None:
    for way, operation in find_operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), f"{way}: {parameter['name']} (faces/http/openapi_parameters.py)"


WITHOUT_A_BODY = {("POST /mcp", "202"), ("POST /mcp/{mcp_server_id}", "202")}
"""A notification is taken, and not answered: MCP says so."""


def test_every_answer_has_a_shape(document: Json) -> None:
    for way, operation in find_operations(document):
        if operation["tags"] == ["Calls"]:
            continue  # whose answers are described by the vendors
        for status, response in operation["responses"].items():
            if not status.startswith("2") or status == "204" or (way, status) in WITHOUT_A_BODY:
                continue
            assert response.get("content"), f"{way} says nothing of its answer"
            for kind, media in response["content"].items():
                schema = resolve(document, media.get("schema", {}))
                assert schema.keys() & {"type", "anyOf", "oneOf"}, f"{way}: {kind} has no schema"
                shape = {"application/json": None, "text/event-stream": "object"}.get(kind, "string")
                assert shape in {None, schema.get("type")}, f"{way}: {kind}"


def test_streams_are_described_as_such(document: Json) -> None:
    streams = {
        way
        for way, operation in find_operations(document)
        if "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
    }
    assert streams == {
        "GET /api/alerts/stream",
        "GET /api/jobs/{job_id}/events",
        "GET /api/requests/stream",
        "GET /api/status/stream",
        "POST /api/conversations/{conversation_id}/messages",
        "POST /api/conversations/{conversation_id}/regenerate",
        "GET /api/conversations/{conversation_id}/stream",
        "POST /api/features/{slug}/run",
        "POST /api/features/{slug}/test",
        "POST /api/providers/{name}/test",
        "POST /mcp",
        "POST /mcp/{mcp_server_id}",
    }


def test_links_lead_from_what_is_made_to_what_can_be_done_with_it(document: Json) -> None:
    operations = {operation["operationId"]: way for way, operation in find_operations(document)}
    linked: set[str] = set()
    for way, operation in find_operations(document):
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                linked.add(operations[link["operationId"]])
                for expression in link["parameters"].values():
                    if expression.startswith("$response.body#/"):
                        schema = resolve(document, response["content"]["application/json"]["schema"])
                        for part in expression.removeprefix("$response.body#/").split("/"):
                            assert part in schema["properties"], f"{way}: there is no {expression} in its answer"
                            schema = resolve(document, schema["properties"][part])
                        assert schema["type"] == "string"
    for path in (
        "/api/applications/{application_id}",
        "/api/routes/{route_id}",
        "/api/features/{slug}",
        "/api/conversations/{conversation_id}",
        "/model-configs/{config_id}",
        "/model-configs/{config_id}/versions/{version_id}",
        "/ai/llm/{ai_llm_id}",
        "/policy/{policy_id}",
    ):
        assert f"DELETE {path}" in linked


@pytest.mark.parametrize("sent", ["true", "3", 1, True])
def test_nothing_is_taken_for_what_the_schema_does_not_say(document: Json, sent: Any) -> None:
    """A text is no number, and a number neither a text nor true: what the schema refuses, the model refuses."""
    assert document["components"]
    refused = 0
    for model in find_models(RequestBody):
        for name, field in model.model_fields.items():
            adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
            if not Draft202012Validator(adapter.json_schema()).is_valid(sent):
                assert not is_taken(adapter, sent), f"{model.__name__}.{name} takes {sent!r}: make it strict"
                refused += 1
    assert refused > 100


def is_taken(adapter: TypeAdapter[Any], sent: Any) -> bool:
    try:
        adapter.validate_python(sent)
    except (ValidationError, InvalidInput):
        return False
    return True


def find_models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        if model.__module__.startswith("trunkline."):
            yield model
            yield from find_models(model)


def test_every_field_says_what_it_means(document: Json) -> None:
    unsaid = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]
    assert unsaid == [], "Say it in src/trunkline/faces/http/field_meanings.toml"


def test_schemas_and_operations_are_named_for_readers(document: Json) -> None:
    """Clients make types and functions of them. Classes that share a name would get the paths of their modules."""
    named = re.compile(r"([A-Z][a-z]*)+(Request|Response)")
    odd = [name for name in document["components"]["schemas"] if not named.fullmatch(name)]
    assert odd == [], "Name the class by its subject, then its verb or part, then Request or Response"
    operations = [operation["operationId"] for _, operation in find_operations(document)]
    assert sorted(set(operations)) == sorted(operations), "Each route's function needs a name of its own"
    assert not [name for name in operations if "__" in name]


def test_calls_show_what_they_are_answered_with(document: Json) -> None:
    streams = {"POST /v1/audio/speech", "POST /v1beta/models/{model}:streamGenerateContent"}
    # What these pass on is in the format of the provider alone.
    foreign = {"POST /v1/responses/compact"}
    unshown = {
        name
        for name, operation in find_operations(document)
        if operation["tags"] == ["Calls"]
        and "application/json" in operation.get("requestBody", {}).get("content", {})
        and "content" not in operation["responses"]["200"]
    }
    assert unshown == streams | foreign
