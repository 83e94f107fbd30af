"""What provider keys look like, to refuse one in the clear where a ciphertext is asked for."""

from __future__ import annotations

import re
from typing import Final

_PREFIXES: Final = (
    "sk-",  # OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), DeepSeek and the many that follow OpenAI
    "AIza",  # Google
    "AQ.",  # Google, newer
    "ya29.",  # Google, OAuth
    "hf_",  # Hugging Face
    "gsk_",  # Groq
    "xai-",
    "r8_",  # Replicate
    "AKIA",  # AWS, long-term
    "ASIA",  # AWS, temporary
    "ABSK",  # AWS Bedrock
    "bedrock-api-key-",
    "nvapi-",  # NVIDIA
    "pplx-",  # Perplexity
    "fw_",  # Fireworks
    "tgp_v1_",  # Together
    "csk-",  # Cerebras
    "ghp_",  # GitHub
    "github_pat_",
    "glpat-",  # GitLab
    "tl-",  # our own
)
_PLAIN: Final = re.compile(rf"(?:{'|'.join(map(re.escape, _PREFIXES))})[\x21-\x7e]*", re.ASCII)
_PRIVATE: Final = "BEGIN PRIVATE KEY-----"
"""The file of a Google Cloud service account holds one."""
_BEARER: Final = re.compile(r"bearer\s+\S", re.ASCII | re.IGNORECASE)


def looks_like_plain_key(text: str) -> bool:
    """Whether ``text`` is, as far as its first characters tell, a provider's key in the clear; or holds a private key.

    Spaces around it are ignored. False for what is sealed (``tl1.…``) and for what has spaces or line breaks inside. A
    ciphertext in base64url may be taken for a key by chance of its first characters, about once in 100,000 times;
    encrypting it anew helps.
    """
    text = text.strip()
    return _PLAIN.fullmatch(text) is not None or _BEARER.match(text) is not None or _PRIVATE in text
