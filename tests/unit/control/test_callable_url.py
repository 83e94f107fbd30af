"""URLs that people give are ones that may be called, as far as that is known now."""

from __future__ import annotations

import pytest

from trunkline.control.callable_url import LONGEST_URL, read_callable_url
from trunkline.core.errors import InvalidInput
from trunkline.outbound import ForbiddenAddress, ResolveFailed
from trunkline.outbound.origin import Origin

ORIGIN = Origin("https", "hooks.example.com", 443)


class Judge:
    def __init__(self, verdict: Exception | None = None) -> None:
        self.verdict = verdict
        self.asked: list[Origin] = []

    async def judge(self, origin: Origin) -> None:
        self.asked.append(origin)
        if self.verdict is not None:
            raise self.verdict


async def test_it_is_judged_by_its_origin() -> None:
    judge = Judge()
    url = await read_callable_url("https://hooks.example.com/a?b=c", "url", judge)
    assert (str(url), judge.asked) == ("https://hooks.example.com/a?b=c", [ORIGIN])


@pytest.mark.parametrize(
    "text", ["", "hooks.example.com", "ftp://hooks.example.com", "https://x.example/" + "x" * LONGEST_URL]
)
async def test_what_is_no_url_is_refused_at_its_field(text: str) -> None:
    judge = Judge()
    with pytest.raises(InvalidInput) as caught:
        await read_callable_url(text, "tokenUrl", judge)
    assert [each.field for each in caught.value.fields] == ["tokenUrl"]
    assert judge.asked == []


async def test_one_that_may_not_be_called_is_refused_with_the_remedy() -> None:
    judge = Judge(ForbiddenAddress("It leads to this machine.", origin=ORIGIN, stage="resolve"))
    with pytest.raises(InvalidInput) as caught:
        await read_callable_url("https://hooks.example.com", "url", judge)
    (fault,) = caught.value.fields
    assert fault.field == "url"
    assert "It leads to this machine." in fault.message
    assert "TRUNKLINE_LOCAL_UPSTREAMS" in fault.message


async def test_one_that_cannot_be_found_now_is_judged_later() -> None:
    judge = Judge(ResolveFailed("No such host.", origin=ORIGIN, stage="resolve"))
    assert (await read_callable_url("https://hooks.example.com", "url", judge)).origin == ORIGIN
