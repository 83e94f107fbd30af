"""The use cases that the faces call, handed over whole by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from trunkline.control.accounts import Accounts
from trunkline.control.ai_llms import AiLlms
from trunkline.control.answers import Answers
from trunkline.control.applications import Applications
from trunkline.control.audit import Audit
from trunkline.control.catalogue import Catalogue
from trunkline.control.configurations import Configurations
from trunkline.control.connection_tests import ConnectionTests
from trunkline.control.conversations import Conversations
from trunkline.control.experiment_watch import ExperimentWatch
from trunkline.control.experiments import Experiments
from trunkline.control.feature_keys import FeatureKeys
from trunkline.control.feature_runs import FeatureRuns
from trunkline.control.features import Features
from trunkline.control.health import Health
from trunkline.control.invitations import Invitations
from trunkline.control.jobs import Jobs
from trunkline.control.key_use import KeyUse
from trunkline.control.keys import Keys
from trunkline.control.members import Members
from trunkline.control.messages import Messages
from trunkline.control.model_configs import ModelConfigs
from trunkline.control.model_documents import ModelDocuments
from trunkline.control.pictures import Pictures
from trunkline.control.policies import Policies
from trunkline.control.provider_models import ProviderModels
from trunkline.control.pulls import Pulls
from trunkline.control.rate_limit import RateLimit
from trunkline.control.ratings import Ratings
from trunkline.control.revisions import Revisions
from trunkline.control.rotation import Rotation
from trunkline.control.routes import Routes
from trunkline.control.sessions import Sessions
from trunkline.control.setup import Setup
from trunkline.control.templates import Templates
from trunkline.control.usage import Usage
from trunkline.control.users import Users
from trunkline.control.versions import Versions
from trunkline.control.violations import ViolationLog
from trunkline.control.workspaces import Workspaces
from trunkline.gateway.identity import Identity
from trunkline.settings import Settings
from trunkline.vault.sealed_key import SealedKeys


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a face may call."""

    settings: Settings
    identity: Identity
    audit: Audit
    writes: RateLimit
    """Changes per actor."""
    configurations: Configurations
    ai_llms: AiLlms
    policies: Policies
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
    jobs: Jobs
    rotation: Rotation
    routes: Routes
    usage: Usage
    ratings: Ratings
    experiments: Experiments
    experiment_watch: ExperimentWatch
    conversations: Conversations
    messages: Messages
    answers: Answers
    pictures: Pictures
    key_use: KeyUse
    accounts: Accounts
    sessions: Sessions
    setup: Setup
    users: Users
    workspaces: Workspaces
    members: Members
    invitations: Invitations
    applications: Applications
    keys: Keys
    sealed_keys: SealedKeys
    health: Health


def services_of(request: Request) -> Services:
    """The services of the application that this request came to."""
    return cast("Services", request.app.state.services)
