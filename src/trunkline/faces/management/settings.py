"""``/api/settings``: how the installation is set, for its administrator."""

from __future__ import annotations

from pydantic import Field

from trunkline.core.chat import JsonValue
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import ResponseBody
from trunkline.settings import Source

router = Router(prefix="/api/settings", tags=["Settings"])


class SettingResponse(ResponseBody):
    """A setting of the installation. It is changed where it is set, and holds from the next start on."""

    name: str = Field(description="The variable that sets it, such as `TRUNKLINE_PORT`.")
    value: JsonValue = Field(description="The value; `null`: unset, or a secret.")
    default: JsonValue = Field(description="What it is when it is unset; `null`: nothing, or a secret.")
    source: Source = Field(
        description="Where the value is from: the `environment` (or an option of the command), an `.env` `file`, or the"
        " `default`."
    )
    secret: bool = Field(description="Whether the value is never shown.")
    is_set: bool = Field(description="Whether there is a value.")
    about: str = Field(description="What it is for.")


class SettingsResponse(ResponseBody):
    """All settings of the installation, as they were read when the server started."""

    settings: list[SettingResponse]


@router.get("", dependencies=[allow("settings.read")])
async def list_settings(services: ServicesDep, actor: ActorDep) -> SettingsResponse:
    """Each setting of the installation, and where its value is from. Secrets are not shown."""
    return SettingsResponse(settings=[SettingResponse.of(each) for each in services.settings_list.list(actor)])
