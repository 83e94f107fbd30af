"""``trunkline apply`` and ``trunkline export`` against a whole server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.contract.declared.desk import open_desk
from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person
from trunkline.cli.declared.carrying_out import Carrier
from trunkline.cli.declared.plan import Plan
from trunkline.cli.export import write
from trunkline.core.errors import InvalidInput, NotFound, TrunklineError
from trunkline.core.secret import Secret

WHOLE = """
version: 1

applications:
  - name: Help desk
    configurations: [fast, own]
    defaultConfiguration: fast

configurations:
  - name: fast
    provider: OpenAI
    model: gpt-4o-mini
    apiKey: ${env:OPENAI_API_KEY}
    configuration: {temperature: 0.2, maxTokens: 300}
    shared: true
    caching: {ttlSeconds: 60}
  - name: local
    provider: custom
    model: llama
    baseUrl: http://127.0.0.1:9999/v1
    apiKey: ${env:LOCAL_KEY}
    configuration: {headers: {x-team: "${env:TEAM}"}}
    shared: true
  - name: own
    provider: demo
    model: demo-chat
    application: Help desk

channels:
  - name: On-call
    kind: webhook
    url: https://hooks.example.com/trunkline
    secret: ${env:HOOK}
  - name: Chat
    kind: slack
    url: ${env:SLACK}
  - name: Mail
    kind: email
    addresses: [Ops@example.com]

routes:
  - name: answers
    strategy: weighted
    targets:
      - {configuration: fast, weight: 3}
      - {configuration: local, priority: 1, conditions: {maxInputTokens: 8000}}
    conditions: {tags: [batch], hours: {start: 08:00, end: 18:00, timeZone: Europe/Berlin}}
    otherwise: rest
  - name: rest
    targets: [{configuration: local}]

features:
  - slug: mail-writer
    name: Mail writer
    target: answers
    systemPrompt: |
      You write mails.
      They are short.
    temperature: 0.4
  - slug: chat-assistant
    name: Chat assistant
    target: rest

policies:
  - name: Providers that we have contracts with
    riskType: HIGH
    actionType: 2
    rule: {kind: allowedProviders, providers: [openai], mode: allow}
  - name: No customer data
    content: Names of customers must not be sent.
    riskType: LOW
    actionType: 0
    application: Help desk
    enabled: false

budgets:
  - {name: All, amount: 250, period: month, timeZone: Europe/Berlin, thresholds: [50, 100]}
  - {name: Help desk, subject: application, subjectName: Help desk, amount: "20.50", period: day, hard: true,
     defaultPrice: {input: 1, output: 2}}

limits:
  - {subject: application, subjectName: Help desk, measure: requests, amount: 600}
  - {subject: user, measure: tokens, window: day, amount: 1000000}
  - {subject: workspace, measure: parallel, amount: 20}
  - {subject: user, subjectName: admin@example.com, measure: requests, amount: 5, window: second}

prices:
  - {provider: openai, model: gpt-4o-mini, prices: {input: 0.1, output: 0.4}, note: contract}

alertRules:
  - {name: It fails, kind: error_rate, threshold: 5, windowMinutes: 15, channels: [On-call, Mail],
     subject: configuration, subjectName: fast, quietHours: {start: "22:00", end: 07:00}}
  - {name: Dear, kind: budget_used, subject: budget, subjectName: All, threshold: 90, severity: critical}

settings:
  defaultConfiguration: fast
  capture: {enabled: true, rate: 0.5, redactPersonalData: true, countries: [NO], keepDays: 3}
  retention: {requestsDays: 30}
