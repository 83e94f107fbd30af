"""The reference pages, made from the code: settings, API, providers and metrics, and the schema of the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from trunkline.app.pages import describe_api
from trunkline.cli.declared.schema import write_schema
from trunkline.cli.output import say
from trunkline.control.monitoring.families import FAMILIES
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import describe_settings

Document = Mapping[str, Any]
"""A part of an OpenAPI document: JSON, whose shape the specification gives."""

_MADE: Final = "<!-- Made from the code by `trunkline reference docs/reference`. Change the code instead. -->\n"

_PROXIES: Final = "Addresses of reverse proxies, with commas between, whose `X-Forwarded-For` is believed."

_INTRODUCTION: Final = """\
The base URL is that of your server, <http://127.0.0.1:8700> by default. A running server shows this reference at
`/docs`, and the OpenAPI document at `/openapi.json`.

## Authentication

Send `Authorization: Bearer` with an API key or an access token. An API key works in its own workspace. An access token
works in the user's personal workspace, unless the header `X-Trunkline-Workspace` selects another one.

```sh
curl $TRUNKLINE_URL/api/configurations -H "Authorization: Bearer $TRUNKLINE_API_KEY"
```

## Lists

Lists take `limit` and `cursor`. The `Link` header of the response has the address of the next page.

## Changes

Responses have an `ETag`. Send it as `If-Match` with a change: the change is refused (412) if somebody else changed the
object meanwhile.

## Errors

Errors of everything but `/v1`, `/v1beta` and `/ollama` look like this. `errors` names every wrong field:

```json
{
  "statusCode": 400,
  "message": "…",
  "error": "Bad Request",
  "errors": [{"field": "temperature", "message": "must be between 0 and 2; got 3"}],
  "requestId": "…"
}
```

