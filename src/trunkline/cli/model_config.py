"""Model configs, as commands find them."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.cli.api import Api
from trunkline.cli.applications import APPLICATIONS
from trunkline.cli.kind import Kind, Record, text


async def gather_configs(api: Api) -> list[Record]:
    """Those of every application that the caller can see, each once."""
    found: dict[str, Record] = {}
    for application in await APPLICATIONS.list(api):
        for item in await api.list("/model-configs", query={"applicationId": application["id"]}):
            one: Record = msgspec.json.decode(item)
            found.setdefault(one["_id"], {**one, "application": application["name"]})
    return list(found.values())


CONFIGS: Final = Kind(
    noun="model config",
    command="model-configs",
    path="/model-configs",
    id="_id",
    gather=gather_configs,
    columns=(
        ("name", text("name")),
        ("application", text("application")),
        ("provider", text("provider")),
        ("model", text("modelId")),
        ("default", text("isDefault")),
        ("id", text("_id")),
    ),
)
