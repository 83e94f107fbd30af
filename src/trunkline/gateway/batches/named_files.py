"""The files that a call names by their ids here.

The provider that keeps a file is told its own id of it; any other is sent the content in the request.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject, Media
from trunkline.core.errors import InvalidInput, NotFound, TooLarge
from trunkline.dialects import anthropic_messages, gemini, openai_chat, openai_responses
from trunkline.dialects.raw_json import decode
from trunkline.gateway.batches.desk import BatchDesk, FindFile, ReadPiece
from trunkline.gateway.batches.file_mention import Mention, find_mentions
from trunkline.gateway.batches.file_record import SENT, FileRecord
from trunkline.gateway.batches.file_uri import FIELDS, find_uris
from trunkline.gateway.batches.vetting import Vetting

FIELD: Final = b'"file_id'
"""Where a call names a file or a list of them, as it stands in JSON. In a text it would have a backslash before it."""

BETA_HEADER: Final = "anthropic-beta"
FILES_BETA: Final = "files-api-2025-04-14"
"""What Anthropic wants to hear of who names files: https://platform.claude.com/docs/en/build-with-claude/files."""

_MOST: Final = 100
_OURS: Final = re.compile(rb'"file-[0-9a-f]{32}"')
_SPOKEN: Final[Mapping[str, frozenset[str]]] = {
    openai_chat.DIALECT.name: frozenset({openai_chat.DIALECT.name, openai_responses.DIALECT.name}),
    anthropic_messages.DIALECT.name: frozenset({anthropic_messages.DIALECT.name}),
}
"""In which dialects a provider of each takes its ids."""


def say_files_beta(said: str) -> str:
    """``said``, the betas that a client names, with that of files. Only Anthropic is told of it."""
    betas = [word.strip() for word in said.split(",") if word.strip()]
    return ",".join(betas if FILES_BETA in betas else [*betas, FILES_BETA])


def may_name(body: bytes, dialect: str) -> bool:
    """Whether a call names a file, of whomever."""
    return FIELD in body or (dialect == gemini.DIALECT.name and any(field in body for field in FIELDS))


class FileSource(Protocol):
    """Where files are."""

    async def find(self, actor: Actor, file_id: str) -> FileRecord:
        """Raises NotFound for what is not the caller's."""
        ...

    async def read_piece(self, actor: Actor, file_id: str, number: int, *, download: bool = True) -> bytes:
        """The piece ``number`` of a file; empty behind its end. ``download`` notes it in the audit log."""
        ...


class DeskFiles:
    """Implements :class:`FileSource` where there is no database."""

    __slots__ = ("_desk",)

    def __init__(self, desk: BatchDesk) -> None:
        self._desk = desk

    async def find(self, actor: Actor, file_id: str) -> FileRecord:
        """See the protocol."""
        return await self._desk.ask(actor, FindFile(file_id=file_id))

    async def read_piece(self, actor: Actor, file_id: str, number: int, *, download: bool = True) -> bytes:
        """See the protocol."""
        return await self._desk.ask(actor, ReadPiece(file_id=file_id, number=number, download=download))


class Placed(NamedTuple):
    """The body as it goes on, and the configuration in whose account files are that it names; None: none."""

    body: bytes
    keeper: str | None


