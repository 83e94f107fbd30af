"""Conversations of two turns, kept by the official SDKs: the answer of the first is history in the second.

Every request is held to the rules of the vendor that it leaves for (``tests/vendors``), as in all tests; here nothing
of the conversation may be lost besides.
"""

from __future__ import annotations

import openai
import pytest

from tests.contract.v1.turns.clients import CLIENTS
from tests.contract.v1.turns.makers.maker import sign
from tests.contract.v1.turns.play import Played, Stage
from tests.contract.v1.turns.provider import PROVIDERS, Provider
from tests.contract.v1.turns.scene import PARALLEL, RESULTS, SCENES, Scene, Words

NAMES = list(PROVIDERS)
each_client = pytest.mark.parametrize("client", CLIENTS)
each_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
each_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])

UNTOLD = {("mistral", "openai chat", True)}
"""Thoughts that the SDK loses: its helper for streams puts no lists of content together."""
SIGNLESS = {"ollama"}
"""Clients whose wire has no place for a signature: thoughts that need one stay behind."""
HOUSES = ("anthropic", "google", "openai")


def keep(scene: Scene, streamed: bool) -> bool:
    """Whether plain data is kept, so that each scene is kept both ways."""
    return (SCENES.index(scene) + streamed) % 2 == 0


def hold(played: Played, scene: Scene) -> None:
    """Nothing of what was said and done may be missing, and the second answer is understood."""
    assert played.second.text == "All is done."
    said = [item.text for item in scene.items if isinstance(item, Words)]
    if not scene.is_refused:
        assert played.first.text.strip() == "".join(said).strip()
    assert played.first.calls == [(call.name, call.arguments) for call in scene.calls]
    if played.kept_there:
        return
    heard = played.heard
    assert [(name, arguments) for _, name, arguments in heard.calls] == played.first.calls
    assert len(heard.results) == len(heard.calls)
    for (identity, _, _), (answered, text), result in zip(heard.calls, heard.results, RESULTS, strict=False):
        # Who answers without ids, as one wire allows, answers in order.
        assert not answered or answered == identity
        assert result in text
    assert "".join(text for text in said if text.strip()) in "".join(heard.texts)


def hold_signatures(played: Played, then: Provider) -> None:
    """No vendor is shown another's signature: it would refuse the request, or take it for its own."""
    for house in HOUSES:
        if house != then.house and then.house not in ("openrouter", "any"):
            for number in range(6):
                assert sign(house, number).encode() not in played.raw, f"{then.name} was shown a signature of {house}"


@each_client
@each_provider
@each_scene
@both_ways
def test_same_provider(stage: Stage, client: str, provider: Provider, scene: Scene, streamed: bool) -> None:
    played = stage.play(client, provider, provider, scene, streamed=streamed, dumped=keep(scene, streamed))
    hold(played, scene)
    hold_signatures(played, provider)
    if played.kept_there or (provider.name, client, streamed) in UNTOLD:
        return
    wanted = provider.maker_for(played.path).thoughts(scene)
    heard = [plain(one) for one in played.heard.thoughts]
    if client not in SIGNLESS:
        assert heard == [plain(one) for one in wanted]
    elif not any(signature for _, signature in wanted):
        # A turn has one thought there.
        assert "".join(text for text, _ in heard) == "".join(plain(one)[0] for one in wanted)


def plain(thought: tuple[str, str]) -> tuple[str, str]:
    """A thought whose signature is base64 of one alphabet, as one SDK writes it in the other; without a signature to
    prove it, its white space does not matter."""
    text, signature = thought
    return (text, signature.replace("-", "+").replace("_", "/")) if signature else ("".join(text.split()), "")


@each_client
@each_provider
@pytest.mark.parametrize("then", PROVIDERS.values(), ids=lambda provider: f"then {provider.name}")
def test_other_provider(stage: Stage, client: str, provider: Provider, then: Provider) -> None:
    """The whole square, each streamed and whole: thoughts, text and calls in one of them, and by turns each other
    answer, so that every client tries every answer of each provider and to each."""
    if then is provider:
        return
    place = NAMES.index(provider.name) + NAMES.index(then.name) + 3 * list(CLIENTS).index(client)
    for scene, streamed in ((PARALLEL, place % 2 == 0), (SCENES[place % len(SCENES)], place % 2 == 1)):
        if client.endswith("previous") and provider.responses is not None:
            # What a vendor keeps itself cannot be told to another, and the caller hears so.
            with pytest.raises(openai.BadRequestError, match="send the whole conversation"):
                stage.play(client, provider, then, scene, streamed=streamed, dumped=False)
            continue
        played = stage.play(client, provider, then, scene, streamed=streamed, dumped=keep(scene, streamed))
        hold(played, scene)
        hold_signatures(played, then)
