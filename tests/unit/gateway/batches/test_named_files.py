from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound, TooLarge
from trunkline.gateway.batches.file_record import FileRecord
from trunkline.gateway.batches.named_files import FILES_BETA, read_named_files, say_files_beta

ACTOR = Actor(user_id="u", workspace_id="w", role="member", scope="call")
OURS = f"file-{'0' * 32}"
CONTENT = b"%PDF-1.7"


class Shelf:
    """One file, kept by the configuration ``c``."""

    def __init__(self, **fields: Any) -> None:
        kept = {"configuration_id": "c", "provider_file_id": "file_1", "media_type": "application/pdf", **fields}
        about: dict[str, Any] = {"id": OURS, "name": "a.pdf", "purpose": "user_data", "size": len(CONTENT), **kept}
        self._file = FileRecord(created_at=0, expires_at=1, **about)
        self.reads = 0

    async def find(self, actor: Actor, file_id: str) -> FileRecord:
        if file_id != OURS:
            raise NotFound("no")
        return self._file

    async def read_piece(self, actor: Actor, file_id: str, number: int, *, download: bool = True) -> bytes:
        assert not download, "a call is no download"
        self.reads += 1
        return CONTENT if number == 0 else b""


def ask(*names: str) -> bytes:
    parts = [{"type": "input_file", "file_id": name} for name in names]
    return json.dumps({"model": "m", "input": [{"role": "user", "content": parts}]}).encode()


async def place(body: bytes, keeper: str | None, limit: int = 10_000, shelf: Shelf | None = None) -> list[Any]:
    named = await read_named_files(shelf or Shelf(), ACTOR, body, "openai_responses")
    assert named is not None
    assert named.model == "m"
    return json.loads((await named.place(keeper, limit)).body)["input"][0]["content"]


async def test_who_keeps_a_file_is_told_its_own_id() -> None:
    shelf = Shelf()
    assert await place(ask(OURS), "c", shelf=shelf) == [{"type": "input_file", "file_id": "file_1"}]
    assert shelf.reads == 0


@pytest.mark.parametrize("keeper", [None, "another"])
async def test_others_are_sent_the_content_which_is_read_once(keeper: str | None) -> None:
    shelf = Shelf()
    data = "data:application/pdf;base64,JVBERi0xLjc="
    told = {"type": "input_file", "filename": "a.pdf", "file_data": data}
    assert await place(ask(OURS, OURS), keeper, shelf=shelf) == [told, told]
    assert shelf.reads == 2


async def test_content_over_the_limit_is_refused_before_it_is_read() -> None:
    shelf, body = Shelf(), ask(OURS, OURS)
    with pytest.raises(TooLarge, match="TRUNKLINE_MAX_BODY_MB"):
        await place(body, None, len(body) + 2 * 12 - 1, shelf)
    assert shelf.reads == 0
    assert await place(body, None, len(body) + 2 * 12)
    assert await place(body, "c", len(body))


@pytest.mark.parametrize("body", [b"no JSON", ask("file-Own"), b'{"text": "\\"file_id\\": \\"file-"}', b"[]"])
async def test_what_names_nothing_of_ours_is_left_alone(body: bytes) -> None:
    assert await read_named_files(Shelf(), ACTOR, body, "openai_chat") is None


async def test_a_missing_file_is_told_as_the_vendor_does() -> None:
    body = ask(f"file-{'1' * 32}")
    with pytest.raises(InvalidInput, match=r"^input\.0\.content\.0\.file_id: There is no file"):
        await read_named_files(Shelf(), ACTOR, body, "openai_responses")
    with pytest.raises(NotFound, match=r"^input\.0\.content\.0\.file_id: There is no file"):
        await read_named_files(Shelf(), ACTOR, body, "anthropic_messages")


async def test_a_file_of_batches_is_none_to_read() -> None:
    with pytest.raises(InvalidInput, match="is a file of batches"):
        await read_named_files(Shelf(purpose="batch"), ACTOR, ask(OURS), "openai_responses")


async def test_a_batch_that_a_provider_runs_names_what_that_keeps() -> None:
    named = await read_named_files(Shelf(), ACTOR, ask(OURS), "openai_responses")
    assert named is not None
    named.must_be_kept_by("c")
    with pytest.raises(InvalidInput, match=r"^input\.0\.content\.0\.file_id: .*x-trunkline-batch: local"):
        named.must_be_kept_by("another")


@pytest.mark.parametrize(
    ("said", "sent"),
    [("", FILES_BETA), ("a-1, b-2", f"a-1,b-2,{FILES_BETA}"), (f"{FILES_BETA},b-2", f"{FILES_BETA},b-2")],
)
def test_anthropic_hears_of_files_once(said: str, sent: str) -> None:
    assert say_files_beta(said) == sent
