"""A sealed secret is bound to every other field of its row by the cipher itself, not only by checks around it."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.errors import CannotOpen
from trunkline.core.secret import Secret
from trunkline.vault.box import Box
from trunkline.vault.stored_secret import StoredSecret, open_secret, seal_secret

BOX = Box(bytes(range(32)))


@pytest.fixture
def stored() -> StoredSecret:
    return seal_secret(
        BOX,
        Secret("sk-x"),
        owner="user:1",
        credential_id="c1",
        field="apiKey",
        origins=["https://b:443", "https://a:443"],
        data_key_id="d1",
    )


def test_opens_as_it_is(stored: StoredSecret) -> None:
    assert open_secret(BOX, stored) == Secret("sk-x")


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "user:2"},
        {"owner": "workspace:1"},
        {"credential_id": "c2"},
        {"field": "headers.X-Token"},
        {"data_key_id": "d2"},
        {"origins": ()},
        {"origins": ("https://a:443",)},
        {"origins": ("https://b:443", "https://a:443")},
        {"origins": ("https://a:443", "https://b:443", "https://evil:443")},
        {"origins": ("http://a:443", "https://b:443")},
        {"ciphertext": b""},
    ],
)
def test_does_not_open_when_any_field_is_another(stored: StoredSecret, change: dict[str, str]) -> None:
    with pytest.raises(CannotOpen):
        open_secret(BOX, msgspec.structs.replace(stored, **change))


def test_does_not_open_with_another_key(stored: StoredSecret) -> None:
    with pytest.raises(CannotOpen):
        open_secret(Box(bytes(32)), stored)