class NamedFiles:
    """What one body in ``dialect`` names."""

    __slots__ = ("_actor", "_body", "_document", "_files", "_mentions", "_source")

    def __init__(
        self,
        source: FileSource,
        actor: Actor,
        body: bytes,
        document: JsonObject,
        mentions: Sequence[Mention],
        files: Mapping[str, FileRecord],
    ) -> None:
        self._source = source
        self._actor = actor
        self._body = body
        self._document = document
        self._mentions = mentions
        self._files = files

    @property
    def model(self) -> str | None:
        """The model that the body asks for; None where it says none."""
        model = self._document.get("model")
        return model if isinstance(model, str) and model else None

    def find_keeper(self, vetting: Vetting, model: str, dialect: str) -> str | None:
        """The configuration that ``model`` leads to and in whose account one of them is; None: there is no such one."""
        keepers = {file.configuration_id for file in self._files.values() if file.provider_file_id is not None}
        for candidate in vetting.list(self._actor, model):
            if candidate.entry.id in keepers:
                spoken = _SPOKEN.get(vetting.open(candidate).provider.dialect, frozenset[str]())
                if dialect in spoken:
                    return candidate.entry.id
        return None

    def must_be_kept_by(self, configuration_id: str) -> None:
        """Raises InvalidInput where one is not in the account of this configuration."""
        for mention in self._mentions:
            if self._files[mention.file_id].configuration_id != configuration_id:
                raise InvalidInput.of(
                    mention.field,
                    f"names a file that is not in the account of the configuration {configuration_id}, which is to run"
                    " this batch. Upload it with the header x-trunkline-configuration, or send x-trunkline-batch:"
                    " local.",
                    code="file_elsewhere",
                )

    async def place(self, keeper: str | None, limit: int) -> Placed:
        """The body with the ids that ``keeper``'s provider knows, and the content of all other files.

        Raises TooLarge where that is more than ``limit`` bytes, InvalidInput where content cannot stand.
        """
        size = len(self._body)
        for mention in self._mentions:
            file = self._files[mention.file_id]
            if keeper is None or file.configuration_id != keeper:
                size += (file.size + 2) // 3 * 4
        if size > limit:
            raise TooLarge(
                f"With the files that it names, the request is over the limit of {limit >> 20} MiB"
                " (TRUNKLINE_MAX_BODY_MB). Name the configuration that keeps them as the model, or send less."
            )
        read: dict[str, Media] = {}
        for mention in self._mentions:
            file = self._files[mention.file_id]
            if keeper is not None and file.configuration_id == keeper and file.provider_file_id is not None:
                mention.name(file.provider_file_id)
                continue
            if file.id not in read:
                read[file.id] = await self._read(file)
            mention.inline(read[file.id], file.name)
        return Placed(msgspec.json.encode(self._document), keeper)

    async def _read(self, file: FileRecord) -> Media:
        content = bytearray()
        number = 0
        while piece := await self._source.read_piece(self._actor, file.id, number, download=False):
            content += piece
            number += 1
        return Media(data=base64.b64encode(content).decode(), media_type=file.known_type)


async def read_named_files(source: FileSource, actor: Actor, body: bytes, dialect: str) -> NamedFiles | None:
    """What ``body`` names; None: nothing of ours. Ids that were not given here pass.

    Raises InvalidInput for files of batches, which in Gemini's dialect is what all of ours are, and for those of others
    what the vendor says of such: NotFound in Anthropic's dialect, InvalidInput in others.
    """
    if dialect == gemini.DIALECT.name:
        await _refuse_uris(source, actor, body)
        return None
    if FIELD not in body or _OURS.search(body) is None:
        return None
    document = decode(body)
    if not isinstance(document, dict):
        return None
    mentions = list(find_mentions(document))
    known: dict[str, FileRecord] = {}
    for mention in mentions:
        if mention.file_id in known:
            continue
        place = mention.field
        if len(known) == _MOST:
            raise InvalidInput.of(place, f"A request names at most {_MOST} files.")
        try:
            file = await source.find(actor, mention.file_id)
        except NotFound:
            words = f"There is no file {mention.file_id!r} of yours. Upload it to /v1/files first."
            if dialect == anthropic_messages.DIALECT.name:
                raise NotFound(f"{place}: {words}", code="file_not_found") from None
            raise InvalidInput.of(place, words, code="file_not_found") from None
        if file.purpose not in SENT:
            words = f"{mention.file_id!r} is a file of batches. Upload it with the purpose user_data."
            raise InvalidInput.of(place, words)
        known[mention.file_id] = file
    return NamedFiles(source, actor, body, document, mentions, known) if mentions else None


async def _refuse_uris(source: FileSource, actor: Actor, body: bytes) -> None:
    if not any(field in body for field in FIELDS):
        return
    for uri in find_uris(decode(body)):
        try:
            await source.find(actor, uri.file_id)
        except NotFound:
            # Google may have it, under an address that looks like ours.
            continue
        raise InvalidInput.of(
            uri.field, "names a file of batches, which no model is told of. Send what it is to read as inlineData."
        )
