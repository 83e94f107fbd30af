"""Exchanges the code of a sign-in for its tokens, and asks who that is.

https://openid.net/specs/openid-connect-core-1_0.html#TokenEndpoint, https://www.rfc-editor.org/rfc/rfc7636
"""

from __future__ import annotations

import base64
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from trunkline.control.sign_on.discovery import Answer, ProviderMetadata, fetch, read_answer
from trunkline.core.errors import Forbidden, UpstreamError
from trunkline.core.secret import Secret
from trunkline.outbound import OutgoingRequest, Transport, Url

_FORM: Final = ("content-type", "application/x-www-form-urlencoded")
_JSON: Final = ("accept", "application/json")


class TokenAnswer(msgspec.Struct, frozen=True):
    """What the token endpoint gives."""

    id_token: str
    access_token: str | None = None


class _TokenError(msgspec.Struct, frozen=True):
    error: str = ""
    error_description: str = ""


async def redeem_code(
    transport: Transport,
    metadata: ProviderMetadata,
    *,
    client_id: str,
    client_secret: Secret | None,
    code: str,
    verifier: str,
    redirect_uri: str,
) -> TokenAnswer:
    """The tokens for ``code``. :class:`Forbidden` when the provider refuses, :class:`UpstreamError` when it fails."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers: list[tuple[str, str]] = [_FORM, _JSON]
    # Without a list it is client_secret_basic: the standard's own default.
    methods = metadata.token_endpoint_auth_methods_supported or ("client_secret_basic",)
    if client_secret is None:
        fields["client_id"] = client_id
    elif "client_secret_basic" in methods:
        pair = f"{quote(client_id, safe='')}:{quote(client_secret.reveal(), safe='')}"
        headers.append(("authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
    else:
        fields |= {"client_id": client_id, "client_secret": client_secret.reveal()}
    url = Url.parse(metadata.token_endpoint)
    answer = await fetch(transport, OutgoingRequest("POST", url, headers, urlencode(fields).encode()))
    if answer.status in {400, 401, 403}:
        raise Forbidden(f"{url.origin} refused the code{_tell_error(answer)}.", code="sign_on_code_refused")
    return read_answer(answer, TokenAnswer, f"{url.origin} gave no ID token")


async def read_userinfo(
    transport: Transport, metadata: ProviderMetadata, access_token: str, subject: str
) -> dict[str, Any]:
    """What the provider says of who has signed in, beside the ID token. It has to be the same person."""
    assert metadata.userinfo_endpoint is not None
    url = Url.parse(metadata.userinfo_endpoint)
    headers = [_JSON, ("authorization", f"Bearer {access_token}")]
    answer = await fetch(transport, OutgoingRequest("GET", url, headers))
    found = read_answer(answer, dict[str, Any], f"{url.origin} does not say who has signed in")
    if found.get("sub") != subject:
        raise UpstreamError(f"{url.origin} speaks of somebody else than the ID token does.", kind="malformed")
    return found


def _tell_error(answer: Answer) -> str:
    try:
        error = msgspec.json.decode(answer.body, type=_TokenError)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    told = " ".join(part for part in (error.error, error.error_description) if part)[:300]
    return f": {told.rstrip('.')}" if told.isprintable() and told else ""
