"""Making a place ready to serve, once for all processes."""

from __future__ import annotations

import asyncio

from trunkline.app.parts import Parts
from trunkline.app.people import People
from trunkline.app.resources import Resources, open_ring
from trunkline.control.people.setup import FirstStart
from trunkline.control.prices.price_list_file import load_price_list
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.core.errors import Unavailable
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.settings import Settings
from trunkline.storage.migration import WrongSchema
from trunkline.vault.key_ring import KeyRing


async def prepare(settings: Settings, parts: Parts | None = None) -> FirstStart:
    """Make a place ready for its processes: migrate, make or check the root key, prepare the first start.

    Raises :class:`CannotOpen` and :class:`Unavailable` with what to do. A database that is down is no obstacle where a
    copy of the snapshot can serve in its stead.
    """
    resources = Resources.of(settings)
    try:
        ring = await open_ring(resources, migrate=True)
        load_price_list(settings.data_dir)
        first = await People(settings, resources.database, ring, (parts or Parts()).passwords()).setup.first_start(
            settings
        )
        await _write_copy(resources, ring)
    except WrongSchema:
        # The copy would serve in its stead, and everything else would damage it.
        raise
    except Unavailable as error:
        if resources.copy.read_key_state() is None:
            if settings.database_url is None:
                raise
            raise Unavailable(
                f"{error.message} If it goes on: is the database running, and is TRUNKLINE_DATABASE_URL right?"
            ) from error
        return FirstStart(setup_token=None, api_key=None, model="default")
    finally:
        await resources.database.close()
    return first


async def _write_copy(resources: Resources, ring: KeyRing) -> None:
    """The copy of the snapshot, so that calls can be served before the management process is there."""
    holder = SnapshotHolder()
    await SnapshotRefresher(resources.database, holder, instance_id=ring.instance).refresh()
    await asyncio.to_thread(resources.copy.write, holder.current, ring)
