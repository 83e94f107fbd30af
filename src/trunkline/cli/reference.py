"""The reference pages, made from the code: settings, API and providers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, cast

import typer
from pydantic import SecretStr

from trunkline.app.pages import describe_api
from trunkline.cli.output import say
from trunkline.providers.registry import PROVIDERS
from trunkline.settings import Settings

Document = Mapping[str, Any]
"""A part of an OpenAPI document: JSON, whose shape the specification gives."""

_MADE: Final = "<!-- Made from the code by `trunkline reference docs/reference`. Change the code instead. -->\n"

_PROXIES: Final = "Addresses of reverse proxies, with commas between, whose `X-Forwarded-For` is believed."

_INTRODUCTION: Final = """\
A running server shows the same at `/docs`, and as OpenAPI at `/openapi.json`. Send `Authorization: Bearer` with an
access token or an API key; an access token works in your personal workspace unless `X-Trunkline-Workspace` names
another one. Errors of everything but `/v1` look like this:

```json
{
  "statusCode": 400,
  "message": "…",
  "error": "Bad Request",
  "errors": [{"field": "…", "message": "…"}],
  "requestId": "…"
}
```
"""

_VARIABLES: Final = (
    ("TRUNKLINE_URL", "from host and port", "The server that commands talk to."),
    ("TRUNKLINE_API_KEY", "–", "The API key that commands use. Unset: a session of the data folder's owner."),
    ("TRUNKLINE_WORKSPACE", "your personal one", "The id of the workspace that commands work in."),
)


def reference(folder: Annotated[Path, typer.Argument(help="Where to write the pages.")]) -> None:
    """Write the reference pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in write_pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        say(str(folder / name))


def write_pages() -> dict[str, str]:
    """The pages' texts, by file name."""
    return {"settings.md": write_settings(), "api.md": write_api(describe_api()), "providers.md": write_providers()}


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
    for name, field in Settings.model_fields.items():
        lines.append(
            f"| `TRUNKLINE_{name.upper()}` | {_write_default(field.default)} | {_cell(field.description or '')} |"
        )
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


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def write_api(document: Document) -> str:
    """Every path, with what it takes and gives."""
    groups = _group(document)
    lines = [
        _MADE,
        "# API\n",
        _INTRODUCTION,
        "Lists take `limit` and `cursor`; the `Link` header names the next page.\n",
        "## Calls\n",
        "What programs call models with. See [the gateway](../guide/gateway.md) for headers and errors.\n",
        "| path | what it does |",
        "| --- | --- |",
        *(f"| `{method} {path}` | {call['description']} |" for method, path, call in groups.pop("Calls")),
        "",
    ]
    schemas = cast("Document", document["components"]["schemas"])
    for tag, operations in groups.items():
        lines.append(f"## {tag}\n")
        for method, path, operation in operations:
            lines += _write_operation(method, path, operation, schemas)
    return "\n".join(lines).rstrip() + "\n"


def _group(document: Document) -> dict[str, list[tuple[str, str, Document]]]:
    groups: dict[str, list[tuple[str, str, Document]]] = {}
    for path, operations in cast("Mapping[str, Document]", document["paths"]).items():
        for method, operation in operations.items():
            tag = str(operation.get("tags", ["Other"])[0])
            groups.setdefault(tag, []).append((method.upper(), path, operation))
    return groups


def _write_operation(method: str, path: str, operation: Document, schemas: Document) -> Iterator[str]:
    yield f"### `{method} {path}`\n"
    yield f"{_sentence(operation.get('description') or operation.get('summary', ''))}\n"
    fields = [
        (parameter["name"], parameter["schema"], parameter.get("required", False), parameter.get("description", ""))
        for parameter in operation.get("parameters", [])
        if parameter["in"] in {"query", "header"} and parameter["name"] not in {"limit", "cursor"}
    ]
    given = _find_schema(operation.get("requestBody", {}), schemas)
    needed = set(given.get("required", ()))
    fields += [
        (name, schema, name in needed, schema.get("description", ""))
        for name, schema in given.get("properties", {}).items()
    ]
    if fields:
        yield "| field | type | |"
        yield "| --- | --- | --- |"
        for name, schema, required, description in fields:
            notes = ["required"] if required else []
            notes += [str(description)] if description else []
            yield f"| `{name}` | {_write_type(schema)} | {_cell('; '.join(notes))} |"
        yield ""
    for status, answer in cast("Mapping[str, Document]", operation.get("responses", {})).items():
        if status == "422":
            # The framework's own guess: what is wrong in a request is answered with 400 here.
            continue
        names = ", ".join(f"`{name}`" for name in _find_schema(answer, schemas).get("properties", {}))
        yield f"Answer {status}" + (f": {names}" if names else "") + ".\n"


def _find_schema(holder: Document, schemas: Document) -> Document:
    """The schema of a JSON body: of a list its items', of what may be left out what it is otherwise."""
    schema = cast("Document", holder.get("content", {}).get("application/json", {}).get("schema", {}))
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    schema = options[0] if options else schema
    schema = schema.get("items", schema)
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return cast("Document", schemas.get(name, schema))


def _write_type(schema: Document) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_write_type(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = str(schema.get("format") or schema.get("type") or "any")
    return f"list of {_write_type(schema.get('items', {}))}" if schema.get("type") == "array" else kind


def _write_default(value: object) -> str:
    if value is None or isinstance(value, SecretStr):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    return _cell(text).replace("\\|", "|")
