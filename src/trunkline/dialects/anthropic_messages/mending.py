"""What the vendor refuses in a client's request and can be put right without a change of its meaning.

Whether there may be something is told by searches through the bytes, so that a request that is right is not read. What
is not of the wire's form is left as it is, for the vendor to judge. The rules are those of
:mod:`trunkline.dialects.blank_text`, and:

- messages have content ("all messages must have non-empty content"): a refusal has none, and clients keep it
  (https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals);
- an answer to go on from does not end in white space ("final assistant content cannot end with trailing whitespace",
  https://docs.anthropic.com/en/docs/build-with-claude/prompt-engineering/prefill-claudes-response);
- pictures are of the type that is said, and ``image/jpeg``, never ``image/jpg`` ("The image was specified using the
  image/jpeg media type, but the image appears to be a image/png image",
  https://docs.anthropic.com/en/docs/build-with-claude/vision);
- a PDF is a document, no image (https://docs.anthropic.com/en/docs/build-with-claude/pdf-support).
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput
from trunkline.dialects.anthropic_messages.block_writing import BLANK_TEXT
from trunkline.dialects.anthropic_messages.media import document_source, read_source, sniff_image
from trunkline.dialects.anthropic_messages.turn import PREFILL_SPACE
from trunkline.dialects.blank_text import has_blank_text, is_blank
from trunkline.dialects.media_url import read_type
from trunkline.dialects.pdf import START, find_pdf
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

_Members = dict[str, msgspec.Raw]

_members: Final = msgspec.json.Decoder(_Members)
_turns: Final = msgspec.json.Decoder(list[_Members])
_raws: Final = msgspec.json.Decoder(list[msgspec.Raw])
_string: Final = msgspec.json.Decoder(str)

# Within JSON text a quote is escaped, so this can only be a field.
_TYPED: Final = re.compile(
    rb'("media_type"\s*:\s*)"(image/[\w-]{1,8})"((?:\s*,\s*"data"\s*:\s*"([\w+/]{0,12}))?)', re.ASCII
)
_PDF: Final = re.compile(
    rb'"(?:media_type"\s*:\s*"application/pdf"|data"\s*:\s*"%b|url"\s*:\s*"https?://[^"?#]{1,4096}\.[pP][dD][fF]["?#])'
    % START.encode()
)
_ROLE: Final = re.compile(rb'"role"\s*:\s*"(\w*)"')
_TEXT: Final = b'"text"'
_RESULT: Final = b'"tool_result"'


def mend(fields: _Members, body: bytes, dropped: set[str]) -> None:
    """Puts right what is refused in ``fields``, the members of ``body``; adds what was left out to ``dropped``."""
    if b'"image/' in body and "messages" in fields:
        fields["messages"] = _with_types(fields["messages"])
    if "messages" in fields:
        try:
            if b'"image"' in body and _PDF.search(body):
                fields["messages"] = _with_documents(fields["messages"])
            if has_blank_text(body):
                fields["messages"] = _without_blank(fields["messages"], dropped)
            if _is_prefilled(fields["messages"]):
                fields["messages"] = _without_last_space(fields["messages"], dropped)
        except BROKEN_JSON:
            pass  # its form is none of the wire's, which the vendor tells better
    system = fields.get("system", ABSENT)
    if is_said(system) and (is_blank(bytes(system)) or has_blank_text(bytes(system))):
        _mend_system(fields, dropped)


def _with_types(messages: msgspec.Raw) -> msgspec.Raw:
    """``messages`` whose pictures are of the type that their bytes tell."""

    def name(found: re.Match[bytes]) -> bytes:
        data = (found[4] or b"").decode()
        kind = sniff_image(data) or read_type(found[2].decode())
        return b'%b"%b"%b' % (found[1], kind.encode(), found[3])

    mended = _TYPED.sub(name, bytes(messages))
    return messages if mended == bytes(messages) else msgspec.Raw(mended)


def _with_documents(messages: msgspec.Raw) -> msgspec.Raw:
    turns = _turns.decode(messages)
    for turn in turns:
        if (mended := _document_blocks(bytes(turn.get("content", ABSENT)))) is not None:
            turn["content"] = mended
    return _raw(turns)


def _document_blocks(content: bytes) -> msgspec.Raw | None:
    """The blocks with PDFs as documents, also in results of tools; None where there are none."""
    if b'"image"' not in content or not content.startswith(b"["):
        return None
    blocks: list[object] = []
    for raw in _raws.decode(content):
        block = _members.decode(raw)
        kind, inner = bytes(block.get("type", ABSENT)), bytes(block.get("content", ABSENT))
        if kind == _RESULT and (mended := _document_blocks(inner)) is not None:
            blocks.append({**block, "content": mended})
        elif kind == b'"image"' and (source := _document_source(block.get("source", ABSENT))) is not None:
            blocks.append({**block, "type": "document", "source": source})
        else:
            blocks.append(raw)
    return _raw(blocks)


def _document_source(raw: msgspec.Raw) -> JsonObject | None:
    source = decode(raw)
    try:
        media = read_source(source, "source") if isinstance(source, dict) else None
    except InvalidInput:
        return None
    found = None if media is None else find_pdf(media)
    return None if found is None else document_source(found, "source")


def _without_blank(messages: msgspec.Raw, dropped: set[str]) -> msgspec.Raw:
    turns = _turns.decode(messages)
    kept: list[_Members] = []
    changed = False
    for turn in turns:
        content = bytes(turn.get("content", ABSENT)).strip()
        if is_blank(content) or (content.startswith(b"[") and not _raws.decode(content)):
            _note(content, dropped)
            changed = True
            continue
        left = _blocks(content, dropped) if content.startswith(b"[") else None
        if left is not None:
            turn["content"] = _raw(left)
            changed = True
        if left is None or left:
            kept.append(turn)
    # Without any turn the vendor says better what is missing.
    return _raw(kept) if changed and kept else messages


def _blocks(content: bytes, dropped: set[str]) -> list[msgspec.Raw] | None:
    """The blocks without blank texts; None where there is nothing to change."""
    blocks = [(raw, _members.decode(raw)) for raw in _raws.decode(content)]
    speaks = any(_is_text(block) and not is_blank(bytes(block["text"])) for _, block in blocks)
    left: list[msgspec.Raw] = []
    changed = False
    for raw, block in blocks:
        if _is_text(block) and is_blank(bytes(block["text"])) and not (speaks and len(bytes(block["text"])) > 2):
            _note(bytes(block["text"]), dropped)
            changed = True
            continue
        inner = bytes(block.get("content", ABSENT))
        if bytes(block.get("type", ABSENT)) == _RESULT and inner.startswith(b"["):
            found = _blocks(inner, dropped)
            if found is not None:
                left.append(_raw({**block, "content": _raw(found)}))
                changed = True
                continue
        left.append(raw)
    return left if changed else None


def _is_text(block: _Members) -> bool:
    return bytes(block.get("type", ABSENT)) == _TEXT and "text" in block


def _note(raw: bytes, dropped: set[str]) -> None:
    if not raw.startswith(b"[") and len(raw) > len('""'):
        dropped.add(BLANK_TEXT)


def _is_prefilled(messages: msgspec.Raw) -> bool:
    """Whether the last role that is named is the assistant's."""
    data = bytes(messages)
    role = _ROLE.match(data, max(data.rfind(b'"role"'), 0))
    return role is not None and role[1] == b"assistant"


