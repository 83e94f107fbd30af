"""Email addresses: what is accepted, and the one form they are kept in."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from trunkline.core.errors import InvalidInput


def read_email(text: str, *, field: str = "email") -> str:
    """The address in lower case and Unicode's composed form. :class:`InvalidInput` when it is none.

    Only its form is looked at; addresses inside a company (``ann@mail``, ``ann@host.local``) are as good as any.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise InvalidInput.of(field, "is not an email address, such as ann@example.com.") from None
    return found.normalized.lower()
