"""The price list finds what the library finds, and says what it says, without the library."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from genai_prices import data_snapshot

from trunkline.control.prices import price_list_file
from trunkline.control.prices.price_list import PriceList
from trunkline.control.prices.price_list_file import load_price_list
from trunkline.control.prices.price_list_making import make_price, make_price_list

LIBRARY = data_snapshot.get_snapshot().providers
MOMENTS = [datetime(year, 7, 1, hour, tzinfo=UTC) for year in (2024, 2025, 2026, 2027) for hour in (3, 12, 18, 23)]


def names_of(model_id: str) -> list[str]:
    """A model's id and what callers make of it."""
    return [
        model_id,
        model_id.upper(),
        f"{model_id}-20251211",
        f"{model_id}-2025-12-11",
        f"{model_id}:free",
        model_id[:-1],
    ]


def test_it_finds_the_same_models_by_any_name() -> None:
    made = make_price_list()
    compared = 0
    for provider in LIBRARY:
        names = [name for model in provider.models for name in names_of(model.id)]
        for name in [*names, "no-such-model", "gpt-5.2-20251399", "claude-sonnet-4-5", "gpt-4o-mini"]:
            expected = provider.find_model(name, all_providers=LIBRARY)
            found = made.find_model(provider.id, name)
            assert (found and found.id) == (expected and expected.id), (provider.id, name)
            compared += 1
    assert compared > 5_000


@pytest.mark.parametrize("name", ["openai", "OpenAI ", "google", "google-vertex", "bedrock", "no-such", "xai", "azure"])
def test_it_finds_the_same_providers(name: str) -> None:
    expected = data_snapshot.find_provider_by_id(LIBRARY, name)
    found = make_price_list().find_provider(name)
    assert (found and found.id) == (expected and expected.id)


def test_prices_are_the_librarys_at_any_time() -> None:
    made = make_price_list()
    for provider, listed in zip(LIBRARY, made.providers, strict=True):
        for model, ours in zip(provider.models, listed.models, strict=True):
            for moment in MOMENTS:
                assert ours.price(moment) == make_price(model.get_prices(moment)), (provider.id, model.id, moment)


def test_the_file_holds_all_of_it(tmp_path: Path) -> None:
    assert load_price_list(tmp_path) == make_price_list()
    assert (tmp_path / "prices").stat().st_mode & 0o777 == 0o600
    assert load_price_list(tmp_path) == make_price_list()


def test_a_file_that_is_there_is_gone_by(tmp_path: Path) -> None:
    empty = PriceList(price_list_file.PRICE_LIST, ())
    (tmp_path / "prices").write_bytes(msgspec.msgpack.encode(empty))
    assert load_price_list(tmp_path) == empty


@pytest.mark.parametrize(
    "text", [b"", b"\xc1", msgspec.msgpack.encode(PriceList("genai-prices 0.0.1", ())), msgspec.msgpack.encode([1])]
)
def test_another_versions_file_and_a_broken_one_are_made_anew(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "prices").write_bytes(text)
    assert load_price_list(tmp_path) == make_price_list()
    assert (tmp_path / "prices").read_bytes() != text


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    assert load_price_list(tmp_path / "missing") == make_price_list()
