"""Conversations are found by any part of what was said in them, through an index that is never behind."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update
from tests.bookkeeping import migrate_to

from trunkline.storage import conversation_search, conversations
from trunkline.storage.conversations import Owner
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Conversation, ConversationMessage, User, Workspace

OWNER = Owner(workspace_id="w", user_id="u", application_id=None)
STRANGE = "100%_ \\ \"quoted\" 'single' *star* (a OR b) NEAR/2 Ünïcödé 你好世界\nnext line\ttab \x01 –"


@pytest.fixture(autouse=True)
async def people(database: Database) -> None:
    async with database.write() as tx:
        tx.add_all([User(id="u", email="u@example.com"), Workspace(id="w", name="W")])


async def say(tx: Transaction, identity: str, content: str, title: str = "") -> None:
    tx.add(Conversation(id=identity, workspace_id="w", user_id="u", model="m", title=title))
    await tx.flush()
    tx.add(ConversationMessage(id=f"m-{identity}", conversation_id=identity, role="user", content=content))
    await tx.flush()


async def search(database: Database, words: str) -> set[str]:
    async with database.read() as tx:
        found = await conversations.find_page(tx, OWNER, words=words, limit=100, after=None)
        return {row.id for row in found}


async def candidates(database: Database, words: str) -> frozenset[str] | None:
    async with database.read() as tx:
        return await conversation_search.find_candidates(tx, words)


async def test_every_part_of_a_text_is_found(database: Database) -> None:
    async with database.write() as tx:
        await say(tx, "strange", STRANGE, "Whales")
        await say(tx, "plain", "Nothing of all that", "Sea")
    for length in (1, 2, 3, 4, 7, 40):
        for start in range(len(STRANGE) - length + 1):
            words = STRANGE[start : start + length]
            assert "strange" in await search(database, words), words
    for words in ("whales", "ALES", "hale", "nEXT", "QUOTED"):
        assert await search(database, words) == {"strange"}, words
    for words in ("whalesea", "wha es", "100_", "q%d", "a AND b", "nothing thing"):
        assert await search(database, words) == set(), words
    assert await search(database, "Nothing of all that") == {"plain"}


async def test_the_index_narrows_what_is_looked_at(database: Database) -> None:
    async with database.write() as tx:
        for number in range(50):
            await say(tx, f"c{number}", f"number <{number}>")
    assert await candidates(database, "<7>") == {"c7"}
    assert await candidates(database, "unheard") == frozenset()
    assert await candidates(database, "nu") is None, "too short"


async def test_what_is_changed_or_gone_is_found_as_it_is_now(database: Database) -> None:
    async with database.write() as tx:
        await say(tx, "a", "before", "old title")
        await say(tx, "b", "forgotten")
    async with database.write() as tx:
        await tx.execute(update(ConversationMessage).where(ConversationMessage.id == "m-a").values(content="after"))
        await tx.execute(update(Conversation).where(Conversation.id == "a").values(title="new name"))
        await tx.execute(delete(Conversation).where(Conversation.id == "b"))
    for words in ("before", "old title", "forgotten"):
        assert await candidates(database, words) == frozenset(), words
    for words in ("after", "new name"):
        assert await candidates(database, words) == {"a"}, words
    async with database.write() as tx:
        await say(tx, "c", "never kept")
        await tx.rollback()
    assert await candidates(database, "never kept") == frozenset()


async def test_a_long_text_is_always_looked_at(database: Database) -> None:
    async with database.write() as tx:
        await say(tx, "long", "x" * 30_000 + " needle")
        await say(tx, "short", "hay")
    assert await candidates(database, "unheard") == {"long"}
    assert await search(database, "needle") == {"long"}
    assert await search(database, "unheard") == set()
    async with database.write() as tx:
        await tx.execute(update(ConversationMessage).where(ConversationMessage.id == "m-long").values(content="less"))
    assert await candidates(database, "unheard") == frozenset()


async def test_common_words_are_found_without_the_index(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation_search, "MOST", 3)
    async with database.write() as tx:
        for number in range(5):
            await say(tx, f"c{number}", "the same")
    assert await candidates(database, "same") is None
    assert len(await search(database, "same")) == 5


async def test_what_was_said_before_is_filled_in(database: Database, database_url: str) -> None:
    async with database.write() as tx:
        await say(tx, "old", "said long ago", "Whales")
        await say(tx, "long", "y" * 30_000)
    await migrate_to(database_url, "0015")
    async with database.write() as tx:
        await tx.execute(
            update(ConversationMessage).where(ConversationMessage.id == "m-old").values(content="said then")
        )
    await migrate_to(database_url, "head")
    assert await candidates(database, "said then") == {"old", "long"}
    assert await candidates(database, "long ago") == {"long"}
    assert await search(database, "hales") == {"old"}


async def test_the_rows_of_the_index_stay_those_of_their_texts_after_a_vacuum(database: Database) -> None:
    if database.kind != "sqlite":
        pytest.skip("only SQLite gives rows new numbers")
    async with database.write() as tx:
        for number in range(5):
            await say(tx, f"c{number}", f"number <{number}>")
        await tx.execute(delete(Conversation).where(Conversation.id == "c1"))
    async with database.read() as tx:
        raw = await tx.connection()
        await raw.exec_driver_sql("COMMIT")
        await raw.exec_driver_sql("VACUUM")
        await raw.exec_driver_sql("BEGIN")
    async with database.write() as tx:
        await tx.execute(text("UPDATE conversation_messages SET content = 'changed' WHERE id = 'm-c3'"))
    assert await candidates(database, "<4>") == {"c4"}
    assert await candidates(database, "<3>") == frozenset()
    assert await candidates(database, "changed") == {"c3"}
