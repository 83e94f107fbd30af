"""What provider keys look like, to refuse one in the clear where a ciphertext is asked for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trunkline.providers.registry import PROVIDERS

_OTHERS: Final = (
    "AQ.",  # Google, newer
    "ya29.",  # Google, OAuth
    "r8_",  # Replicate
    "AKIA",  # AWS, long-term
    "ASIA",  # AWS, temporary
    "csk-",  # Cerebras
    "ghp_",  # GitHub
    "github_pat_",
    "glpat-",  # GitLab
    "tl-",  # our own
)
"""What no provider of ours has for a beginning of its keys, or not for one that is told apart by it."""

_PRIVATE: Final = "BEGIN PRIVATE KEY-----"
"""The file of a Google Cloud service account holds one."""
_BEARER: Final = re.compile(r"bearer\s+\S", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=8)
def _compile(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, prefixes))})[\x21-\x7e]*", re.ASCII)


def looks_like_plain_key(text: str) -> bool:
    """Whether ``text`` is, as far as its first characters tell, a provider's key in the clear; or holds a private key.

    Spaces around it are ignored. False for what is sealed (``tl1.…``) and for what has spaces or line breaks inside. A
    ciphertext in base64url may be taken for a key by chance of its first characters, about once in 100,000 times;
    encrypting it anew helps.
    """
    text = text.strip()
    plain = _compile((*_OTHERS, *(prefix for provider in PROVIDERS.values() for prefix in provider.key_prefixes)))
    return plain.fullmatch(text) is not None or _BEARER.match(text) is not None or _PRIVATE in text
