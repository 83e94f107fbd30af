"""The use cases, wired."""

from __future__ import annotations

from trunkline.app.people import People
from trunkline.app.place import Place
from trunkline.control.applications import Applications
from trunkline.control.configurations import Configurations
from trunkline.control.connection_tests import ConnectionTests
from trunkline.control.credentials import Credentials
from trunkline.control.health import Health
from trunkline.control.installation import Installation
from trunkline.control.jobs import Jobs
from trunkline.control.key_use import KeyUse
from trunkline.control.members import Members
from trunkline.control.prices import PriceBook
from trunkline.control.provider_models import ProviderModels
from trunkline.control.pulls import Pulls
from trunkline.control.rate_limit import RateLimit
from trunkline.control.reach import Reach
from trunkline.control.revisions import Revisions
from trunkline.control.rotation import Rotation
from trunkline.control.snapshot import SnapshotRefresher
from trunkline.control.templates import Templates
from trunkline.control.usage import Usage
from trunkline.control.workspaces import Workspaces
from trunkline.faces.http.services import Services
from trunkline.gateway.identity import Identity
from trunkline.gateway.journal.writer import Journal
from trunkline.outbound import Client
from trunkline.providers.demo import DemoTransport
from trunkline.settings import Settings
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.vault import Vault


def make_services(
    settings: Settings,
    place: Place,
    ring: KeyRing,
    vault: Vault,
    people: People,
    identity: Identity,
    key_use: KeyUse,
    client: Client,
    prices: PriceBook,
    refresher: SnapshotRefresher,
    journal: Journal,
) -> Services:
    """The use cases."""
    database, audit = place.database, people.audit
    credentials = Credentials(vault)
    sealed_keys = SealedKeys(ring)
    rotation = Rotation(database, vault, Installation(database), audit)
    reach = Reach(credentials, client, {"demo": DemoTransport()}, client)
    provider_models = ProviderModels(database, reach, prices)
    jobs = Jobs(database)
    own_configurations = Configurations(
        database, credentials, rotation, audit, sealed_keys, provider_models.output_limit
    )

    async def check_database() -> str | None:
        await Installation(database).read_state()
        return None

    async def check_journal() -> str | None:
        return journal.fault

    async def check_snapshot() -> str | None:
        return None if refresher.loaded else "Nothing is loaded yet."

    return Services(
        settings=settings,
        identity=identity,
        audit=audit,
        writes=RateLimit(settings.writes_per_minute / settings.workers, "changes"),
        configurations=own_configurations,
        connection_tests=ConnectionTests(
            database,
            reach,
            audit,
            RateLimit(settings.tests_per_minute / settings.workers, "connection tests"),
            sealed_keys,
            provider_models.output_limit,
        ),
        revisions=Revisions(database, own_configurations),
        templates=Templates(database, audit),
        provider_models=provider_models,
        pulls=Pulls(database, reach, jobs, provider_models, audit),
        jobs=jobs,
        rotation=rotation,
        usage=Usage(database),
        key_use=key_use,
        accounts=people.accounts,
        sessions=people.sessions,
        setup=people.setup,
        users=people.users,
        workspaces=Workspaces(database, audit),
        members=Members(database, audit),
        invitations=people.invitations,
        applications=Applications(database, audit),
        keys=people.keys,
        sealed_keys=sealed_keys,
        health=Health(
            {"snapshot": check_snapshot, "journal": check_journal},
            {"database": check_database},
        ),
    )
