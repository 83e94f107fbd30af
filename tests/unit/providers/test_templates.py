from __future__ import annotations

from trunkline.providers import PROVIDERS, compile_defaults, find
from trunkline.providers.templates import templates


def test_ids_are_unique() -> None:
    ids = [template.id for provider in PROVIDERS.values() for template in templates(provider)]
    assert len(ids) == len(set(ids))


def test_settings_go_by_the_providers_own_names() -> None:
    (precise,) = [template for template in templates(find("gemini")) if template.name == "Precise"]
    assert precise.configuration == {"temperature": 0.0, "maxOutputTokens": 1024}


def test_the_default_comes_first() -> None:
    for provider in PROVIDERS.values():
        assert templates(provider)[0].is_default


def test_every_template_does_something() -> None:
    for provider in PROVIDERS.values():
        for template in templates(provider):
            assert not compile_defaults(provider, template.configuration).empty
