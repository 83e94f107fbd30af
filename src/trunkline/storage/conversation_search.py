"""Which conversations may have some words in them, by an index of what stands in titles and messages.

The index is one of trigrams: of each run of three characters. On SQLite it is a table of FTS5 that triggers keep right
(https://sqlite.org/fts5.html#the_trigram_tokenizer), on PostgreSQL an index over what a function makes of a text, since
``pg_trgm`` is an extension, which not every role may create. Both are called ``conversation_trigrams``; the migration
makes them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from trunkline.storage.database import Transaction

SHORTEST: Final = 3
"""Characters below which the index tells nothing."""

MOST: Final = 1_000
"""Texts from which on words are so common that the index is no help: most conversations have them."""

_LOOKED_AT: Final = 32
"""Characters of the words that are looked up on SQLite: for the rest, whoever searches looks at what was found."""

_LONG: Final = "\x01\x01\x01"
"""What is indexed in the place of a text that is too long to be: it may have any words."""

_SQLITE: Final = text(
    "SELECT conversation_id FROM conversation_texts WHERE id IN"
    " (SELECT rowid FROM conversation_trigrams WHERE conversation_trigrams MATCH :words LIMIT :most)"
)
_POSTGRESQL: Final = text(
    "(SELECT conversation_id FROM conversation_messages"
    " WHERE conversation_trigrams(content) @> conversation_trigrams(:words)"
    " OR conversation_trigrams(content) @> ARRAY[:long] LIMIT :most)"
    " UNION ALL (SELECT id FROM conversations"
    " WHERE conversation_trigrams(title) @> conversation_trigrams(:words) LIMIT :most)"
)


async def find_candidates(tx: Transaction, words: str) -> frozenset[str] | None:
    """The ids of all conversations, whoever's, that may have ``words``, and some that have not.

    None where the index cannot tell: the words are too short, or too common.
    """
    if len(words) < SHORTEST or "\0" in words:
        return None
    if tx.get_bind().dialect.name == "sqlite":
        found = await tx.scalars(_SQLITE, {"words": _match(words[:_LOOKED_AT]), "most": MOST + 1})
    else:
        found = await tx.scalars(_POSTGRESQL, {"words": words, "long": _LONG, "most": MOST + 1})
    every = found.all()
    return None if len(every) > MOST else frozenset(every)


def _match(words: str) -> str:
    """A query of FTS5 for texts that have each trigram: https://sqlite.org/fts5.html#full_text_query_syntax."""
    trigrams = dict.fromkeys(words[at : at + 3] for at in range(len(words) - 2))
    every = " AND ".join('"' + each.replace('"', '""') + '"' for each in trigrams)
    return f'({every}) OR "{_LONG}"'
