"""Packages are loaded by name; what is wrong with one is told, and it alone is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.extension_packages import PROVIDER, install

from trunkline.extensions.loaded import LoadedExtension
from trunkline.extensions.loading import load_extensions
from trunkline.providers.registry import PROVIDERS, find, guess_provider


def test_a_provider_is_among_the_others_as_long_as_it_is_in_use(site: Path) -> None:
    extensions = load_extensions([install(site, "acme", PROVIDER)])
    assert extensions.left_out == ()
    assert extensions.loaded == (
        LoadedExtension(package="trunkline-acme", version="1.2.3", kind="provider", name="acme"),
    )
    assert "acme" not in PROVIDERS
    with extensions.in_use():
        assert find("Acme AI") is PROVIDERS["acme"]
        assert guess_provider("acme-0123456789") == "acme"
    assert "acme" not in PROVIDERS
    assert guess_provider("acme-0123456789") is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module", "cannot be imported (broken = trunkline_broken:extension): ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("x = (", "SyntaxError"),
        ("", "AttributeError"),
        ("extension = 1", "names a int"),
        (PROVIDER.replace("api=1", "api=2"), "is written for version 2 of the interface"),
        (PROVIDER.replace('id="acme"', 'id="Acme!"'), "id: must be 2 to 32 lower-case letters"),
        (PROVIDER.replace('id="acme"', "id=7"), "provider: Expected `str`, got `int` - at `$.id`."),
        (PROVIDER.replace('id="acme"', 'id="openai"'), "The name 'openai' is that of the provider 'openai' already."),
        (PROVIDER.replace("Acme AI", "Claude"), "'claude' is that of the provider 'anthropic'"),
        ("from trunkline.extensions import ProviderExtension\nextension = ProviderExtension(api=1, provider={})",
         "provider: must be a Provider"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_and_left_out_alone(site: Path, source: str, reason: str) -> None:
    extensions = load_extensions([install(site, "broken", source), install(site, "acme", PROVIDER)])
    (left_out,) = extensions.left_out
    assert left_out.package == "trunkline-broken"
    assert reason in left_out.reason
    assert [one.name for one in extensions.loaded] == ["acme"]


def test_of_two_with_one_name_the_first_that_is_listed_counts(site: Path) -> None:
    names = [install(site, "acme", PROVIDER), install(site, "other", PROVIDER)]
    extensions = load_extensions(names)
    assert [each.package for each in extensions.left_out] == ["trunkline-other"]
    assert "'acme'" in extensions.left_out[0].reason


def test_of_a_package_with_one_wrong_extension_none_is_used(site: Path) -> None:
    points = ("acme = trunkline_acme:extension", "more = trunkline_acme:missing")
    extensions = load_extensions([install(site, "acme", PROVIDER, *points)])
    assert extensions.loaded == extensions.providers == ()
    assert "trunkline_acme:missing" in extensions.left_out[0].reason


def test_a_package_that_is_not_there_or_brings_nothing_is_named(site: Path) -> None:
    other = install(site, "other", PROVIDER, group="somebody.else")
    missing, empty = load_extensions(["trunkline-missing", other]).left_out
    assert (missing.package, "is not installed" in missing.reason) == ("trunkline-missing", True)
    assert (empty.package, "brings no extension" in empty.reason) == ("trunkline-other", True)
