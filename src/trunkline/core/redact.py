"""Takes credentials out of texts that others wrote, before they are shown or kept."""

from __future__ import annotations

import re
from typing import Final

REDACTED: Final = "[redacted]"

# A key may arrive shortened by its provider ("sk-proj-****abcd"): stars and dots belong to it.
_TAIL: Final = r"[A-Za-z0-9_\-*.…]"
_KEYS: Final = re.compile(
    rf"""
    (?<![A-Za-z0-9_])
    (?:
        (?:sk|pk|rk|gsk|xai|nvapi|pplx|csk|fw|tgp|r8|hf|tl|glpat|ghp|gho|ghs|github_pat)[-_]{_TAIL}{{8,}}
      | tl1\.{_TAIL}{{16,}}           # a key sealed for us
      | AIza{_TAIL}{{8,}}             # Google
      | ya29\.{_TAIL}{{8,}}
      | (?:AKIA|ASIA){_TAIL}{{12,}}   # AWS
      | (?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=_\-*.…]{{12,}}
      | eyJ{_TAIL}{{16,}}             # JSON web tokens
    )
    (?<!\.)                          # the full stop of a sentence
    """,
    re.VERBOSE,
)
_AUTHORIZATION: Final = re.compile(
    r"(?i)\b(bearer|basic)(\s+)(?!(?:auth\w*|tokens?|schemes?|credentials?|headers?|formats?)\b)[a-z0-9._~+/=*…\-]{6,}"
)
# A value after a name that says that it is secret, in JSON, headers, queries and prose with an equals sign or colon.
_NAMED: Final = re.compile(
    r"(?i)((?:api[-_ ]?key|x-goog-api-key|access[-_]?token|refresh[-_]?token|client[-_]?secret|secret[-_]?key|password|"
    r"(?<=[?&])key)[\"']?\s*(?:[=:]|provided:)\s*[\"']?)(?!\[redacted\])[^\s\"'&,;}<>]{4,}"
)


def redact(text: str) -> str:
    """``text`` with everything that looks like a credential replaced by ``[redacted]``.

    Knows the vendors' prefixes (``sk-``, ``AIza``, ``hf_`` …), ``Bearer`` and ``Basic`` values, JSON web tokens, and
    values named as secret (``api_key=…``). It errs towards taking out too much. Idempotent.
    """
    text = _KEYS.sub(REDACTED, text)
    text = _AUTHORIZATION.sub(rf"\1\2{REDACTED}", text)
    return _NAMED.sub(rf"\1{REDACTED}", text)
