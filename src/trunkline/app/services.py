"""The use cases, wired."""

from __future__ import annotations

import os
from collections.abc import Callable

from trunkline.app.mail import make_mailer
from trunkline.app.parts import Parts
from trunkline.app.people import People
from trunkline.app.resources import Resources
from trunkline.control.ai_llms.ai_llms import AiLlms
from trunkline.control.alerts.alerts import Alerts
from trunkline.control.alerts.channels import AlertChannels
from trunkline.control.alerts.delivery import AlertDelivery
from trunkline.control.alerts.evaluation import AlertEvaluation
from trunkline.control.alerts.extension_channels import ExtensionChannels
from trunkline.control.alerts.preview import AlertPreview
from trunkline.control.alerts.rules import AlertRules
from trunkline.control.alerts.sending import Sender
from trunkline.control.alerts.watch import AlertWatch
from trunkline.control.audit_acknowledgement import AuditAcknowledgement
from trunkline.control.audit_chain.linking import AuditLinking
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.audit_chain.verification import AuditVerification
from trunkline.control.budgets.budgets import Budgets
from trunkline.control.caching.response_cache import ResponseCache
from trunkline.control.caching.rules import CachingRules
from trunkline.control.capture.captured_content import ContentSeal
from trunkline.control.capture.captures import Captures
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.connection_tests import ConnectionTests
from trunkline.control.configurations.credentials import Credentials
from trunkline.control.configurations.discoveries import Discoveries
from trunkline.control.configurations.draft_models import DraftModels
from trunkline.control.configurations.local_models import LocalModels
from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.pulls import Pulls
from trunkline.control.configurations.reach import Reach
from trunkline.control.configurations.revisions import Revisions
from trunkline.control.configurations.templates import Templates
from trunkline.control.conversations.answers import Answers
from trunkline.control.conversations.conversations import Conversations
from trunkline.control.conversations.messages import Messages
from trunkline.control.conversations.pictures import Pictures
from trunkline.control.conversations.stream_tickets import ConversationTickets
from trunkline.control.counts import Counts
from trunkline.control.experiments.experiments import Experiments
from trunkline.control.experiments.ratings import Ratings
from trunkline.control.experiments.watch import ExperimentWatch
from trunkline.control.feature_runs.runs import FeatureRuns
from trunkline.control.features.catalogue import Catalogue
from trunkline.control.features.features import Features
from trunkline.control.features.keys import FeatureKeys
from trunkline.control.health.probes import HealthProbes
from trunkline.control.health.status import StatusBoard
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.key_rotations import KeyRotations
from trunkline.control.installation.rotation import Rotation
from trunkline.control.installation.settings_list import SettingsList
from trunkline.control.jobs import Jobs
from trunkline.control.limits.limits import Limits
from trunkline.control.mcp.own_server import OwnServer
from trunkline.control.mcp.own_tools import OwnTools
from trunkline.control.mcp_servers.relay import McpRelay
from trunkline.control.mcp_servers.servers import McpServers
from trunkline.control.mcp_servers.session import McpSessions
from trunkline.control.mcp_servers.upstream import Upstreams
from trunkline.control.model_configs.model_configs import ModelConfigs
from trunkline.control.model_documents.document_configurations import DocumentConfigurations
from trunkline.control.model_documents.model_documents import ModelDocuments
from trunkline.control.model_documents.plan import ModelPlanner
from trunkline.control.people.key_models import KeyModels
from trunkline.control.people.key_use import KeyUse
from trunkline.control.policies.policies import Policies
from trunkline.control.policies.preview import PolicyPreviews
from trunkline.control.policies.violations import ViolationLog
from trunkline.control.prices.prices import PriceBook
from trunkline.control.prices.workspace_prices import WorkspacePrices
from trunkline.control.provisioning.provisioning import Provisioning
from trunkline.control.rate_limit import RateLimit
from trunkline.control.readiness import Check, Readiness
from trunkline.control.retention import Retention
from trunkline.control.routes.routes import Routes
from trunkline.control.sign_on.discovery import Discovery
from trunkline.control.sign_on.providers import IdentityProviders
from trunkline.control.sign_on.sign_on import SignOn
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.control.usage.call_price import CallPrices
from trunkline.control.usage.corrections import Corrections
from trunkline.control.usage.export import UsageExport
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.control.usage.replica_lag import ReplicaLag
from trunkline.control.usage.requests import Requests
from trunkline.control.usage.usage import Usage
from trunkline.control.versions.versions import Versions
from trunkline.control.workspaces.applications import Applications
from trunkline.control.workspaces.declarations import Declarations
from trunkline.control.workspaces.members import Members
from trunkline.control.workspaces.workspace_retention import WorkspaceRetention
from trunkline.control.workspaces.workspaces import Workspaces
from trunkline.core.actor import Actor
from trunkline.extensions.loaded import Extensions
from trunkline.faces.http.services import Services
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Client, Timeouts
from trunkline.settings import Settings, find_sources
from trunkline.storage.retention import Kept
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.sign_on_ticket import SignOnTickets
from trunkline.vault.stream_ticket import StreamTickets
from trunkline.vault.vault import Vault


