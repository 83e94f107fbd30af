"""Documents such as PDFs, for models that take none.

To leave one out would change the answer, and nothing here reads their text.
"""

from __future__ import annotations

from trunkline.core.chat import ChatRequest, File, ToolResult
from trunkline.core.errors import Unsupported


def refuse_documents(request: ChatRequest) -> None:
    """Raises Unsupported for a document in a message or a result."""
    for place, message in enumerate(request.messages):
        for number, part in enumerate(message.parts):
            pieces = part.parts if isinstance(part, ToolResult) else (part,)
            if any(isinstance(piece, File) for piece in pieces):
                raise Unsupported.of(
                    f"messages.{place}.content.{number}",
                    f"is a document, which {request.model} does not take: send its text, or choose another model.",
                )
