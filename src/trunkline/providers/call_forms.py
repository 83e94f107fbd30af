"""Which ids of calls and names of tools a provider takes, as data: matched by provider and model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from trunkline.dialects.history_ids import ANY_ID, NINE_LETTERS, PLAIN_ID, SHORT_ID, SHORT_PLAIN_ID, IdForm


@lru_cache(maxsize=16)
def _pattern(first: str, characters: str) -> re.Pattern[str]:
    """Names of one form. Forms are few."""
    return re.compile(f"[{first}][{characters}]*")


class NameForm(msgspec.Struct, frozen=True):
    """Which names tools may have: what their characters are, which may come first, and how many there are at most."""

    characters: str = "a-zA-Z0-9_-"
    """As within the brackets of a regular expression, as is ``first``."""
    first: str = "a-zA-Z0-9_-"
    longest: int = 64

    def fits(self, name: str) -> bool:
        """Whether ``name`` is of this form."""
        return len(name) <= self.longest and _pattern(self.first, self.characters).fullmatch(name) is not None

    def fit(self, name: str) -> str:
        """A name of this form that says much the same."""
        plain = re.sub(f"[^{self.characters}]", "_", name)
        if re.match(f"[{self.first}]", plain) is None:
            plain = f"_{plain}"
        return plain[: self.longest]


class CallForms(msgspec.Struct, frozen=True):
    """The forms of one model."""

    ids: IdForm = SHORT_ID
    names: NameForm | None = NameForm()
    """None where any name will do."""
    holds_names: bool = False
    """Whether its server is known to refuse other names, so that no request with one passes."""

    def takes(self, name: str) -> bool:
        """Whether a tool may have this name."""
        return self.names is None or self.names.fits(name)


_OPENAI: Final = CallForms()
"""``^[a-zA-Z0-9_-]{1,64}$`` (https://platform.openai.com/docs/api-reference/chat/create#chat_create-tools), which those
who offer its wire took over."""

_STRICT: Final = frozenset({"openai", "azure-openai", "mistral", "deepseek", "groq", "openrouter"})
"""Who says of OpenAI's form that names must match: https://docs.mistral.ai/api ("Function name was … but must be a-z,
A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64"),
https://api-docs.deepseek.com/api/create-chat-completion, https://console.groq.com/docs/api-reference#chat-create and,
for the models of others, OpenRouter."""

_OF_PROVIDERS: Final[Mapping[str, CallForms]] = {
    # https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools#specifying-client-tools
    "anthropic": CallForms(PLAIN_ID, NameForm(longest=128)),
    # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
    "bedrock": CallForms(PLAIN_ID, NameForm()),
    # "Must start with a letter or an underscore. Must be a-z, A-Z, 0-9, or contain underscores (_), dots (.), colons
    # (:), or dashes (-), with a maximum length of 64." (https://github.com/kaitranntt/ccs/issues/25)
    "gemini": CallForms(ANY_ID, NameForm("a-zA-Z0-9_.:-", "a-zA-Z_")),
    "vertex": CallForms(ANY_ID, NameForm("a-zA-Z0-9_.:-", "a-zA-Z_")),
    "ollama": CallForms(ANY_ID, None),
    "demo": CallForms(ANY_ID, None),
    # Servers of open models, which put a name into a prompt as it is.
    "vllm": CallForms(names=None),
    "lm-studio": CallForms(names=None),
    "llama-cpp": CallForms(names=None),
}

_MISTRAL: Final = re.compile(r"(?i).*(mistral|mixtral|ministral|codestral|devstral|magistral|pixtral)")
"""Its models, whose template demands the ids wherever they are served."""


def is_mistral(model: str) -> bool:
    """Whether ``model`` is one of Mistral's, whoever serves it."""
    return _MISTRAL.match(model) is not None


@lru_cache(maxsize=4096)
def find_forms(provider_id: str, model: str) -> CallForms:
    """The forms of a model at a provider."""
    forms = _OF_PROVIDERS.get(provider_id, _OPENAI)
    if provider_id in _STRICT:
        forms = msgspec.structs.replace(forms, holds_names=True)
    if provider_id == "mistral" or (forms.ids is not ANY_ID and is_mistral(model)):
        return msgspec.structs.replace(forms, ids=NINE_LETTERS)
    if forms.ids is SHORT_ID and "claude" in model.lower():
        return msgspec.structs.replace(forms, ids=SHORT_PLAIN_ID)
    return forms
