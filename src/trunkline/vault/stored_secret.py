"""Secrets as storage keeps them: sealed to the row that they belong to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trunkline.core.errors import CannotOpen
from trunkline.core.secret import Secret
from trunkline.vault.associated_data import encode_fields
from trunkline.vault.box import Box


class StoredSecret(msgspec.Struct, frozen=True, cache_hash=True):
    """One field of a credential, encrypted. Serialisable as it is; it holds nothing secret in the clear.

    ``owner`` is ``user:<id>`` or ``workspace:<id>``; ``field`` names what it is (``apiKey``, ``headers.X-Token``);
    ``origins`` are the only places it may be sent to, sorted, each ``scheme://host:port``; ``ciphertext`` is
    nonce ‖ ciphertext ‖ tag, bound to all the other fields: a row that was moved or changed does not open.
    """

    credential_id: str
    owner: str
    field: str
    data_key_id: str
    origins: tuple[str, ...]
    ciphertext: bytes

    def allows(self, origin: str) -> bool:
        """Whether it may be sent to ``origin`` (``https://api.openai.com:443``, compared as text)."""
        return origin in self.origins


def seal_secret(
    box: Box, secret: Secret, *, owner: str, credential_id: str, field: str, origins: Iterable[str], data_key_id: str
) -> StoredSecret:
    """``secret`` sealed with the data key in ``box`` to everything else that is named."""
    places = tuple(sorted(set(origins)))
    return StoredSecret(
        credential_id=credential_id,
        owner=owner,
        field=field,
        data_key_id=data_key_id,
        origins=places,
        ciphertext=box.seal(secret.reveal().encode(), _bind(owner, credential_id, field, data_key_id, places)),
    )


def open_secret(box: Box, stored: StoredSecret) -> Secret:
    """What was sealed. :class:`CannotOpen` when a bit of any field of ``stored`` differs from what was sealed."""
    bound_to = _bind(stored.owner, stored.credential_id, stored.field, stored.data_key_id, stored.origins)
    try:
        return Secret(box.open(stored.ciphertext, bound_to).decode())
    except UnicodeDecodeError:
        raise CannotOpen("A stored secret does not open.") from None


def _bind(owner: str, credential_id: str, field: str, data_key_id: str, origins: tuple[str, ...]) -> bytes:
    return encode_fields("trunkline/1 secret", owner, credential_id, field, data_key_id, origins)
