"""All tables. Importing this package fills ``Base.metadata``."""

from trunkline.storage.tables.account import Invitation, Membership, Session, SetupToken, User, Workspace
from trunkline.storage.tables.alert import AlertChannelRow, AlertDeliveryRow, AlertRow, AlertRuleRow, JournalLag
from trunkline.storage.tables.application import ApiKey, Application, ApplicationConfiguration
from trunkline.storage.tables.base import Base, UtcDateTime, now
from trunkline.storage.tables.batch import Batch, BatchResult, FilePiece, StoredFile
from trunkline.storage.tables.budget import BudgetEvent, BudgetLease, BudgetPeriod, BudgetRow
from trunkline.storage.tables.captured_content import CapturedContent
from trunkline.storage.tables.configuration import Configuration, Job, ProviderTemplate, RateLimitReading, Revision
from trunkline.storage.tables.conversation import Conversation, ConversationMessage, MessagePiece, Picture
from trunkline.storage.tables.credential import Credential, DataKey, SealedSecret
from trunkline.storage.tables.declaration import Declaration
from trunkline.storage.tables.experiment import (
    ConfigurationVersion,
    Experiment,
    ExperimentPhase,
    ExperimentUnit,
    Rating,
    VersionUsage,
)
from trunkline.storage.tables.feature import Feature
from trunkline.storage.tables.health import ConfigurationHealth, HealthCount
from trunkline.storage.tables.identity import (
    IdentityProvider,
    ProvisionedGroup,
    ProvisionedMember,
    UsedSignOn,
    UserIdentity,
)
from trunkline.storage.tables.instance import AuditChain, AuditEvent, Fact, Lease
from trunkline.storage.tables.limit import Limit
from trunkline.storage.tables.mcp_server import McpServerRow
from trunkline.storage.tables.model_document import ModelDocument, ModelDocumentEntry
from trunkline.storage.tables.policy import Policy, PolicyViolation
from trunkline.storage.tables.price import UsageCorrection, WorkspacePrice
from trunkline.storage.tables.response import StoredResponse
from trunkline.storage.tables.route import Route, RouteTarget
from trunkline.storage.tables.snapshot_change import SnapshotChange
from trunkline.storage.tables.usage import ConfigurationTotal, JournalMark, UsageEventRow, UsageGroup, UsageSum

__all__ = [
    "AlertChannelRow",
    "AlertDeliveryRow",
    "AlertRow",
    "AlertRuleRow",
    "ApiKey",
    "Application",
    "ApplicationConfiguration",
    "AuditChain",
    "AuditEvent",
    "Base",
    "Batch",
    "BatchResult",
    "BudgetEvent",
    "BudgetLease",
    "BudgetPeriod",
    "BudgetRow",
    "CapturedContent",
    "Configuration",
    "ConfigurationHealth",
    "ConfigurationTotal",
    "ConfigurationVersion",
    "Conversation",
    "ConversationMessage",
    "Credential",
    "DataKey",
    "Declaration",
    "Experiment",
    "ExperimentPhase",
    "ExperimentUnit",
    "Fact",
    "Feature",
    "FilePiece",
    "HealthCount",
    "IdentityProvider",
    "Invitation",
    "Job",
    "JournalLag",
    "JournalMark",
    "Lease",
    "Limit",
    "McpServerRow",
    "Membership",
    "MessagePiece",
    "ModelDocument",
    "ModelDocumentEntry",
    "Picture",
    "Policy",
    "PolicyViolation",
    "ProviderTemplate",
    "ProvisionedGroup",
    "ProvisionedMember",
    "RateLimitReading",
    "Rating",
    "Revision",
    "Route",
    "RouteTarget",
    "SealedSecret",
    "Session",
    "SetupToken",
    "SnapshotChange",
    "StoredFile",
    "StoredResponse",
    "UsageCorrection",
    "UsageEventRow",
    "UsageGroup",
    "UsageSum",
    "UsedSignOn",
    "User",
    "UserIdentity",
    "UtcDateTime",
    "VersionUsage",
    "Workspace",
    "WorkspacePrice",
    "now",
]
