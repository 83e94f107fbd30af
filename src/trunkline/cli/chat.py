"""``trunkline chat``: ask once, or talk."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from typing import Annotated

import msgspec
import typer

from trunkline.cli.answer import Answer, Message, Question
from trunkline.cli.api import Api, open_api
from trunkline.cli.option import Json
from trunkline.cli.output import clean, complain, note, print_json
from trunkline.core.errors import InvalidInput, TrunklineError

with contextlib.suppress(ImportError):
    # Being there is all it takes to give input() its line editing and history.
    importlib.import_module("readline")


def chat(
    prompt: Annotated[
        str | None, typer.Argument(help="The prompt. Without it: standard input, or a conversation.")
    ] = None,
    model: Annotated[str, typer.Option("--model", "-m", help="A configuration, or a model.")] = "default",
    system: Annotated[str | None, typer.Option("--system", "-s", help="A system prompt.")] = None,
    no_stream: Annotated[bool, typer.Option("--no-stream", help="Wait for the whole response.")] = False,
    json: Json = False,
) -> None:
    """Chat with a model through the running server.

    Ctrl-C stops a response; Ctrl-D ends a conversation.
    """
    talk = Talk(model, system, streams=not no_stream and not json, json=json)
    with asyncio.Runner() as runner, _Opened(runner) as api:
        if prompt is None and sys.stdin.isatty() and not json:
            talk.converse(runner, api)
            return
        text = sys.stdin.read() if prompt is None else prompt
        if not text.strip():
            raise InvalidInput('There is nothing to ask. Try: trunkline chat "Say hello."')
        if not talk.say(runner, api, text):
            raise typer.Exit(130)


class _Opened:
    """The API for as long as the block lasts, opened and closed in the runner's loop."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._stack = contextlib.AsyncExitStack()

    def __enter__(self) -> Api:
        return self._runner.run(self._stack.enter_async_context(open_api(calls_only=True)))

    def __exit__(self, *_error: object) -> None:
        self._runner.run(self._stack.aclose())


class Talk:
    """A conversation. ``history`` is what the model is shown with the next question."""

    def __init__(self, model: str, system: str | None, *, streams: bool, json: bool = False) -> None:
        self.history: list[Message] = [] if system is None else [Message("system", system)]
        self._model = model
        self._streams = streams
        self._json = json

    def converse(self, runner: asyncio.Runner, api: Api) -> None:
        """Ask the person at the terminal until they leave. What goes wrong is told, and the conversation goes on."""
        note(f"Talking to {self._model}. Ctrl-C stops an answer, Ctrl-D leaves.")
        while True:
            try:
                text = input("› ")
            except KeyboardInterrupt:
                print()
                continue
            except EOFError:
                print()
                return
            if not text.strip():
                continue
            try:
                self.say(runner, api, text)
            except TrunklineError as error:
                complain(error.message)

    def say(self, runner: asyncio.Runner, api: Api, text: str) -> bool:
        """Ask ``text`` and show the answer. False when it was stopped by Ctrl-C; what had come by then is kept."""
        question = Question(api, self._model, [*self.history, Message("user", text)])
        finished = True
        try:
            runner.run(self._ask(question))
        except KeyboardInterrupt:
            finished = False
        answer = question.answer
        if answer.content:
            self.history += [Message("user", text), Message("assistant", answer.content)]
        if not finished:
            print()
            note("Stopped.")
        else:
            self._tell(answer)
        return finished

    async def _ask(self, question: Question) -> None:
        if not self._streams:
            await question.ask()
            return
        try:
            await question.stream(_show)
        finally:
            if question.answer.content:
                print()
        await question.find_cost()

    def _tell(self, answer: Answer) -> None:
        if self._json:
            print_json(msgspec.json.encode(answer))
            return
        if not self._streams:
            print(_for_reader(answer.content))
        note(answer.describe(self._model))


def _show(text: str) -> None:
    print(_for_reader(text), end="", flush=True)


def _for_reader(text: str) -> str:
    """As it is for a program, without what could drive the terminal for a person."""
    return clean(text) if sys.stdout.isatty() else text
