"""The key that a provider needs, asked of whoever adds a configuration of it."""

from __future__ import annotations

from trunkline.cli.output import note
from trunkline.cli.secret_input import read_secret
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.registry import find


def read_key(provider: str, env: str | None, stdin: bool, reference: str | None = None) -> tuple[str, Secret | None]:
    """The id of the provider, and the key; None where it takes or needs none.

    Raises InvalidInput for an unknown provider, naming the nearest, and where there is no key to be had.
    """
    row, given = find(provider), env is not None or stdin or reference is not None
    if row.auth == "none":
        if given:
            raise InvalidInput(f"{row.display_name} takes no key: leave the --key options out.")
        return row.id, None
    if not given and not row.requires_api_key:
        return row.id, None
    if row.key_url is not None and not given:
        note(f"Keys are made at {row.key_url}")
    return row.id, read_secret(f"{row.display_name} API key", option="--key", env=env, stdin=stdin, reference=reference)