def _without_last_space(messages: msgspec.Raw, dropped: set[str]) -> msgspec.Raw:
    turns = _turns.decode(messages)
    last = turns[-1] if turns else {}
    content = bytes(last.get("content", ABSENT))
    if bytes(last.get("role", ABSENT)) != b'"assistant"':
        return messages
    if content.startswith(b'"'):
        text = _string.decode(content)
        if text == text.rstrip():
            return messages
        last["content"] = _raw(text.rstrip())
    elif content.startswith(b"["):
        blocks = _raws.decode(content)
        block = _members.decode(blocks[-1]) if blocks else {}
        text = _string.decode(block["text"]) if _is_text(block) else ""
        if text == text.rstrip():
            return messages
        blocks[-1] = _raw({**block, "text": text.rstrip()})
        last["content"] = _raw(blocks)
    else:
        return messages
    dropped.add(PREFILL_SPACE)
    return _raw(turns)


def _mend_system(fields: _Members, dropped: set[str]) -> None:
    system = bytes(fields["system"])
    if not system.startswith(b"["):
        _note(system, dropped)
        del fields["system"]
        return
    try:
        blocks = [(raw, _members.decode(raw)) for raw in _raws.decode(system)]
    except BROKEN_JSON:
        return
    left = [raw for raw, block in blocks if not (_is_text(block) and is_blank(bytes(block["text"])))]
    if len(left) < len(blocks):
        dropped.add(BLANK_TEXT)
        if left:
            fields["system"] = _raw(left)
        else:
            del fields["system"]


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
