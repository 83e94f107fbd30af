"""A talk that is too long loses its oldest turns, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import ChatRequest, Image, Media, Message, Sampling, Text
from trunkline.gateway.exchanges.context_window import PICTURE_TOKENS, fit_window


def said(role: str, tokens: int) -> Message:
    return Message(role, (Text("x" * 4 * tokens),))  # type: ignore[arg-type] - one of the roles


def test_what_fits_stays_as_it_is() -> None:
    request = ChatRequest(model="m", messages=(said("system", 10), said("user", 10)))
    assert fit_window(request, 1000) is request


def test_the_oldest_turns_go_and_instructions_stay() -> None:
    messages = (
        said("system", 10),
        said("user", 40),
        said("assistant", 40),
        said("user", 41),
        said("assistant", 40),
        said("user", 20),
    )
    fitted = fit_window(ChatRequest(model="m", messages=messages, sampling=Sampling(max_tokens=20)), 140)
    assert fitted.messages == (messages[0], *messages[3:])
    fitted = fit_window(ChatRequest(model="m", messages=messages, sampling=Sampling(max_tokens=60)), 140)
    assert fitted.messages == (messages[0], messages[5])


def test_pictures_count() -> None:
    picture = Message("user", (Image(Media(url="https://x")),))
    request = ChatRequest(model="m", messages=(picture, said("assistant", 1), said("user", 1)))
    assert fit_window(request, 2 * PICTURE_TOKENS) is request
    assert fit_window(request, PICTURE_TOKENS).messages == request.messages[2:]


@given(
    st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.integers(0, 50)), min_size=1, max_size=20),
    st.integers(1, 500),
)
def test_the_last_question_is_always_asked(turns: list[tuple[str, int]], window: int) -> None:
    request = ChatRequest(model="m", messages=tuple(said(role, tokens) for role, tokens in turns))
    kept = fit_window(request, window).messages
    asked = [place for place, (role, _) in enumerate(turns) if role == "user"]
    if asked:
        assert kept[-len(turns[asked[-1] :]) :] == request.messages[asked[-1] :]
    else:
        assert kept == request.messages
    assert [message for message in kept if message.role == "system"] == [
        message for message in request.messages if message.role == "system"
    ]
