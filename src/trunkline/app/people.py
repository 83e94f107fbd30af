"""What has to do with who people are."""

from __future__ import annotations

from typing import Final

from trunkline.app.mail import make_sender
from trunkline.control.audit import Audit
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.people.accounts import Accounts
from trunkline.control.people.invitation_mail import InvitationMail
from trunkline.control.people.invitations import Invitations
from trunkline.control.people.keys import Keys
from trunkline.control.people.local_session import LocalSessions
from trunkline.control.people.password_resets import PasswordResets
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions, SignInLimit
from trunkline.control.people.setup import Setup
from trunkline.control.people.users import Users
from trunkline.control.rate_limit import RateLimit
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.password import Passwords
from trunkline.vault.token import Tokens

_INVITATIONS_PER_MINUTE: Final = 10
"""How many a user may send by email: enough to invite a team, too few to write to strangers."""


class People:
    """What has to do with who people are: needed at the first start, and by every process."""

    def __init__(self, settings: Settings, database: Database, ring: KeyRing, passwords: Passwords) -> None:
        self.audit = Audit(database, AuditSeal(ring))
        self.tokens = Tokens(ring)
        self.access_tokens = AccessTokens(ring)
        limit = SignInLimit(settings.login_attempts_per_minute)
        for_admins = settings.password_sign_in == "administrators"  # noqa: S105 - who, not what
        self.registration = Registration(passwords, self.audit)
        self.sessions = Sessions(
            database, self.tokens, self.access_tokens, passwords, self.audit, limit, passwords_for_admins=for_admins
        )
        self.local_sessions = LocalSessions(
            database, self.tokens, self.access_tokens, self.audit, data_dir=settings.data_dir, port=settings.port
        )
        self.keys = Keys(database, self.tokens, self.audit)
        self.setup = Setup(database, self.tokens, self.registration, self.sessions, self.keys, self.audit, limit)
        self.accounts = Accounts(
            database, self.registration, self.sessions, self.audit, limit, signup_open=settings.signup == "open"
        )
        send_email = make_sender(settings)
        self.password_resets = PasswordResets(
            database,
            self.tokens,
            self.registration,
            self.sessions,
            self.audit,
            limit,
            send_email,
            settings.effective_public_url,
        )
        self.users = Users(database, self.registration, self.sessions, self.audit)
        invitation_mail = InvitationMail(
            send_email, settings.effective_public_url, RateLimit(_INVITATIONS_PER_MINUTE, "invitations by email")
        )
        self.invitations = Invitations(
            database, self.tokens, self.registration, self.sessions, self.audit, limit, invitation_mail
        )
