"""The price list in a file of the data folder: made once for each version of it, and read by each process."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

import msgspec

from trunkline.control.prices.price_list import PriceList
from trunkline.control.prices.price_list_version import PRICE_LIST
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

_NAME: Final = "prices"


def load_price_list(folder: Path) -> PriceList:
    """The list. Where the file is missing, of another version or cannot be read, it is made anew."""
    path = folder / _NAME
    found = _read(path)
    if found is not None and found.source == PRICE_LIST:
        return found
    from trunkline.control.prices.price_list_making import make_price_list  # noqa: PLC0415 - it is large

    made = make_price_list()
    try:
        _write(path, msgspec.msgpack.encode(made))
    except OSError as error:
        _log.warning("price_list_not_written", reason=error.strerror)
    return made


def _read(path: Path) -> PriceList | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=PriceList)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        draft.touch(mode=0o600)
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
