from __future__ import annotations

import pytest

from trunkline.core.chat import CacheHint, ChatRequest, File, Media, Message, Opaque, Text, Tool, ToolCall, ToolResult
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.providers import quirk
from trunkline.providers.mending import mend
from trunkline.providers.prefill import CONTINUE, PREFILL, takes_prefill

HI = Message("user", (Text("hi"),))
HALF = Message("assistant", (Text("The answer is"),))
ANTHROPIC = quirk("anthropic", "claude-sonnet-4-5")
NEW = quirk("anthropic", "claude-opus-4-6")


def ask(*messages: Message, **fields: object) -> ChatRequest:
    return ChatRequest(model="m", messages=messages or (HI,), **fields)


def test_what_is_right_stays_the_same_object() -> None:
    request = ask(HI, HALF, HI, tools=(Tool("f"), Tool("g")))
    assert mend(request, NEW)[0] is request


def test_calls_and_results_are_paired() -> None:
    called, shown = Message("assistant", (ToolCall("c", "f"),)), Message("tool", (ToolResult("c", (Text("ok"),)),))
    assert mend(ask(HI, called, HI, shown), ANTHROPIC)[0].messages == (HI, called, shown, HI)


class TestTools:
    def test_one_that_is_declared_twice_is_sent_once(self) -> None:
        marked = Tool("f", "x", cache=CacheHint())
        assert mend(ask(tools=(Tool("f", "x"), Tool("g"), marked)), ANTHROPIC)[0].tools == (marked, Tool("g"))

    def test_two_of_one_name_are_refused_by_name(self) -> None:
        with pytest.raises(InvalidInput, match=r"tools\.1: is another tool named 'f'"):
            mend(ask(tools=(Tool("f"), Tool("f", "other"))), ANTHROPIC)


class TestCacheMarks:
    def test_the_last_four_stay(self) -> None:
        marked = Text("a", cache=CacheHint())
        system, said = Message("system", (marked,)), Message("user", (marked, marked))
        result = Message("tool", (ToolResult("c", (marked,), cache=CacheHint()),))
        called = Message("assistant", (ToolCall("c", "f"),))
        request = ask(said, called, result, system, tools=(Tool("f", cache=CacheHint()),))
        mended, told = mend(request, ANTHROPIC)
        assert mended.tools == (Tool("f"),)
        assert mended.messages == (said, called, result, Message("system", (Text("a"),)))
        assert told == ("cache",)

    def test_four_are_left_alone_and_so_is_who_does_not_count(self) -> None:
        request = ask(Message("user", (Text("a", cache=CacheHint()),) * 4))
        assert mend(request, ANTHROPIC) == (request, ())
        many = ask(Message("user", (Text("a", cache=CacheHint()),) * 5))
        assert mend(many, quirk("gemini", "gemini-2.5-flash")) == (many, ())


class TestPrefill:
    @pytest.mark.parametrize(
        ("provider", "model", "takes"),
        [
            ("anthropic", "claude-sonnet-4-5-20250929", True),
            ("anthropic", "claude-3-7-sonnet-latest", True),
            ("anthropic", "claude-sonnet-4-20250514", True),
            ("anthropic", "claude-sonnet-4-6", False),
            ("anthropic", "claude-opus-4-8", False),
            ("anthropic", "claude-fable-5", False),
            ("openrouter", "anthropic/claude-opus-4.6", False),
            ("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", True),
            ("bedrock", "us.anthropic.claude-opus-4-7", False),
            ("bedrock", "us.amazon.nova-pro-v1:0", False),
            ("bedrock", "us.meta.llama3-3-70b-instruct-v1:0", False),
            ("openai", "gpt-5.2", True),
        ],
    )
    def test_who_takes_it(self, provider: str, model: str, takes: bool) -> None:
        assert takes_prefill(provider, model) is takes

    def test_the_rest_is_asked_for_in_words_and_told(self) -> None:
        mended, told = mend(ask(HI, HALF, Message("system", (Text("Be brief."),))), NEW)
        assert mended.messages[-1] == Message("user", (Text(CONTINUE),))
        assert mended.messages[1] == HALF
        assert told == (PREFILL,)

    def test_whoever_takes_it_gets_it(self) -> None:
        request = ask(HI, HALF)
        assert mend(request, ANTHROPIC) == (request, ())

    def test_a_turn_that_was_paused_goes_on_from_its_tools(self) -> None:
        paused = ask(HI, Message("assistant", (Opaque("anthropic_messages", {"type": "server_tool_use"}),)))
        assert mend(paused, NEW) == (paused, ())

    def test_an_assistant_who_said_nothing_began_nothing(self) -> None:
        request = ask(HI, Message("assistant", (Text(" "),)))
        assert mend(request, NEW) == (request, ())


class TestDocuments:
    PDF = File(Media(data="JVBERi0=", media_type="application/pdf"))

    def test_models_without_them_refuse_by_name(self) -> None:
        for provider, model in (("groq", "openai/gpt-oss-120b"), ("bedrock", "us.amazon.nova-micro-v1:0")):
            with pytest.raises(Unsupported, match=r"messages\.0\.content\.1: is a document"):
                mend(ask(Message("user", (Text("hi"), self.PDF))), quirk(provider, model))

    def test_so_they_do_in_results(self) -> None:
        called = Message("assistant", (ToolCall("c", "f"),))
        shown = Message("tool", (ToolResult("c", (self.PDF,)),))
        with pytest.raises(Unsupported, match=r"messages\.2\.content\.0"):
            mend(ask(HI, called, shown), quirk("groq", "openai/gpt-oss-120b"))

    def test_others_get_them(self) -> None:
        request = ask(Message("user", (self.PDF,)))
        assert mend(request, quirk("bedrock", "us.amazon.nova-pro-v1:0"))[0] is request
