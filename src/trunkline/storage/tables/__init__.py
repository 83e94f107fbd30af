"""All tables. Importing this package fills ``Base.metadata``."""

from trunkline.storage.tables.account import Invitation, Membership, Session, SetupToken, User, Workspace
from trunkline.storage.tables.application import ApiKey, Application, ApplicationConfiguration
from trunkline.storage.tables.base import Base, UtcDateTime, now
from trunkline.storage.tables.configuration import Configuration, Job, ProviderTemplate, RateLimitReading, Revision
from trunkline.storage.tables.credential import Credential, DataKey, SealedSecret
from trunkline.storage.tables.instance import AuditEvent, Fact, Lease
from trunkline.storage.tables.response import StoredResponse
from trunkline.storage.tables.usage import JournalMark, ProviderUsage, UsageEventRow

__all__ = [
    "ApiKey",
    "Application",
    "ApplicationConfiguration",
    "AuditEvent",
    "Base",
    "Configuration",
    "Credential",
    "DataKey",
    "Fact",
    "Invitation",
    "Job",
    "JournalMark",
    "Lease",
    "Membership",
    "ProviderTemplate",
    "ProviderUsage",
    "RateLimitReading",
    "Revision",
    "SealedSecret",
    "Session",
    "SetupToken",
    "StoredResponse",
    "UsageEventRow",
    "User",
    "UtcDateTime",
    "Workspace",
    "now",
]
