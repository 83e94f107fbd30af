"""What can be done with every kind of thing: list, show, edit and remove it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, write_value
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import print_json, print_table, say
from trunkline.core.errors import InvalidInput

Which = Annotated[str, typer.Argument(metavar="NAME", help="Its name, or its id.")]
Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="What to change: a field of the API and its new value, as JSON or text; repeat it for more."
        " `settings.temperature=0.2` reaches into a field.",
    ),
]


def make_group(kind: Kind, help: str) -> typer.Typer:  # noqa: A002 - as typer calls it
    """A group of commands without any."""
    return typer.Typer(name=kind.command, add_completion=False, help=help, no_args_is_help=True)


def add_list(app: typer.Typer, kind: Kind, *, empty: str) -> None:
    """``list``: a table, ``empty`` when there is nothing."""

    @app.command("list", help=f"List the {write_plural(kind)} that you can see.")
    def _list(json: Json = False) -> None:  # pyright: ignore[reportUnusedFunction]
        show_list(kind, call(kind.list), json=json, empty=empty)


def add_show(app: typer.Typer, kind: Kind) -> None:
    """``show``: every field of one of them."""

    @app.command("show", help=f"Show one {kind.noun} with all its fields.")
    def _show(which: Which, json: Json = False) -> None:  # pyright: ignore[reportUnusedFunction]
        async def work(api: Api) -> bytes:
            return await api.ask("GET", kind.place(await kind.find_id(api, which)))

        show_record(call(work), json=json)


def add_edit(app: typer.Typer, kind: Kind) -> None:
    """``edit``: change some fields; the others stay."""

    @app.command("edit", help=f"Change fields of one {kind.noun}; the others stay as they are.")
    def _edit(which: Which, settings: Settings, json: Json = False) -> None:  # pyright: ignore[reportUnusedFunction]
        body = read_fields(settings)

        async def work(api: Api) -> bytes:
            found = await kind.find(api, which)
            return await api.ask("PUT", kind.place(found[kind.id]), body=lay_over(found, body))

        tell(call(work), f"{which} is changed.", json=json)


def add_remove(app: typer.Typer, kind: Kind, *, told: str = "") -> None:
    """``remove``: asks first. ``told`` is what else that means."""

    @app.command("remove", help=f"Delete one {kind.noun}.{told}")
    def _remove(which: Which, yes: Yes = False, json: Json = False) -> None:  # pyright: ignore[reportUnusedFunction]
        confirm(f"Delete {kind.noun} {which}?", yes=yes)

        async def work(api: Api) -> bytes:
            return await api.ask("DELETE", kind.place(await kind.find_id(api, which)))

        tell(call(work), f"{which} is deleted.", json=json)


def write_plural(kind: Kind) -> str:
    """The word for several of them."""
    return kind.command.replace("-", " ")


def show_list(kind: Kind, records: list[Record], *, json: bool, empty: str) -> None:
    """Print ``records`` as a table, or as JSON."""
    if json:
        print_json(msgspec.json.encode(records))
        return
    rows = [[write(record) for _, write in kind.columns] for record in records]
    print_table([head for head, _ in kind.columns], rows, empty=empty)


def show_record(document: bytes, *, json: bool) -> None:
    """Print a JSON object with a line for each field, or as it is."""
    if json:
        print_json(document)
        return
    record: Record = msgspec.json.decode(document)
    if set(record) == {"success", "policy"}:
        record = record["policy"]
    print_table(["", ""], [[name, write_value(value)] for name, value in record.items()], empty="")


def tell(document: bytes, sentence: str, *, json: bool) -> None:
    """Say what was done, or print what the server answered."""
    if json:
        print_json(document)
    else:
        say(sentence)


def confirm(question: str, *, yes: bool) -> None:
    """Ask the person at the terminal; ends the command unless they agree. InvalidInput where there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("There is no terminal to ask whether you are sure: add --yes.")
    typer.confirm(question, abort=True)


def read_fields(settings: Iterable[str]) -> Record:
    """``a=1`` and ``b.c=x`` as one object; a value is JSON, or else a text."""
    fields: Record = {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals or not path:
            raise InvalidInput(f"--set {setting}: write it as FIELD=VALUE, such as name=work.")
        *outer, last = path.split(".")
        place = fields
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = read_value(value)
    return fields


def read_value(value: str) -> Any:
    """JSON, or else the text itself."""
    try:
        return msgspec.json.decode(value)
    except msgspec.MsgspecError:
        return value


def lay_over(found: Record, change: Record) -> Record:
    """``change``, whose objects keep what ``found`` has in them and the change does not name."""
    return {
        name: {**found[name], **value} if isinstance(value, dict) and isinstance(found.get(name), dict) else value
        for name, value in change.items()
    }