Below `/ai/llm` and `/policy` they are `{"success": false, "message": "…"}`. Below `/v1`, `/v1beta` and `/ollama`
they have the format of the SDK that asks: see [the gateway](../guide/gateway.md#errors).

| status | meaning |
| --- | --- |
"""

_VARIABLES: Final = (
    ("TRUNKLINE_URL", "from host and port", "The server that commands talk to."),
    ("TRUNKLINE_API_KEY", "–", "The API key that commands use. Unset: a session of the data folder's owner."),
    ("TRUNKLINE_WORKSPACE", "your personal one", "The id of the workspace that commands work in."),
)


def reference(folder: Path) -> None:
    """Write the pages into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in write_pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        say(str(folder / name))


def write_pages() -> dict[str, str]:
    """The pages' texts, by file name."""
    return {
        "settings.md": write_settings(),
        "api.md": write_api(describe_api()),
        "providers.md": write_providers(),
        "metrics.md": write_metrics(),
        "trunkline.schema.json": write_schema(),
    }


def write_settings() -> str:
    """Every setting of the server, and the variables that commands read."""
    lines = [
        _MADE,
        "# Settings\n",
        "Settings are environment variables, or lines of a file `.env` in the folder where the server is started.\n",
        "## Server\n",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, default, meaning in describe_settings():
        lines.append(f"| `TRUNKLINE_{name.upper()}` | {_write_default(default)} | {_cell(meaning)} |")
    lines += [
        f"| `FORWARDED_ALLOW_IPS` | – | {_PROXIES} |",
        "\n## Commands\n",
        "Commands read the settings of the server, and from the environment alone:\n",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in _VARIABLES]
    return "\n".join(lines) + "\n"


def write_providers() -> str:
    """Every provider: its id, its address, where its key is made."""
    lines = [
        _MADE,
        "# Providers\n",
        "`--provider` takes the id. See [the guide](../guide/providers.md) for how to use them.\n",
        "| id | provider | base URL | key | in the environment | models, for example |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for provider in PROVIDERS.values():
        if provider.in_process:
            place = "inside Trunkline"
        elif provider.base_url is None:
            place = "yours to say"
        else:
            place = f"`{provider.base_url}`" + (" (proposed)" if provider.requires_base_url else "")
        key = f"[get one]({provider.key_url})" if provider.key_url else "any" if provider.auth != "none" else "none"
        cells = (
            f"`{provider.id}`",
            provider.display_name,
            place,
            key,
            _list(provider.env),
            _list(provider.example_models),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write_metrics() -> str:
    """Every metric of ``/metrics``."""
    lines = [
        _MADE,
        "# Metrics\n",
        "What `GET /metrics` shows. [Monitoring](../guide/observability.md) says how to read it.\n",
        "| metric | type | labels | meaning |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{family.shown}` | {family.kind} | {_list(family.label_names)} | {_cell(family.help)} |"
        for family in FAMILIES
    ]
    return "\n".join(lines) + "\n"


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def write_api(document: Document) -> str:
    """Every path, with what it takes and gives."""
    groups = _group(document)
    lines = [
        _MADE,
        "# API\n",
        _INTRODUCTION,
        *_write_errors(document),
        "",
        "## Calls\n",
        "Requests to models, with the SDKs of OpenAI, Anthropic and Google. See [the gateway](../guide/gateway.md) for",
        "headers, errors and what `model` can be.\n",
        "| path | what it does |",
        "| --- | --- |",
        *(f"| `{method} {path}` | {call['description']} |" for method, path, call in groups["Calls"]),
        "",
    ]
    for method, path, call in groups.pop("Calls"):
        lines += _write_call(method, path, call)
    schemas = cast("Document", document["components"]["schemas"])
    shown: dict[str, Document] = {}
    for tag, operations in groups.items():
        lines.append(f"## {tag}\n")
        for method, path, operation in operations:
            lines += _write_operation(method, path, operation, schemas, shown)
    lines.append("## Objects\n")
    for name in _order(shown, schemas):
        lines += _write_object(name, schemas)
    return "\n".join(lines).rstrip() + "\n"


def _write_errors(document: Document) -> Iterator[str]:
    """What each status means: the same wherever it occurs."""
    meanings: dict[str, str] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status.isdecimal() and status >= "400":
                    meanings.setdefault(status, response["description"])
    for status in sorted(meanings):
        yield f"| {status} | {_cell(meanings[status])} |"


def _write_call(method: str, path: str, call: Document) -> Iterator[str]:
    """An example of a call, where it has a JSON body."""
    given = _find_example(call.get("requestBody", {}))
    if given is None:
        return
    yield f"### `{method} {path}`\n"
    yield f"{call['description']}\n"
    yield "```sh"
    yield f"curl $TRUNKLINE_URL{path.replace('{model}', 'default')} \\"
    yield "  -H \"Authorization: Bearer $TRUNKLINE_API_KEY\" -H 'Content-Type: application/json' \\"
    yield f"  -d '{json.dumps(given, ensure_ascii=False)}'"
    yield "```\n"
    if (answered := _find_example(call["responses"]["200"])) is not None:
        yield "```json"
        yield json.dumps(answered, indent=2, ensure_ascii=False)
        yield "```\n"


def _find_example(holder: Document) -> object:
    return holder.get("content", {}).get("application/json", {}).get("example")


def _group(document: Document) -> dict[str, list[tuple[str, str, Document]]]:
    groups: dict[str, list[tuple[str, str, Document]]] = {}
    for path, operations in cast("Mapping[str, Document]", document["paths"]).items():
        for method, operation in operations.items():
            tag = str(operation.get("tags", ["Other"])[0])
            groups.setdefault(tag, []).append((method.upper(), path, operation))
    return groups


def _write_operation(
    method: str, path: str, operation: Document, schemas: Document, shown: dict[str, Document]
) -> Iterator[str]:
    """An operation; objects that it is answered with are noted in ``shown``, which holds them by name."""
    yield f"### `{method} {path}`\n"
    yield f"{_sentence(operation.get('description') or operation.get('summary', ''))}\n"
    fields = [
        (parameter["name"], parameter["schema"], parameter.get("required", False), parameter.get("description", ""))
        for parameter in operation.get("parameters", [])
        if parameter["name"].lower() not in {"limit", "cursor", "if-match", "x-trunkline-workspace"}
    ]
    given = _find_schema(operation.get("requestBody", {}), schemas)[1]
    shown.update({name: schemas[name] for name in _find_names(given)})
    needed = set(given.get("required", ()))
    fields += [
        (name, schema, name in needed, schema.get("description", ""))
        for name, schema in given.get("properties", {}).items()
    ]
    if fields:
        yield "| field | type | meaning |"
        yield "| --- | --- | --- |"
        for name, schema, required, description in fields:
            meaning = f"Required. {description}" if required else str(description)
            yield f"| `{name}` | {_cell(_write_type(schema))} | {_cell(meaning)} |"
        yield ""
    failures: list[str] = []
    for status, response in cast("Mapping[str, Document]", operation.get("responses", {})).items():
        if status >= "400":
            failures.append(status)
            continue
        name, schema = _find_schema(response, schemas)
        if name:
            shown[name] = schema
        listed = response.get("content", {}).get("application/json", {}).get("schema", {}).get("type") == "array"
        what = f"a list of {_link(name)}" if listed and name else _link(name) if name else response["description"]
        yield f"Response {status}: {what}{'' if what.endswith('.') else '.'}\n"
    yield f"[Errors](#errors): {', '.join(failures)}.\n"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _order(shown: Mapping[str, Document], schemas: Document) -> list[str]:
    """The names of the objects that responses are, and of those within them, by name."""
    found = dict.fromkeys(shown)
    waiting = list(found)
    while waiting:
        for name in _find_names(schemas[waiting.pop()]):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return sorted(found)


def _find_names(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in cast("Mapping[str, object]", part).items():
            if key == "$ref":
                yield str(value).rpartition("/")[2]
            else:
                yield from _find_names(value)
    elif isinstance(part, list):
        for value in cast("list[object]", part):
            yield from _find_names(value)


def _write_object(name: str, schemas: Document) -> Iterator[str]:
    schema = cast("Document", schemas[name])
    yield f"### {name}\n"
    if description := schema.get("description"):
        yield f"{_sentence(str(description))}\n"
    if schema.get("properties"):
        yield "| field | type | meaning |"
        yield "| --- | --- | --- |"
        for field, described in schema["properties"].items():
            yield f"| `{field}` | {_cell(_write_type(described))} | {_cell(described.get('description', ''))} |"
        yield ""


def _find_schema(holder: Document, schemas: Document) -> tuple[str, Document]:
    """The name and the schema of a JSON body: of a list its items', of what may be left out what it is otherwise."""
    schema = cast("Document", holder.get("content", {}).get("application/json", {}).get("schema", {}))
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    schema = options[0] if options else schema
    schema = schema.get("items", schema)
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return name, cast("Document", schemas.get(name, schema))


def _write_type(schema: Document) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_write_type(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "$ref" in schema:
        return _link(str(schema["$ref"]).rpartition("/")[2])
    kind = str(schema.get("format") or schema.get("type") or "any")
    return f"list of {_write_type(schema.get('items', {}))}" if schema.get("type") == "array" else kind


def _write_default(value: object) -> str:
    if value is None:
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    return _cell(text).replace("\\|", "|")