def make_services(
    settings: Settings,
    resources: Resources,
    ring: KeyRing,
    vault: Vault,
    people: People,
    identity: Identity,
    key_use: KeyUse,
    client: Client,
    prices: PriceBook,
    refresher: SnapshotRefresher,
    check_journal: Check,
    check_limits: Check,
    holder: SnapshotHolder,
    gateway: Gateway,
    make_gateway: Callable[[SnapshotHolder], Gateway],
    lag: IntakeLag,
    status: StatusBoard,
    cache: ResponseCache,
    parts: Parts,
    captures: Captures,
    limits: LimitGate,
    extensions: Extensions,
) -> Services:
    """The use cases."""
    database, audit = resources.database, people.audit
    discovery = Discovery(client, parts.clock)
    alert_watch = AlertWatch(database, now=parts.now)
    audit_linking = AuditLinking(database, AuditSeal(ring))
    audit_verification = AuditVerification(database, AuditSeal(ring))
    credentials = Credentials(vault)
    sealed_keys = SealedKeys(ring)
    rotation = Rotation(database, vault, Installation(database), audit)
    reach = Reach(credentials, client, {"demo": parts.calls.demo()}, client, vault.references)
    provider_models = ProviderModels(database, reach, prices, clock=parts.clock)
    jobs = Jobs(database)
    caching_rules = CachingRules(settings.cache_seconds, settings.keep_conversations_days)
    own_configurations = Configurations(
        database, credentials, rotation, audit, sealed_keys, provider_models.output_limit, caching_rules
    )

    ratings = Ratings(database, audit)
    versions = Versions(database, audit, provider_models.output_limit)
    pictures = Pictures(database)
    answers = Answers(database, gateway, pictures)

    catalogue = Catalogue(database, reach, provider_models)
    feature_checks = RateLimit(settings.tests_per_minute, "tests of features")
    feature_keys = FeatureKeys(database, credentials, reach, audit, feature_checks, sealed_keys)
    features = Features(database, credentials, audit, sealed_keys, feature_keys, catalogue, caching_rules)
    feature_runs = FeatureRuns(
        database,
        credentials,
        holder,
        gateway,
        make_gateway,
        features,
        Pictures(database),
        catalogue,
        feature_checks,
    )
    own_applications = Applications(database, audit)
    usage = Usage(database, now=parts.now, clock=parts.clock)
    requests = Requests(database, audit, CallPrices(prices).find, find_content=captures.find, now=parts.now)
    own_tools = OwnTools(gateway.model_names, features, feature_runs, usage, requests, status)
    upstreams = Upstreams(
        database,
        credentials,
        client,
        Timeouts(
            connect=settings.connect_timeout,
            first_byte=settings.first_byte_timeout,
            between=settings.between_timeout,
            total=settings.total_timeout,
        ),
        clock=parts.clock,
    )

    async def take_request(actor: Actor) -> None:
        await limits.take_request(holder.current, actor)

    channels = ExtensionChannels(extensions.channels)
    sender = Sender(database, credentials, client, make_mailer(settings), channels, now=parts.now)
    days: dict[Kept, int | None] = {
        "requests": settings.keep_requests_days,
        "conversations": settings.keep_conversations_days,
        "violations": settings.keep_violations_days,
        "alerts": settings.keep_alerts_days,
    }

    async def check_database() -> str | None:
        await Installation(database).read_state()
        return None

    async def check_snapshot() -> str | None:
        return None if refresher.loaded else "Nothing is loaded yet."

    return Services(
        settings_list=SettingsList(settings, find_sources()),
        settings=settings,
        identity=identity,
        audit=audit,
        status=status,
        health_probes=HealthProbes(database, reach, settings.health_probe_seconds, now=parts.now),
        alerts=Alerts(database, audit, alert_watch, now=parts.now),
        alert_rules=AlertRules(database, audit, now=parts.now),
        alert_channels=AlertChannels(
            database,
            credentials,
            audit,
            client,
            sender,
            RateLimit(settings.tests_per_minute, "tests of channels"),
            channels,
            now=parts.now,
        ),
        alert_preview=AlertPreview(database, now=parts.now),
        alert_watch=alert_watch,
        alert_evaluation=AlertEvaluation(database, now=parts.now),
        alert_delivery=AlertDelivery(database, sender, now=parts.now),
        audit_linking=audit_linking,
        audit_verification=audit_verification,
        audit_acknowledgement=AuditAcknowledgement(database, audit, AuditSeal(ring), audit_verification),
        writes=RateLimit(settings.writes_per_minute, "changes"),
        configurations=own_configurations,
        ai_llms=AiLlms(database, own_configurations, ring.instance),
        cache=cache,
        budgets=Budgets(database, audit, now=parts.now),
        policies=Policies(database, audit, ring.instance),
        policy_previews=PolicyPreviews(database, audit, ContentSeal(ring), clock=parts.now),
        violations=ViolationLog(database),
        connection_tests=ConnectionTests(
            database,
            reach,
            audit,
            RateLimit(settings.tests_per_minute, "connection tests", clock=parts.clock),
            sealed_keys,
            provider_models.output_limit,
            now=parts.now,
        ),
        model_configs=ModelConfigs(database, own_configurations, own_applications, audit),
        versions=versions,
        revisions=Revisions(database, own_configurations),
        templates=Templates(database, audit),
        model_documents=ModelDocuments(
            database,
            DocumentConfigurations(own_configurations),
            credentials,
            ModelPlanner(credentials, sealed_keys),
            audit,
        ),
        provider_models=provider_models,
        catalogue=catalogue,
        features=features,
        feature_keys=feature_keys,
        feature_runs=feature_runs,
        pulls=Pulls(database, reach, jobs, provider_models, audit, sealed_keys),
        local_models=LocalModels(database, reach, provider_models, audit),
        draft_models=DraftModels(
            reach,
            provider_models,
            sealed_keys,
            RateLimit(settings.tests_per_minute, "lists of models", clock=parts.clock),
            os.environ.get("OLLAMA_HOST", ""),
            now=parts.now,
        ),
        jobs=jobs,
        mcp=OwnServer(own_tools.tools),
        mcp_relay=McpRelay(database, audit, upstreams, McpSessions(ring), take_request),
        mcp_servers=McpServers(
            database,
            credentials,
            audit,
            client,
            upstreams,
            RateLimit(settings.tests_per_minute, "tests of MCP servers"),
            sealed_keys,
            now=parts.now,
        ),
        rotation=rotation,
        key_rotations=KeyRotations(database, rotation, jobs, audit),
        routes=Routes(database, audit, caching_rules),
        limits=Limits(database, audit),
        retention=Retention(database, days, audit_days=settings.keep_audit_days, audit=audit_linking),
        workspace_retention=WorkspaceRetention(database, audit, {**days, "audit": settings.keep_audit_days}),
        workspace_prices=WorkspacePrices(database, audit, prices),
        usage=usage,
        corrections=Corrections(database, audit, now=parts.now),
        usage_export=UsageExport(database, audit, now=parts.now),
        requests=requests,
        captures=captures,
        ratings=ratings,
        experiments=Experiments(database, audit, own_configurations, versions),
        experiment_watch=ExperimentWatch(database, audit, versions),
        conversations=Conversations(database, audit, holder),
        messages=Messages(
            database,
            answers,
            pictures,
            feature_runs.modalities,
            ratings.rate,
            windows=provider_models.context_window,
            prices=prices,
        ),
        answers=answers,
        tickets=ConversationTickets(database, StreamTickets(ring), answers, identity),
        pictures=pictures,
        key_use=key_use,
        accounts=people.accounts,
        sessions=people.sessions,
        local_sessions=people.local_sessions,
        setup=people.setup,
        password_resets=people.password_resets,
        discoveries=Discoveries(own_configurations, os.environ, client),
        sign_on=SignOn(
            database,
            credentials,
            people.registration,
            people.sessions,
            audit,
            RateLimit(settings.login_attempts_per_minute * 10, "sign-ins from your address"),
            client,
            discovery,
            SignOnTickets(ring),
            settings.effective_public_url,
            now=parts.now,
        ),
        identity_providers=IdentityProviders(
            database,
            credentials,
            audit,
            discovery,
            people.tokens,
            sealed_keys,
            settings.effective_public_url,
            now=parts.now,
        ),
        provisioning=Provisioning(
            database, people.tokens, people.registration, people.sessions, audit, settings.effective_public_url
        ),
        users=people.users,
        workspaces=Workspaces(database, audit),
        counts=Counts(database),
        declarations=Declarations(database, audit, now=parts.now),
        members=Members(database, audit),
        invitations=people.invitations,
        applications=own_applications,
        keys=people.keys,
        key_models=KeyModels(holder),
        sealed_keys=sealed_keys,
        health=Readiness(
            {"snapshot": check_snapshot, "journal": check_journal},
            {"database": check_database, "intake": lag.check}
            | ({} if settings.database_read_url is None else {"replica": ReplicaLag(database).check})
            | ({} if settings.redis_url is None else {"limits": check_limits}),
        ),
    )
