"""DeepSeek's chat completions: https://api-docs.deepseek.com/api/create-chat-completion"""

from __future__ import annotations

from collections.abc import Iterator

from tests.vendors import openai_chat
from tests.vendors.rule import Rule, Sent, break_rules

_THINKING = "https://api-docs.deepseek.com/guides/thinking_mode"
_CHOICE = "https://github.com/deepseek-ai/DeepSeek-V3/issues/1376"
_ROLES = "https://api-docs.deepseek.com/api/create-chat-completion"


def thinks(sent: Sent) -> bool:
    """Whether the model thinks: unless it is told, all but ``deepseek-chat`` do."""
    switch = (sent.body.get("thinking") or {}).get("type")
    return switch == "enabled" if switch else sent.model != "deepseek-chat"


def _forced(sent: Sent) -> Iterator[str]:
    choice = sent.body.get("tool_choice")
    if thinks(sent) and (choice == "required" or isinstance(choice, dict)):
        yield "Thinking mode does not support this tool_choice"


def _rounds(sent: Sent) -> Iterator[str]:
    for message in sent.body["messages"]:
        if thinks(sent) and message.get("tool_calls") and not message.get("reasoning_content"):
            yield "The `reasoning_content` in the thinking mode must be passed back to the API."


def _effort(sent: Sent) -> Iterator[str]:
    if sent.body.get("reasoning_effort") == "none":
        yield "reasoning_effort: unknown variant `none`"


def _roles(sent: Sent) -> Iterator[str]:
    for message in sent.body["messages"]:
        if message["role"] not in ("system", "user", "assistant", "tool"):
            yield f"messages: unknown variant `{message['role']}`, expected `system`, `user`, `assistant` or `tool`"


def _format(sent: Sent) -> Iterator[str]:
    wanted = (sent.body.get("response_format") or {}).get("type", "text")
    if wanted not in ("text", "json_object"):
        yield "This response_format type is unavailable now"


RULES = (
    *openai_chat.COMPATIBLE,
    Rule("no forced tool while it thinks", _CHOICE, _forced),
    Rule("thoughts of calls come back", f"{_THINKING}#tool-calls", _rounds),
    Rule("thinking is switched off by its switch", _THINKING, _effort),
    Rule("roles that it knows", _ROLES, _roles),
    Rule("text or a JSON object", "https://api-docs.deepseek.com/guides/json_mode", _format),
    Rule("JSON mode is named", "https://api-docs.deepseek.com/guides/json_mode", openai_chat.json_named),
)


def check(sent: Sent) -> list[str]:
    """What DeepSeek would refuse."""
    return break_rules(RULES, sent)
