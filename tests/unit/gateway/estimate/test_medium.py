"""Pictures, sound and documents, by the examples that vendors give."""

from __future__ import annotations

import base64
import struct

import pytest

from trunkline.core.chat import Audio, File, Image, Media
from trunkline.gateway.estimate.family import find_family
from trunkline.gateway.estimate.medium import document_tokens, picture_tokens, sound_tokens

OPENAI, CLAUDE, GEMINI = find_family("gpt-4o"), find_family("claude-sonnet-4"), find_family("gemini-2.5-flash")


def inline(data: bytes, kind: str) -> Media:
    return Media(data=base64.b64encode(data).decode(), media_type=kind)


def png(width: int, height: int) -> Media:
    return inline(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02" * 9, "image/png")


@pytest.mark.parametrize(
    ("size", "detail", "tokens"),
    # https://platform.openai.com/docs/guides/images-vision#calculating-costs
    [((1024, 1024), "high", 765), ((2048, 4096), None, 1105), ((4096, 8192), "low", 85)],
)
def test_openai_counts_tiles(size: tuple[int, int], detail: str | None, tokens: int) -> None:
    assert picture_tokens(Image(png(*size), detail=detail), OPENAI) == tokens


@pytest.mark.parametrize(
    ("size", "tokens"),
    # https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size
    [((200, 200), 54), ((1000, 1000), 1334), ((1092, 1092), 1590), ((8000, 8000), 1600)],
)
def test_anthropic_counts_pixels(size: tuple[int, int], tokens: int) -> None:
    assert picture_tokens(Image(png(*size)), CLAUDE) == tokens


@pytest.mark.parametrize(("size", "tokens"), [((384, 384), 258), ((960, 540), 258 * 6)])
def test_gemini_counts_tiles(size: tuple[int, int], tokens: int) -> None:
    assert picture_tokens(Image(png(*size)), GEMINI) == tokens


def test_a_picture_elsewhere_is_one_of_usual_size() -> None:
    assert picture_tokens(Image(Media(url="https://example.com/a.png")), OPENAI) == 765
    assert picture_tokens(Image(inline(b"no picture", "image/png")), OPENAI) == 765
    assert picture_tokens(Image(Media(data="&&&", media_type="image/png")), OPENAI) == 765


def test_sound_is_counted_by_its_length() -> None:
    second = inline(bytes(48_000), "audio/wav")
    assert sound_tokens(Audio(second), GEMINI) == 32
    assert sound_tokens(Audio(second), OPENAI) == 10


def test_pages_are_counted() -> None:
    pdf = inline(b"%PDF-1.7 /Type /Pages /Count 2 " + b"/Type /Page /Type/Page", "application/pdf")
    assert document_tokens(File(pdf), GEMINI) == (516, "")


def test_a_document_of_text_is_text() -> None:
    assert document_tokens(File(inline(b"Some words.", "text/plain")), CLAUDE) == (0, "Some words.")


def test_a_video_is_counted_by_its_length() -> None:
    tokens, _ = document_tokens(File(inline(bytes(2_500_000), "video/mp4")), GEMINI)
    assert tokens == pytest.approx(2_630, rel=0.01)
