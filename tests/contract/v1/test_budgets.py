"""Hard budgets on every face: what a call can cost is held before it is sent, and who has too little is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google import genai
from google.genai.errors import ClientError

from tests.contract.v1.call_server import PRICE, CallServer, Prices
from tests.contract.v1.entries import KEY, configuration, route
from trunkline.core.budget import Budget, DefaultPrice
from trunkline.core.errors import Unavailable
from trunkline.core.price import NANOS_PER_USD
from trunkline.gateway.budgets.authority import LeaseAnswer, LeaseOutcome, LeaseQuestion, LeaseTerms, Shortage
from trunkline.gateway.budgets.budget_gate import BudgetGate
from trunkline.gateway.budgets.lease_desk import LeaseDesk

TRY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "Hello"}]}


class Purse:
    """An authority in memory. ``amounts`` are what is left of each budget."""

    def __init__(self, budgets: tuple[Budget, ...]) -> None:
        self.budgets = {budget.id: budget for budget in budgets}
        self.granted: dict[str, int] = {}
        self.fault: Unavailable | None = None
        self.asked = 0

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        self.asked += bool(question.needs)
        if self.fault is not None:
            raise self.fault
        self.granted.update(question.granted)
        terms: dict[str, LeaseTerms] = {}
        outcomes: list[LeaseOutcome] = []
        for needs in question.needs:
            got: dict[str, int] = {}
            short = None
            for budget_id, need in needs.items():
                budget = self.budgets[budget_id]
                left = budget.amount - self.granted.get(budget_id, 0)
                period = budget.find_period(question.at)
                if left < need.least:
                    short = short or Shortage(budget_id, left, left, period)
                    continue
                got[budget_id] = min(need.want, left)
                terms[budget_id] = LeaseTerms(budget_id, budget_id, budget.revision, period)
            if short is None:
                for budget_id, amount in got.items():
                    self.granted[budget_id] = self.granted.get(budget_id, 0) + amount
            outcomes.append(LeaseOutcome({} if short else got, short))
        return LeaseAnswer(list(terms.values()), outcomes)


def make_budget(amount: int = NANOS_PER_USD, **fields: Any) -> Budget:
    said: dict[str, Any] = {
        "id": "b", "name": "Team Search", "workspace_id": "w-1", "subject": "workspace", "subject_id": "w-1",
        "amount": amount, "period": "month", "time_zone": "Europe/Berlin",
    }  # fmt: skip
    return Budget(**{**said, **fields})


@contextmanager
def serving(*budgets: Budget, **fields: Any) -> Iterator[tuple[CallServer, Purse]]:
    purse = Purse(budgets)
    prices = fields.pop("prices", Prices())
    gate = BudgetGate(LeaseDesk(purse, "here"), prices, lambda *_: 100_000)
    made = [configuration(name, "demo", model=model, shared=True) for name, model in (("a", "demo-chat"), ("b", "b"))]
    with CallServer(made, default="a", budgets=budgets, gates=(gate,), prices=prices, **fields).serve() as bare:
        yield bare, purse


def ask(bare: CallServer, path: str = "/v1/chat/completions", **fields: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {KEY}", **fields.pop("headers", {})}
    return httpx2.post(bare.url + path, json={**TRY, **fields}, headers=headers, timeout=20)


@pytest.mark.parametrize("stream", [False, True])
def test_what_a_call_can_cost_is_held_until_it_is_over(stream: bool) -> None:
    with serving(make_budget()) as (bare, purse):
        assert ask(bare, max_tokens=1_000, stream=stream).status_code == 200
        event = bare.books.last()
        assert event.leases == {"b": "b"}
        assert event.cost_nanos is not None
        assert event.held_nanos is not None
        assert event.cost_nanos <= event.held_nanos
        assert event.held_nanos >= PRICE.output.base // 1_000_000 * 1_000
        # What was held and not spent serves the next one.
        assert ask(bare, max_tokens=100, stream=stream).status_code == 200
        assert purse.asked == 1


def test_an_answer_is_no_longer_than_what_is_left_pays_for() -> None:
    """The demo repeats what it was sent, so long as it may."""
    words = "word " * 400
    with serving(make_budget(2_000_000 + 8_000 * 20)) as (bare, _):
        answer = ask(bare, messages=[{"role": "user", "content": words}])
        assert answer.status_code == 200, answer.text
        event = bare.books.last()
        assert event.cost_nanos is not None
        assert event.cost_nanos <= 2_000_000 + 8_000 * 20


def refused(**fields: Any) -> Any:
    return serving(make_budget(1_000, **fields))


def test_openais_sdk_is_told_and_does_not_try_again() -> None:
    with refused() as (bare, _), openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY) as client:
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(**TRY)
        assert (caught.value.code, caught.value.type) == ("insufficient_quota", "insufficient_quota")
        assert 'The budget "Team Search" ($0.000001 this month) has $0.000001 left' in caught.value.message
        assert re.search(r"It starts anew on 1 [A-Z][a-z]+ 20\d\d, 00:00 Europe/Berlin\.", caught.value.message)
        assert caught.value.response.headers["x-should-retry"] == "false"
        with pytest.raises(openai.RateLimitError):
            client.responses.create(model="default", input="Hello")
        with pytest.raises(openai.RateLimitError):
            client.embeddings.create(model="default", input="Hello " * 1_000)
        with pytest.raises(openai.RateLimitError):
            client.completions.create(model="default", prompt="Hello")
        assert bare.books.opened == []


def test_anthropics_sdk_is_told_and_does_not_try_again() -> None:
    with refused() as (bare, purse), anthropic.Anthropic(base_url=bare.url, api_key=KEY) as client:
        with pytest.raises(anthropic.RateLimitError, match="Team Search"):
            client.messages.create(model="default", max_tokens=50, messages=TRY["messages"])
        assert purse.asked == 1
        # To count costs nothing.
        assert client.messages.count_tokens(model="default", messages=TRY["messages"]).input_tokens > 0


def test_googles_sdk_is_told() -> None:
    with refused() as (bare, _):
        client = genai.Client(api_key=KEY, http_options=genai.types.HttpOptions(base_url=bare.url))
        with pytest.raises(ClientError) as caught:
            client.models.generate_content(model="default", contents="Hello")
        assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
        assert "Team Search" in str(caught.value)


def test_a_flood_of_calls_on_a_spent_budget_asks_once() -> None:
    with refused() as (bare, purse):
        assert {ask(bare).status_code for _ in range(5)} == {429}
        assert purse.asked == 1


def test_a_total_has_no_end_to_wait_for() -> None:
    with refused(period="total") as (bare, _):
        answer = ask(bare)
        assert "Ask an admin" in answer.json()["error"]["message"]
        assert "retry-after" not in answer.headers


def test_without_a_word_of_the_authority_no_more_is_spent_than_is_leased() -> None:
    with serving(make_budget()) as (bare, purse):
        assert ask(bare, max_tokens=1_000).status_code == 200
        purse.fault = Unavailable("Management does not run just now.")
        assert ask(bare, max_tokens=100).status_code == 200
        answer = ask(bare, max_tokens=90_000)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "budget_unavailable")
        assert "Team Search" in answer.json()["error"]["message"]


class Unpriced(Prices):
    """Knows no price at all."""

    def find(self, provider: object, model: str, terms: object = None) -> None:
        return None


def test_a_model_without_a_price_is_refused_by_name() -> None:
    with serving(make_budget(), prices=Unpriced()) as (bare, _):
        answer = ask(bare)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "unpriced_model")
        assert "'demo-chat'" in answer.json()["error"]["message"]
        assert "Team Search" in answer.json()["error"]["message"]


def test_or_counts_as_the_default_price_says() -> None:
    budget = make_budget(default_price=DefaultPrice(NANOS_PER_USD, NANOS_PER_USD))
    with serving(budget, prices=Unpriced()) as (bare, _):
        assert ask(bare, max_tokens=10).status_code == 200
        event = bare.books.last()
        assert event.cost_nanos is None
        assert budget.charge(event) == event.usage.total * 1_000


def test_a_call_counts_for_each_budget_that_it_is_under() -> None:
    budgets = (
        make_budget(),
        make_budget(id="u", name="Mine", subject="user", subject_id="u-1"),
        make_budget(id="o", name="Others", subject="user", subject_id="u-2"),
        make_budget(1_000, id="t", name="Tagged", subject="tag", subject_id="night"),
        make_budget(1, id="s", name="Soft", hard=False),
    )
    with serving(*budgets) as (bare, _):
        assert ask(bare, max_tokens=10).status_code == 200
        assert bare.books.last().leases.keys() == {"b", "u"}
        answer = ask(bare, headers={"x-trunkline-tags": "night"}, max_tokens=10)
        assert answer.status_code == 429
        assert "Tagged" in answer.json()["error"]["message"]


def test_a_call_that_fails_gives_all_of_it_back() -> None:
    with serving(make_budget()) as (bare, purse):
        assert ask(bare, model="a/nowhere-to-be-found", max_tokens=1_000).status_code in {200, 404}
        assert ask(bare, max_tokens=1_000).status_code == 200
        assert purse.granted["b"] < 2 * 8_000 * 1_100


def test_the_next_target_of_a_route_holds_for_itself() -> None:
    with serving(make_budget(), routes=[route("any", "a", "b")]) as (bare, _):
        assert ask(bare, model="any", max_tokens=10).status_code == 200
        assert bare.books.last().leases == {"b": "b"}
