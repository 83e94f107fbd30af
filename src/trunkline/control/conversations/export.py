"""A conversation to take away: whole as JSON, or the branch that is shown as Markdown."""

from __future__ import annotations

from datetime import UTC, datetime

from trunkline.control.conversations.conversations import ConversationTree
from trunkline.control.conversations.message import MessageRecord

_NAMES = {"user": "You", "assistant": "Answer"}


def file_name(tree: ConversationTree, extension: str) -> str:
    """A name for the file that every system takes: the title's plain letters and figures, and the end of the id."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in tree.title.lower())
    words = "-".join(word for word in plain.split("-") if word)[:60].rstrip("-")
    return f"{words or 'conversation'}-{tree.id[-8:]}.{extension}"


def shown_branch(tree: ConversationTree) -> list[MessageRecord]:
    """The messages from the first to ``leaf_id``."""
    by_id = {message.id: message for message in tree.messages}
    branch: list[MessageRecord] = []
    at = tree.leaf_id
    while at is not None and at in by_id:
        branch.append(by_id[at])
        at = by_id[at].parent_id
    return branch[::-1]


def write_markdown(tree: ConversationTree) -> str:
    """The branch that is shown. Thoughts are quoted; what people and models wrote stands as they wrote it."""
    blocks = [f"# {tree.title or 'Conversation'}", f"{tree.feature or tree.model}, {_moment(tree.created_at)}"]
    for message in shown_branch(tree):
        served = f", {message.model}" if message.model else ""
        blocks.append(f"## {_NAMES.get(message.role, message.role)}{served}, {_moment(message.created_at)}")
        for part in message.parts:
            match part["type"]:
                case "text":
                    blocks.append(str(part["text"]).strip("\n"))
                case "reasoning":
                    blocks.append("\n".join(f"> {line}".rstrip() for line in str(part["text"]).strip().splitlines()))
                case "file":
                    blocks.append(f"[{part['name']}]({part['url']})")
                case _:
                    blocks.append(f"![picture]({part['url']})")
        if message.state not in {"complete", "streaming"}:
            why = str(message.error["message"]) if message.error else "Stopped."
            blocks.append(f"*{why}*")
    return "\n\n".join(blocks) + "\n"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
