"""What differs between servers that speak this wire. A row of the table of providers chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trunkline.dialects.passthrough import EarlierThoughts, Files


@dataclass(frozen=True, slots=True)
class WireOptions:
    """How requests are written. The defaults are what the most servers accept.

    Strict servers (OpenAI, Azure, Groq, Mistral) refuse fields that they do not know, so whatever is an addition of
    one vendor is off until a provider is known to take it.
    """

    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """OpenAI's reasoning models know only the longer name, most others only the shorter."""

    system_role: Literal["system", "developer"] = "system"
    """The role that system prompts are sent in."""

    reasoning_field: Literal["reasoning_effort", "reasoning", "thinking"] = "reasoning_effort"
    """How much to think: OpenAI's one word; OpenRouter's object, which knows token budgets too; or the word beside
    DeepSeek's ``thinking``, which switches it on and off."""

    thoughts: EarlierThoughts = "content"
    """How thoughts of earlier turns are sent back."""

    files: Files = "addresses"
    """How files are sent."""

    text_arrays: bool = True
    """Whether several texts of one message may go as an array. Some servers take nothing but strings where there are no
    pictures: for them the texts are joined by a blank line."""

    cache_hints: bool = False
    """Whether parts may carry ``cache_control`` (OpenRouter)."""

    google_extras: bool = False
    """Whether ``extra_content.google.thought_signature`` may stand beside texts and tool calls (Google)."""

    refusals: bool = True
    """Whether messages have the field ``refusal``. Where not, its words are the text."""

    silence: bool = True
    """Whether an assistant may have said nothing. Where not ("Assistant message must have either content or tool_calls,
    but not none", Mistral), such a turn is left out."""

    functions: bool = True
    """Whether it still knows the functions that came before tools. Where not, they are sent as tools."""

    bridged_turns: bool = False
    """Whether the assistant must speak between results of tools and a user, as models of Mistral's demand wherever they
    are served."""

    strict_turns: bool = False
    """Whether turns must follow each other as Mistral demands:
    :mod:`trunkline.dialects.openai_chat.strict_turns`."""
