"""The files that a call names by their ids here, which its provider knows by ids of its own."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.gateway.batches.desk import BatchDesk, FindFile

FIELD: Final = b'"file_id"'
"""Where a call names a file, as it stands in JSON. In a text it would have backslashes in it."""

_MOST: Final = 100
_OURS: Final = re.compile(rb'"file_id"(\s*:\s*)"(file-[0-9a-f]{32})"')


class NamedFiles(NamedTuple):
    """The body with the provider's ids, and the configuration in whose account they are; None: no file of ours."""

    body: bytes
    configuration_id: str | None


async def read_named_files(desk: BatchDesk, actor: Actor, body: bytes) -> NamedFiles:
    """What ``body`` names. Ids that were not given here pass. Raises InvalidInput for files of others."""
    if FIELD not in body:
        return NamedFiles(body, None)
    known: dict[bytes, str] = {}
    keeper: str | None = None
    for found in _OURS.finditer(body):
        if found[2] in known:
            continue
        name = found[2].decode()
        if len(known) == _MOST:
            raise InvalidInput.of("file_id", f"A request names at most {_MOST} files.")
        try:
            file = await desk.ask(actor, FindFile(file_id=name))
        except NotFound:
            raise InvalidInput.of(
                "file_id", f"There is no file {name!r} of yours. Upload it to /v1/files first.", code="file_not_found"
            ) from None
        if file.configuration_id is None or file.provider_file_id is None:
            raise InvalidInput.of("file_id", f"{name!r} is a file of batches. Upload it with the purpose user_data.")
        if keeper not in {None, file.configuration_id}:
            raise InvalidInput.of("file_id", "names files of several configurations. Upload all of them for one.")
        keeper = file.configuration_id
        known[found[2]] = file.provider_file_id
    if keeper is None:
        return NamedFiles(body, None)
    return NamedFiles(_OURS.sub(lambda each: b'"file_id"%b"%b"' % (each[1], known[each[2]].encode()), body), keeper)
