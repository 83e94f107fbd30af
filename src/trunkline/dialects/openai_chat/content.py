"""Content parts of requests: text, pictures, sound and files.

https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages; ``cache_control`` on a part is
OpenRouter's: https://openrouter.ai/docs/features/prompt-caching.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Audio, CacheHint, File, Image, JsonValue, Media, Opaque, Part, Refusal, Text
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.fields import Fields
from trunkline.dialects.media_url import read_url, write_url
from trunkline.dialects.openai_chat.answer import DIALECT_NAME
from trunkline.dialects.passthrough import Files
from trunkline.dialects.pdf import PDF, find_pdf

_SOUNDS: Final = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/x-wav": "wav", "audio/wave": "wav"}


def read_content(fields: Fields) -> list[Part]:
    """The parts of ``content``: a string, an array, or nothing. An empty string is no part."""
    value = fields.value("content")
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [Text(value)]
    if not isinstance(value, list):
        raise fields.wrong("content", "must be a string or an array of content parts")
    return [_read_part(part) for part in fields.objects("content")]


def _read_part(part: Fields) -> Part:
    kind = part.needed("type")
    if kind == "text":
        return Text(part.needed("text"), cache=read_cache(part))
    if kind == "image_url":
        return _read_image(part)
    if kind == "input_audio":
        sound = part.object("input_audio")
        if sound is None:
            raise part.wrong("input_audio", "is required, as an object with data and format")
        encoding = sound.needed("format")
        media_type = "audio/mpeg" if encoding == "mp3" else f"audio/{encoding}"
        return Audio(Media(data=sound.needed("data"), media_type=media_type))
    if kind == "file":
        return _read_file(part)
    if kind == "refusal":
        return Refusal(part.needed("refusal"))
    return Opaque(DIALECT_NAME, part.values)


def _read_image(part: Fields) -> Image | File:
    if isinstance(part.value("image_url"), str):  # Mistral
        return _pictured(Image(read_url(part.needed("image_url")), cache=read_cache(part)))
    image = part.object("image_url")
    if image is None:
        raise part.wrong("image_url", "is required, as an object with the url of the image")
    return _pictured(Image(read_url(image.needed("url")), image.text("detail"), read_cache(part)))


def _pictured(image: Image) -> Image | File:
    """``image``, or the PDF that clients without a form for files send in its place."""
    found = find_pdf(image.media)
    return image if found is None else File(found, cache=image.cache)


def _read_file(part: Fields) -> File:
    file = part.object("file")
    if file is None:
        raise part.wrong("file", "is required, as an object with file_data or file_id")
    name, data, file_id = file.text("filename"), file.text("file_data"), file.text("file_id")
    if data is None and file_id is None:
        raise file.wrong("file_data", "is required, as a base64 data URL, unless there is a file_id")
    if data is None:
        media = Media(file_id=file_id)
    else:
        media = read_url(data)
        if media.url is not None and "://" not in media.url[:16]:
            media = Media(data=data)  # bare base64, which some clients send
    return File(media, name=name, cache=read_cache(part))


def read_cache(part: Fields) -> CacheHint | None:
    """OpenRouter's ``cache_control`` (``{"type": "ephemeral", "ttl"?}``), or OpenAI's ``prompt_cache_breakpoint``.

    The latter's lifetimes are its own, so they are not carried to other vendors.
    """
    cache = part.object("cache_control")
    if cache is not None:
        return CacheHint(cache.text("ttl"))
    return None if part.object("prompt_cache_breakpoint") is None else CacheHint()


def write_cache(cache: CacheHint) -> JsonValue:
    """OpenRouter's form, the only one that is ever written."""
    return {"type": "ephemeral"} if cache.ttl is None else {"type": "ephemeral", "ttl": cache.ttl}


def write_image(part: Image, path: str) -> dict[str, JsonValue]:
    """A picture. Raises Unsupported for one that stands in a provider's file."""
    url = write_url(part.media, "image/png")
    if url is None:
        raise Unsupported.of(
            path, "an image must come as bytes or as a URL; this provider takes no file ids for images"
        )
    image: dict[str, JsonValue] = {"url": url}
    if part.detail is not None:
        image["detail"] = part.detail
    return {"type": "image_url", "image_url": image}


def write_sound(part: Audio, path: str) -> dict[str, JsonValue]:
    """Sound that a user sends. Raises Unsupported for anything but bytes."""
    if part.media.data is None:
        raise Unsupported.of(
            path, "audio must come as base64 bytes; this provider takes neither URLs nor file ids for it"
        )
    kind = (part.media.media_type or "audio/wav").partition(";")[0].strip()
    sound: JsonValue = {"data": part.media.data, "format": _SOUNDS.get(kind, kind.removeprefix("audio/"))}
    return {"type": "input_audio", "input_audio": sound}


def write_file(part: File, form: Files, path: str) -> dict[str, JsonValue]:
    """A document: by id, as a data URL, or by address. Raises Unsupported for an address that is not fetched there."""
    url = None if part.media.file_id is not None else write_url(part.media, PDF) or ""
    if url is not None and form == "documents":
        named: dict[str, JsonValue] = {} if part.name is None else {"document_name": part.name}
        return {"type": "document_url", "document_url": url, **named}
    file: dict[str, JsonValue] = {}
    if url is None:
        file["file_id"] = part.media.file_id
    else:
        if part.media.data is None and form == "bytes":
            raise no_address(path)
        file["file_data"] = url
    if part.name is not None:
        file["filename"] = part.name
    elif part.media.data is not None:
        file["filename"] = "document"  # OpenAI refuses bytes without a name
    return {"type": "file", "file": file}


def no_address(path: str) -> InvalidInput:
    """The error for a file that a server would have to fetch."""
    return Unsupported.of(
        path,
        "this provider takes a file as base64 data or by its id and fetches none: send the data, or use /v1/responses",
    )
