"""Says of a failed test whose fault it is and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.outbound.errors import ConnectFailed, OutboundError
from trunkline.providers.endpoint import Endpoint


def explain(error: TrunklineError, endpoint: Endpoint, model: str | None = None) -> str:
    """A sentence or two for the person who set up ``endpoint``. Holds nothing of the credential."""
    provider, host = endpoint.provider, endpoint.origin.authority
    name = provider.display_name
    if isinstance(error, ConnectFailed) and provider.start_hint is not None:
        return f"{error.message} Is {name} running? Start it with `{provider.start_hint}`."
    if not isinstance(error, UpstreamError) or isinstance(error, OutboundError):
        return error.message
    status = f" ({error.status})" if error.status is not None else ""
    what = f"the model {model}" if model is not None else "this"
    match error.kind:
        case "auth" if endpoint.has_key:
            where = f" Check it, or make a new one at {provider.key_url}." if provider.key_url else " Check it."
            return f"{name} rejected this key{status}. It reached {host}, so the network is fine.{where}"
        case "auth":
            return f"{name} wants an API key{status}. It reached {host}, so the network is fine. Add a key."
        case "permission":
            return f"{name} knows this key but does not let it use {what}{status}. Grant it that, or use another key."
        case "no_credits":
            return f"{name} accepted the key, but its account has no credits left{status}. Add some there."
        case "rate_limit":
            wait = f" Try again in {error.retry_after:.0f} s." if error.retry_after is not None else " Try again later."
            return f"{name} accepted the key, but limits its rate now{status}.{wait}"
        case "not_found":
            return f"{name} does not know {what}{status}. Check the model's name and the base URL."
        case "bad_request" | "too_large" | "moderated":
            return f"{name} refused the test call{status}{_said(error)}"
        case "overloaded" | "server" | "timeout":
            return (
                f"{name} has a problem of its own now{status}{_said(error)} Nothing is wrong on this side; try later."
            )
        case "malformed":
            return f"{host} answered, but not as {name} does{status}. Check the base URL and the provider."
        case _:
            return error.message


def explain_missing(endpoint: Endpoint, model: str, ids: Sequence[str]) -> str:
    """That ``model`` is not in the list, and which are the nearest."""
    nearest = difflib.get_close_matches(model, ids, n=3, cutoff=0.4)
    hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
    whose = "that this key may use" if endpoint.has_key else f"that {endpoint.provider.display_name} has"
    remedy = " Download it first." if "pull_model" in endpoint.provider.capabilities else ""
    return f"The model {model} is not among the {len(ids)} {whose}.{hint}{remedy}"


def _said(error: UpstreamError) -> str:
    detail = (error.detail or "").strip()
    if not detail:
        return "."
    return f": {detail[:300]}" + ("" if detail.endswith((".", "!", "?")) else ".")