"""
MAIL = Secret("smtp://127.0.0.1:1")
KEY = "sk-proj-0123456789abcdefghijABCD"
ENVIRONMENT = {
    "OPENAI_API_KEY": KEY,
    "TEAM": "team-search-0123456789abcdef",
    "LOCAL_KEY": "sk-local-0123456789abcdefghij",
    "HOOK": "whsec_" + "A" * 32,
    "SLACK": "https://hooks.slack.com/services/T0/B0/0123456789abcdef",
}


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveServer]:
    async with open_live_server(tmp_path / "whole", smtp_url=MAIL) as opened:
        yield opened


async def test_twice_changes_nothing_the_second_time(live: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_desk(live, await live.admin(), ENVIRONMENT) as desk:
        assert await desk.apply(WHOLE)
        said = capsys.readouterr()
        assert "another form" not in said.err, said.err
        assert KEY not in said.out + said.err
        plan = await desk.plan(WHOLE)
        assert [(one.kind.noun, one.name, one.fields) for one in plan.changes] == []
        assert not await desk.apply(WHOLE)


async def test_an_export_makes_the_same_system_on_an_empty_machine(live: LiveServer, tmp_path: Path) -> None:
    async with open_desk(live, await live.admin(), ENVIRONMENT) as desk:
        await desk.apply(WHOLE)
        text = await desk.export()
        assert (await desk.plan(text)).changes == (), "it says what is there"
    assert not [secret for secret in ENVIRONMENT.values() if secret in text]
    environment = {
        "FAST_API_KEY": KEY,
        "LOCAL_X_TEAM": ENVIRONMENT["TEAM"],
        "LOCAL_API_KEY": ENVIRONMENT["LOCAL_KEY"],
        "ON_CALL_SECRET": ENVIRONMENT["HOOK"],
        "CHAT_URL": ENVIRONMENT["SLACK"],
    }
    async with (
        open_live_server(tmp_path / "empty", smtp_url=MAIL) as other,
        open_desk(other, await other.admin(), environment) as desk,
    ):
        assert await desk.apply(text)
        assert await desk.export() == text
        assert (await desk.plan(WHOLE)).changes == ()


BASE = """
version: 1
configurations:
  - {name: a, provider: demo, model: demo-chat, shared: true}
  - {name: b, provider: demo, model: demo-chat, shared: true}
routes:
  - {name: way, targets: [{configuration: a}, {configuration: b, priority: 1}]}
"""


async def test_what_is_changed_by_hand_is_shown_and_put_right(live: LiveServer) -> None:
    admin = await live.admin()
    async with open_desk(live, admin) as desk:
        await desk.apply(BASE)
        way = next(one for one in (await admin.client.get("/api/routes")).json() if one["name"] == "way")
        await admin.client.put(f"/api/routes/{way['id']}", json={"targets": way["targets"][:1], "strategy": "weighted"})
        [change] = (await desk.plan(BASE)).changes
        assert [(one.field, len(one.before), len(one.after)) for one in change.fields] == [("targets", 1, 2)]
        assert await desk.apply(BASE)
        found = (await admin.client.get(f"/api/routes/{way['id']}")).json()
        assert [one["configurationName"] for one in found["targets"]] == ["a", "b"]
        assert found["strategy"] == "weighted", "the file does not say it"


async def test_nothing_is_deleted_but_from_the_sections_that_are_named(live: LiveServer) -> None:
    async with open_desk(live, await live.admin()) as desk:
        await desk.apply(BASE)
        less = "version: 1\nroutes: []\n"
        assert (await desk.plan(less)).unlisted == {"routes": 1}
        assert not await desk.apply(less)
        assert await desk.apply(less, ["routes"])
        plan = await desk.plan(BASE)
        assert [(one.action, one.kind.section, one.name) for one in plan.changes] == [("create", "routes", "way")]
        # Features and rules that come with every workspace were made by nobody.
        assert (await desk.plan("version: 1", ["features", "alertRules"])).changes == ()


async def declared(person: Person, workspace_id: str) -> dict[str, dict[str, str]]:
    """What each file declares, as ``{source: {section/id: revision}}``."""
    found = (await person.client.get(f"/api/workspaces/{workspace_id}/declared")).json()
    return {
        one["source"]: {f"{each['section']}/{each['id']}": each["revision"] for each in one["objects"]} for one in found
    }


async def test_the_server_knows_what_was_declared_and_how_it_was(live: LiveServer) -> None:
    admin = await live.admin()
    home = await admin.personal()
    async with open_desk(live, admin) as desk:
        await desk.apply(BASE, dry_run=True)
        assert await declared(admin, home) == {}
        await desk.apply(BASE)
        first = (await declared(admin, home))["trunkline.yaml"]
        [way] = (await admin.client.get("/api/routes")).json()
        found = (await admin.client.get("/api/configurations")).json()
        named = {f"configurations/{one['id']}": str(one["revision"]) for one in found if one["name"] in ("a", "b")}
        assert first == {f"routes/{way['id']}": str(way["revision"]), **named}
        # Somebody changes what the file says nothing of: the next apply finds nothing to do, and says how it is now.
        await admin.client.put(f"/api/routes/{way['id']}", json={"strategy": "cheapest"})
        assert await declared(admin, home) == {"trunkline.yaml": first}
        assert not await desk.apply(BASE)
        assert (await declared(admin, home))["trunkline.yaml"][f"routes/{way['id']}"] == str(way["revision"] + 1)
        # A file in which nothing is left is forgotten.
        await desk.apply("version: 1\n")
        assert await declared(admin, home) == {}


async def test_who_may_not_say_what_is_declared_is_told(live: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    admin = await live.admin()
    team = await admin.make_workspace("Team")
    cleo = await live.add_user(admin, "cleo@example.com")
    await live.join(admin, team, cleo, "member")
    async with open_desk(live, cleo) as desk:
        text = "version: 1\nworkspace: Team\nconfigurations:\n  - {name: own, provider: demo, model: demo-chat}\n"
        assert await desk.apply(text)
    assert "The console does not show what trunkline.yaml declares: " in capsys.readouterr().err


async def test_what_would_be_deleted_is_nothing_to_refer_to(live: LiveServer) -> None:
    async with open_desk(live, await live.admin()) as desk:
        await desk.apply(BASE)
        only = "version: 1\nroutes:\n  - {name: way, targets: [{configuration: a}]}\n"
        assert await desk.plan(only)
        with pytest.raises(InvalidInput, match=r"yaml:3: routes\[0\]\.targets\[0\]\.configuration: nothing .* 'a'"):
            await desk.plan(only, ["configurations"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("routes:\n  - {name: r, targets: [{configuration: deom}]}",
         "yaml:3: routes[0].targets[0].configuration: nothing among the configurations is called 'deom'"),
        ("configurations:\n  - {name: c, provider: openai, model: x, apiKey: '${env:NONE}'}",
         "yaml:3: configurations[0].apiKey: ${env:NONE} is not there. Set it, and run this again."),
        ("configurations:\n  - {name: c, provider: demo, model: x, configuration: {heat: 1}}",
         "yaml:3: configurations[0].configuration.heat: is no setting of"),
        ("configurations:\n  - {name: c, provider: openia, model: x}", "Did you mean openai?"),
        ("channels:\n  - {name: w, kind: webhook, url: 'https://example.com'}", "a new webhook needs its `secret`"),
        ("workspace: Nowhere", "trunkline workspaces add 'Nowhere'"),
    ],
)  # fmt: skip
async def test_mistakes_are_refused_before_anything_is_changed(live: LiveServer, text: str, told: str) -> None:
    admin = await live.admin()
    async with open_desk(live, admin) as desk:
        with pytest.raises(TrunklineError) as refused:
            await desk.apply(f"version: 1\n{text}\napplications: [{{name: never}}]")
    assert told in refused.value.message
    assert (await admin.client.get("/api/applications")).json() == []


async def test_what_was_and_was_not_done_is_told_and_a_second_run_goes_on(
    live: LiveServer, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"""{BASE}
  - {{name: private, targets: [{{configuration: own}}]}}
