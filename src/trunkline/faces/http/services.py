"""The use cases that the faces call, handed over whole by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from trunkline.control.ai_llms.ai_llms import AiLlms
from trunkline.control.alerts.alerts import Alerts
from trunkline.control.alerts.channels import AlertChannels
from trunkline.control.alerts.delivery import AlertDelivery
from trunkline.control.alerts.evaluation import AlertEvaluation
from trunkline.control.alerts.preview import AlertPreview
from trunkline.control.alerts.rules import AlertRules
from trunkline.control.alerts.watch import AlertWatch
from trunkline.control.audit import Audit
from trunkline.control.audit_acknowledgement import AuditAcknowledgement
from trunkline.control.audit_chain.linking import AuditLinking
from trunkline.control.audit_chain.verification import AuditVerification
from trunkline.control.budgets.budgets import Budgets
from trunkline.control.caching.response_cache import ResponseCache
from trunkline.control.capture.captures import Captures
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.connection_tests import ConnectionTests
from trunkline.control.configurations.discoveries import Discoveries
from trunkline.control.configurations.draft_models import DraftModels
from trunkline.control.configurations.local_models import LocalModels
from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.pulls import Pulls
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
from trunkline.control.installation.key_rotations import KeyRotations
from trunkline.control.installation.rotation import Rotation
from trunkline.control.installation.settings_list import SettingsList
from trunkline.control.jobs import Jobs
from trunkline.control.limits.limits import Limits
from trunkline.control.mcp.own_server import OwnServer
from trunkline.control.mcp_servers.relay import McpRelay
from trunkline.control.mcp_servers.servers import McpServers
from trunkline.control.model_configs.model_configs import ModelConfigs
from trunkline.control.model_documents.model_documents import ModelDocuments
from trunkline.control.people.accounts import Accounts
from trunkline.control.people.invitations import Invitations
from trunkline.control.people.key_models import KeyModels
from trunkline.control.people.key_use import KeyUse
from trunkline.control.people.keys import Keys
from trunkline.control.people.local_session import LocalSessions
from trunkline.control.people.password_resets import PasswordResets
from trunkline.control.people.sessions import Sessions
from trunkline.control.people.setup import Setup
from trunkline.control.people.users import Users
from trunkline.control.policies.policies import Policies
from trunkline.control.policies.preview import PolicyPreviews
from trunkline.control.policies.violations import ViolationLog
from trunkline.control.prices.workspace_prices import WorkspacePrices
from trunkline.control.provisioning.provisioning import Provisioning
from trunkline.control.rate_limit import RateLimit
from trunkline.control.readiness import Readiness
from trunkline.control.retention import Retention
from trunkline.control.routes.routes import Routes
from trunkline.control.sign_on.providers import IdentityProviders
from trunkline.control.sign_on.sign_on import SignOn
from trunkline.control.usage.corrections import Corrections
from trunkline.control.usage.export import UsageExport
from trunkline.control.usage.requests import Requests
from trunkline.control.usage.usage import Usage
from trunkline.control.versions.versions import Versions
from trunkline.control.workspaces.applications import Applications
from trunkline.control.workspaces.declarations import Declarations
from trunkline.control.workspaces.members import Members
from trunkline.control.workspaces.workspace_retention import WorkspaceRetention
from trunkline.control.workspaces.workspaces import Workspaces
from trunkline.gateway.identity import Identity
from trunkline.settings import Settings
from trunkline.vault.sealed_key import SealedKeys


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a face may call."""

    settings: Settings
    settings_list: SettingsList
    identity: Identity
    audit: Audit
    status: StatusBoard
    health_probes: HealthProbes
    alerts: Alerts
    alert_rules: AlertRules
    alert_channels: AlertChannels
    alert_preview: AlertPreview
    alert_watch: AlertWatch
    alert_evaluation: AlertEvaluation
    alert_delivery: AlertDelivery
    audit_linking: AuditLinking
    audit_verification: AuditVerification
    audit_acknowledgement: AuditAcknowledgement
    writes: RateLimit
    """Changes per actor."""
    configurations: Configurations
    ai_llms: AiLlms
    budgets: Budgets
    cache: ResponseCache
    policies: Policies
    policy_previews: PolicyPreviews
    violations: ViolationLog
    connection_tests: ConnectionTests
    model_configs: ModelConfigs
    versions: Versions
    revisions: Revisions
    templates: Templates
    model_documents: ModelDocuments
    provider_models: ProviderModels
    catalogue: Catalogue
    features: Features
    feature_keys: FeatureKeys
    feature_runs: FeatureRuns
    pulls: Pulls
    local_models: LocalModels
    draft_models: DraftModels
    jobs: Jobs
    mcp: OwnServer
    mcp_relay: McpRelay
    mcp_servers: McpServers
    rotation: Rotation
    key_rotations: KeyRotations
    routes: Routes
    limits: Limits
    retention: Retention
    workspace_retention: WorkspaceRetention
    workspace_prices: WorkspacePrices
    usage: Usage
    corrections: Corrections
    usage_export: UsageExport
    requests: Requests
    captures: Captures
    ratings: Ratings
    experiments: Experiments
    experiment_watch: ExperimentWatch
    conversations: Conversations
    messages: Messages
    answers: Answers
    tickets: ConversationTickets
    pictures: Pictures
    key_use: KeyUse
    accounts: Accounts
    sessions: Sessions
    local_sessions: LocalSessions
    setup: Setup
    password_resets: PasswordResets
    discoveries: Discoveries
    sign_on: SignOn
    identity_providers: IdentityProviders
    provisioning: Provisioning
    users: Users
    workspaces: Workspaces
    counts: Counts
    declarations: Declarations
    members: Members
    invitations: Invitations
    applications: Applications
    keys: Keys
    key_models: KeyModels
    sealed_keys: SealedKeys
    health: Readiness


def services_of(request: Request) -> Services:
    """The services of the application that this request came to."""
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(services_of)]
"""The services, for a route."""
