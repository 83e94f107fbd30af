from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from trunkline.cli.declared.document import order_routes, read_document
from trunkline.cli.declared.schema import write_schema
from trunkline.cli.declared.secret_reference import is_reference, resolve
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

REMEDY = "must be a reference such as ${env:OPENAI_API_KEY}: secrets do not stand in the file."
SUBJECTS = "'workspace', 'user', 'application', 'key', 'feature' or 'configuration'"
KEY = "sk-proj-0123456789abcdefghij"


def refuse(text: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_document("f.yaml", text.encode())
    return refused.value.message


def route(name: str, otherwise: str | None = None) -> str:
    rest = f", otherwise: {otherwise}" if otherwise else ""
    return f"  - {{name: {name}, targets: [{{configuration: c}}]{rest}}}\n"


def test_every_mistake_is_told_with_its_line_its_field_and_its_remedy() -> None:
    told = refuse(f"""version: 2
configurations:
  - name: a
    provider: openai
    model: 4
    apiKey: {KEY}
    sharde: true
limits:
  - {{subject: nobody, measure: requests, amount: "5"}}
routes:
  - name: fast
    targets:
      - configuratio: a
alerts: []
""")
    assert told.splitlines() == [
        "f.yaml:1: version: must be 1 or less.",
        "f.yaml:5: configurations[0].model: must be a text.",
        f"f.yaml:6: configurations[0].apiKey: {REMEDY}",
        "f.yaml:7: configurations[0].sharde: is no field here. Did you mean shared?",
        "f.yaml:9: limits[0].amount: must be a whole number.",
        f"f.yaml:9: limits[0].subject: must be one of {SUBJECTS}.",
        "f.yaml:13: routes[0].targets[0].configuratio: is no field here. Did you mean configuration?",
        "f.yaml:13: routes[0].targets[0].configuration: is required.",
        "f.yaml:14: alerts: is no field here. Did you mean alertRules?",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "f.yaml:1: must be an object"),
        ("configurations: []", "f.yaml:1: version: is required."),
        ("version: 1\nlimits: {}", "f.yaml:2: limits: must be a list."),
        ("version: 1\nroutes:\n" + route("a") + route("a"), "f.yaml:4: routes[1]: there is 'a' already, at routes[0]"),
        ("version: 1\nroutes:\n" + route("a", "a"), "f.yaml:3: routes[0].otherwise: the route leads to itself: a → a."),
        (
            "version: 1\nroutes:\n" + route("x", "a") + route("a", "b") + route("b", "a"),
            "f.yaml:4: routes[1].otherwise: the route leads to itself: a → b → a.",
        ),
        ("version: 1\nbudgets: [{name: a, amount: 1, period: day, hard: null}]", "budgets[0].hard: cannot be null"),
        (
            "version: 1\nconfigurations: [{name: a, provider: custom, model: x, configuration: {headers: {x: y}}}]",
            "configuration.headers.x must be a reference",
        ),
        ("version: 1\nchannels: [{name: a, kind: slack, url: 'https://x'}]", "url must be a reference"),
        ("version: 1\nroutes: [{name: a, id: b, targets: [{configuration: c}]}]", "routes[0].id: is no field here"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, told: str) -> None:
    assert told in refuse(text)


def test_no_secret_is_in_what_is_told() -> None:
    for field in ("apiKey", "name", "model", "shared"):
        fields: dict[str, Any] = {"name": "a", "provider": "openai", "model": "m", field: [KEY]}
        assert KEY not in refuse(yaml.safe_dump({"version": 1, "configurations": [fields]}))
    assert KEY not in refuse(f"version: 1\nconfigurations: [{{name: a, provider: openai, model: m, apiKey: {KEY}}}]")


def test_a_route_is_made_behind_the_one_that_it_leads_to() -> None:
    text = "version: 1\nroutes:\n" + route("a", "b") + route("b", "c") + route("c") + route("d", "a")
    wanted = order_routes(read_document("f.yaml", text.encode()).wanted)
    assert [one.name for one in wanted] == ["c", "b", "a", "d"]
    chain = "".join(route(f"r{at}", f"r{at + 1}") for at in range(3000)) + route("r3000")
    wanted = order_routes(read_document("f.yaml", f"version: 1\nroutes:\n{chain}".encode()).wanted)
    assert wanted[0].name == "r3000"


def test_references_are_resolved_where_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    assert resolve("${env:A}", {"A": f" {KEY} "}, tmp_path) == Secret(KEY)
    assert resolve("${file:key}", {}, tmp_path) == Secret(KEY)
    assert resolve("${env:B}", {}, tmp_path) is None
    assert resolve("${file:gone}", {}, tmp_path) is None
    (tmp_path / "binary").write_bytes(b"\xff" * 9)
    (tmp_path / "large").write_text("x" * 40_000)
    for name in ("binary", "large", "."):
        with pytest.raises(InvalidInput) as refused:
            resolve(f"${{file:{name}}}", {}, tmp_path)
        assert name in refused.value.message
    assert not any(map(is_reference, ("$OPENAI", "env:", "x${env:A}", "${env:}", "${vault:a}", "${env:A}\n", KEY)))
    # What the server is to follow goes to it as it is.
    for text in ("env:A", "file:/run/secrets/key", "vault:kv/openai#key", "aws-sm:openai#key"):
        assert is_reference(text)
        assert resolve(text, {"A": KEY}, tmp_path) == Secret(text)


def test_the_schema_says_what_the_file_may_say() -> None:
    schema = json.loads(write_schema())
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    guide = (Path(__file__).parents[4] / "docs/guide/git.md").read_text()
    example = yaml.safe_load(guide.partition("<<'YAML'\n")[2].partition("\nYAML")[0])
    check.validate(example)
    read_document("guide", yaml.safe_dump(example).encode())
    example["configurations"][0]["apiKey"] = KEY
    example["routes"][0]["way"] = 1
    assert sorted(each.validator for each in check.iter_errors(example)) == ["additionalProperties", "anyOf"]