limits:
  - {{subject: workspace, measure: requests, amount: 7}}
"""
    own = "\n  - {name: own, provider: demo, model: demo-chat}\nroutes:"
    async with open_desk(live, await live.admin()) as desk:
        with pytest.raises(typer.Exit) as ended:
            await desk.apply(text.replace("\nroutes:", own))
        assert ended.value.exit_code == 1
        said = capsys.readouterr().err
        assert "done: route way made" in said
        assert "Error: route private: targets[0].configurationId" in said
        assert "not tried: create limit workspace: requests per minute" in said
        assert "4 of 6 changes made." in said
        right = text.replace("\nroutes:", own.replace("chat}", "chat, shared: true}"))
        assert [(one.action, one.name) for one in (await desk.plan(right)).changes] == [
            ("update", "own"), ("create", "private"), ("create", "workspace: requests per minute"),
        ]  # fmt: skip
        assert await desk.apply(right)
        assert (await desk.plan(right)).changes == ()


async def test_what_somebody_changed_since_the_plan_is_not_written_over(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = await live.admin()
    async with open_desk(live, admin) as desk:
        await desk.apply(BASE)
        way = next(one for one in (await admin.client.get("/api/routes")).json() if one["name"] == "way")

        async def meddle(carrier: Carrier, plan: Plan) -> list[object]:
            await admin.client.put(f"/api/routes/{way['id']}", json={"strategy": "cheapest"})
            return []

        monkeypatch.setattr(Carrier, "find_mistakes", meddle)
        with pytest.raises(typer.Exit):
            await desk.apply(BASE.replace("priority: 1", "priority: 2"))
    assert "0 of 1 change made" in capsys.readouterr().err
    assert (await admin.client.get(f"/api/routes/{way['id']}")).json()["targets"][1]["priority"] == 1


async def test_a_member_of_a_shared_workspace_applies_to_it_by_its_name(live: LiveServer) -> None:
    admin = await live.admin()
    team = await admin.make_workspace("Team")
    key = await admin.make_key(team, scope="manage")
    async with open_desk(live, admin) as desk:
        assert await desk.apply(f"workspace: Team\n{BASE}")
    assert [one["name"] for one in (await admin.at(team).get("/api/routes")).json()] == ["way"]
    assert (await admin.client.get("/api/routes")).json() == []
    admin.access_token = key["key"]
    async with open_desk(live, admin) as desk:
        assert (await desk.plan(f"workspace: Team\n{BASE}")).changes == ()
        assert (await desk.export()).splitlines()[2] == "workspace: Team"
        with pytest.raises(NotFound):
            await desk.plan(f"workspace: Personal\n{BASE}")


async def test_keys_are_compared_by_their_masks(live: LiveServer) -> None:
    text = "version: 1\nconfigurations:\n  - {name: c, provider: openai, model: gpt-4o, apiKey: '${env:K}'}\n"
    async with open_desk(live, await live.admin(), {"K": KEY}) as desk:
        await desk.apply(text)
        desk.environment = {"K": KEY[:-4] + "wxyz"}
        [change] = (await desk.plan(text)).changes
        assert [(one.field, one.before, one.after) for one in change.fields] == [
            ("apiKey", "sk-proj-…ABCD", "sk-proj-…wxyz")
        ]
        desk.environment = {}
        plan = await desk.plan(text)
        assert plan.changes == ()
        assert plan.notes == ("configurations[0].apiKey: ${env:K} is not there; the stored secret stays.",)
        # Another address needs the key again, and gets it.
        desk.environment = {"K": KEY}
        assert await desk.apply(text.replace("model: gpt-4o", "model: gpt-4o, baseUrl: 'http://127.0.0.1:9/v1'"))


async def test_who_may_not_see_all_applies_what_they_may(live: LiveServer) -> None:
    admin = await live.admin()
    team = await admin.make_workspace("Team")
    cleo = await live.add_user(admin, "cleo@example.com")
    await live.join(admin, team, cleo, "member")
    text = "version: 1\nworkspace: Team\nconfigurations:\n  - {name: own, provider: demo, model: demo-chat}\n"
    async with open_desk(live, cleo) as desk:
        assert await desk.apply(text)
        assert (await desk.plan(text)).changes == ()
        refused = f"{text}settings:\n  capture: {{enabled: false}}\n"
        with pytest.raises(InvalidInput, match=r"yaml:6: settings\.capture: .*admin"):
            await desk.apply(refused)


async def test_a_key_that_is_borrowed_is_no_ones_to_export(live: LiveServer) -> None:
    admin = await live.admin()
    async with open_desk(live, admin, {"K": KEY}) as desk:
        await desk.apply(
            "version: 1\napplications: [{name: App}]\nconfigurations:\n"
            "  - {name: c, provider: openai, model: gpt-4o, apiKey: '${env:K}', shared: true}\n"
        )
        application = (await admin.client.get("/api/applications")).json()[0]["id"]
        body = {"name": "d", "provider": "openai", "modelId": "gpt-4o", "applicationId": application}
        assert (await admin.client.post("/model-configs", json=body)).status_code == 201
        made = await write(desk.api, None)
        assert made.left_out == ["the key of configuration d, which is another's. Give it an apiKey."]
        assert made.variables == {"C_API_KEY": "c"}


async def test_a_field_is_what_the_file_says_of_it_and_nothing_else(live: LiveServer) -> None:
    admin = await live.admin()

    def write_file(parameters: str, rest: str = "") -> str:
        where = "baseUrl: 'http://127.0.0.1:9/v1', apiKey: '${env:K}'"
        fields = f"name: c, provider: custom, model: m, {where}, configuration: {parameters}{rest}"
        return f"version: 1\nconfigurations:\n  - {{{fields}}}\n"

    environment = {"K": KEY, "A": "a" * 30, "B": "b" * 30}
    async with open_desk(live, admin, environment) as desk:

        async def apply(text: str) -> dict[str, Any]:
            await desk.apply(text)
            assert (await desk.plan(text)).changes == ()
            return next(
                one for one in (await admin.client.get("/api/configurations")).json() if one["name"] == "c"
            )  # fmt: skip

        both = "headers: {x-a: '${env:A}', x-b: '${env:B}'}"
        made = await apply(write_file(f"{{temperature: 1, maxTokens: 9, {both}}}", ", caching: {ttlSeconds: 9}"))
        assert made["caching"]["ttlSeconds"] == 9
        less = await apply(write_file("{maxTokens: 9, headers: {x-b: '${env:B}'}}"))
        assert less["configuration"] == {"maxTokens": 9, "headers": {"x-b": "…bbbb"}}
        assert less["caching"]["ttlSeconds"] == 9, "the file does not say it"
        none = await apply(write_file("{}", ", caching: null"))
        assert (none["configuration"], none["caching"], none["apiKey"]) == ({}, None, "sk-proj-…ABCD")
