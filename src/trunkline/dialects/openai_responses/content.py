"""Content parts of requests: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input.

``input_audio`` has the form of chat completions; OpenRouter takes it, OpenAI itself refuses it with its own words.
``prompt_cache_breakpoint`` reads as a cache hint. It is never written: only the newest models take it.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Audio, CacheHint, File, Image, JsonValue, Media, Opaque, Part, Refusal, Text
from trunkline.core.errors import Unsupported
from trunkline.dialects.fields import Fields
from trunkline.dialects.media_url import read_url, write_url
from trunkline.dialects.openai_responses.citation import NAME, read_annotation, write_annotations
from trunkline.dialects.pdf import find_pdf

_SOUNDS: Final = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/x-wav": "wav", "audio/wave": "wav"}
_TEXTS: Final = frozenset({"input_text", "output_text", "text"})


def read_content(fields: Fields, name: str = "content") -> list[Part]:
    """The parts of ``content``: a string or an array. An empty string is no part."""
    value = fields.value(name)
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [Text(value)]
    if not isinstance(value, list):
        raise fields.wrong(name, "must be a string or an array of content parts")
    return [_read_part(part) for part in fields.objects(name)]


def is_content(value: JsonValue) -> bool:
    """Whether an opaque value stands in the content of a message, and is no item of its own."""
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(kind, str) and kind.startswith(("input_", "output_"))


def _read_part(part: Fields) -> Part:
    kind = part.needed("type")
    if kind in _TEXTS:
        found = [read_annotation(wire) for wire in part.items("annotations")]
        return Text(
            part.needed("text"),
            cache=_read_cache(part),
            citations=tuple(citation for citation in found if citation is not None),
            signature=read_signature(part),
        )
    if kind == "refusal":
        return Refusal(part.needed("refusal"))
    if kind == "input_image":
        media = _read_media(part, "image_url")
        if (found := find_pdf(media)) is not None:
            return File(found, cache=_read_cache(part))
        return Image(media, part.text("detail"), _read_cache(part))
    if kind == "input_file":
        return _read_file(part)
    if kind == "input_audio":
        sound = part.object("input_audio")
        if sound is None:
            raise part.wrong("input_audio", "is required, as an object with data and format")
        encoding = sound.needed("format")
        media_type = "audio/mpeg" if encoding == "mp3" else f"audio/{encoding}"
        return Audio(Media(data=sound.needed("data"), media_type=media_type))
    if is_content(part.values):
        return Opaque(NAME, part.values)
    raise part.wrong("type", "must be input_text, input_image, input_file, input_audio, output_text or refusal")


def _read_media(part: Fields, name: str) -> Media:
    url, file_id = part.text(name), part.text("file_id")
    if url:
        return read_url(url)
    if file_id:
        return Media(file_id=file_id)
    raise part.wrong(name, "is required, as a URL or a base64 data URL, unless there is a file_id")


def _read_file(part: Fields) -> File:
    data = part.text("file_data")
    media = _read_media(part, "file_url") if not data else read_url(data)
    if data and media.url is not None and "://" not in media.url[:16]:
        media = Media(data=data)  # bare base64, which the wire takes too
    detail = part.text("detail")
    if detail is not None:
        media = Media(media.data, media.url, media.file_id, media.media_type, {NAME: {"detail": detail}})
    return File(media, name=part.text("filename"), cache=_read_cache(part))


def _read_cache(part: Fields) -> CacheHint | None:
    return None if part.object("prompt_cache_breakpoint") is None else CacheHint()


def read_signature(wire: Fields) -> str | None:
    """Google's proof, which :func:`write_signature` put there."""
    extra = wire.object("extra_content")
    google = extra.object("google") if extra is not None else None
    return google.text("thought_signature") if google is not None else None


def write_signature(signature: str) -> dict[str, JsonValue]:
    """Google's proof on its way through a client, in the form in which Google's own compatible endpoint has it.

    https://ai.google.dev/gemini-api/docs/thought-signatures#openai
    """
    return {"google": {"thought_signature": signature}}


def write_part(part: object, path: str, dropped: set[str]) -> JsonValue:
    """One part of what a user, the system or a tool says. Raises Unsupported; adds to ``dropped``."""
    match part:
        case Text():
            _drop(dropped, cache=part.cache, citations=part.citations, signature=part.signature)
            return {"type": "input_text", "text": part.text}
        case Image():
            _drop(dropped, cache=part.cache, signature=part.signature)
            return write_image(part)
        case File():
            _drop(dropped, cache=part.cache)
            dropped.update(f"file.{name}" for name in ("title", "context", "citations") if getattr(part, name))
            return write_file(part)
        case Audio():
            return _write_sound(part, path)
        case Opaque(dialect="openai_responses"):
            return part.value
        case _:
            kind = part.kind if isinstance(part, Opaque) else type(part).__name__.lower()
            raise Unsupported.of(path, f"a part of kind {kind} cannot be sent to this provider here")


def write_said(part: Text | Refusal, dropped: set[str]) -> JsonValue:
    """One part of what the model said in an earlier turn."""
    if isinstance(part, Refusal):
        return {"type": "refusal", "refusal": part.text}
    _drop(dropped, cache=part.cache, signature=part.signature)
    annotations = write_annotations(part.citations)
    if len(annotations) < len(part.citations):
        dropped.add("citations")
    return {"type": "output_text", "text": part.text, "annotations": annotations}


def write_image(part: Image) -> JsonValue:
    """A picture, by address, as a data URL, or by its file's id."""
    image: dict[str, JsonValue] = {"type": "input_image"}
    url = write_url(part.media, "image/png")
    if url is None:
        image["file_id"] = part.media.file_id
    else:
        image["image_url"] = url
    if part.detail is not None:
        image["detail"] = part.detail
    return image


def write_file(part: File) -> JsonValue:
    """A document: as bytes, by address or by id."""
    media = part.media
    file: dict[str, JsonValue] = {"type": "input_file", **media.extra.get(NAME, {})}
    if media.data is not None:
        file["file_data"] = write_url(media, "application/pdf")
    elif media.url is not None:
        file["file_url"] = media.url
    else:
        file["file_id"] = media.file_id
    if part.name is not None:
        file["filename"] = part.name
    elif media.data is not None:
        file["filename"] = "document"  # OpenAI refuses bytes without a name
    return file


def _write_sound(part: Audio, path: str) -> JsonValue:
    if part.media.data is None:
        raise Unsupported.of(path, "audio must come as base64 bytes; this provider takes neither URLs nor ids for it")
    kind = (part.media.media_type or "audio/wav").partition(";")[0].strip()
    sound: JsonValue = {"data": part.media.data, "format": _SOUNDS.get(kind, kind.removeprefix("audio/"))}
    return {"type": "input_audio", "input_audio": sound}


def _drop(dropped: set[str], **values: object) -> None:
    dropped.update(name for name, value in values.items() if value)
