"""Takes out of a provider's words what tells of the account behind a key and of the place of a server.

Callers need not know whose account serves them, nor addresses within a network: these are for administrators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, cast

HIDDEN: Final = "[hidden]"

_ACCOUNTS: Final = re.compile(
    r"""
      arn:aws[a-z-]*:[^\s"'<>,;)\]}]+                                  # Amazon's names of everything
    | \b(?:org|proj|user|acct|cus|team|wrkspc)[-_][A-Za-z0-9]{6,}          # OpenAI, Anthropic, Groq, xAI
    | (?i:(?<=organization[ :=])|(?<=organization['’]s[ ]rate[ ]limit[ ]\()|(?<=team[ ])|(?<=tenant[ :=])
        |(?<=subscription[ :=])|(?<=workspace[ :=]))
      [`'"(]?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}[`'")]?
    | \b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?=[)`'"]?[ ]*(?:organi[sz]ation|team|workspace|subscription))
    | (?:/)?subscriptions/[^\s"'<>,;)\]}]+                             # Azure's resources
    | \bprojects?[/ :=#]+(?:number[ :=]+)?[a-z0-9][a-z0-9-]{4,}\d[a-z0-9-]*(?:/[^\s"'<>,;)\]}]*)?   # Google Cloud's
    | \b(?:consumer|project_number):[^\s"',;)\]}]+
    | (?i:\baccount(?:[ ]id)?[ :=#]+["'`]?)\d{6,}                      # Amazon's account numbers
    | (?i:\b(?:account|customer|tenant|org(?:anization)?)_?id["'`]?[ ]?[:=][ ]?["'`]?)[\w-]{6,}
    | (?i:(?<=\(organization:[ ]))[^()\n]{1,80}(?=\))
    | \b[\w.+-]+@[\w-]+\.iam\.gserviceaccount\.com
    """,
    re.VERBOSE,
)
_PLACES: Final = re.compile(
    r"""
      \bhttps?://(?!(?:[\w-]+\.)*(?:openai|anthropic|claude|google|mistral|groq|x|openrouter|huggingface|microsoft|aka)
        \.(?:com|dev|ai|ms|co)\b)[^\s"'<>)\]}]+                        # but for the vendors' own pages
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\w.])
    | (?<![\w:])\[?(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}\]?(?::\d+)?
    | \b[\w-]+(?:\.[\w-]+)*\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure|amazonaws|internal|local|lan
        |svc|cluster)(?:\.[\w.-]+)?(?::\d+)?
    | (?<![\w/.])/(?:home|root|Users|opt|srv|var)/[^\s"'<>,;)\]}]+        # folders of a server
    | \b(?:localhost|[A-Za-z][\w-]*(?:\.[\w-]+)*):\d{2,5}\b
    """,
    re.VERBOSE,
)


def hide_accounts(text: str) -> str:
    """``text`` with names of accounts, organisations, projects and servers replaced by ``[hidden]``. Idempotent."""
    return _PLACES.sub(HIDDEN, _ACCOUNTS.sub(HIDDEN, text))


def hide_accounts_in(value: object) -> object:
    """The same of all texts and bytes in ``value``."""
    if isinstance(value, str):
        return hide_accounts(value)
    if isinstance(value, bytes):
        return hide_accounts(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if isinstance(value, dict):
        return {name: hide_accounts_in(inner) for name, inner in cast("Mapping[object, object]", value).items()}
    if type(value) in (list, tuple):
        return [hide_accounts_in(inner) for inner in cast("Iterable[object]", value)]
    return value
