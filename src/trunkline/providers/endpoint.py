"""One provider at one place with one credential: everything that a call needs to be addressed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from trunkline import __version__
from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.key_redaction import KeyRedaction
from trunkline.core.referenced_key import ReferencedKey
from trunkline.core.secret import Secret
from trunkline.outbound.origin import Origin, write_origin
from trunkline.outbound.url import Url
from trunkline.providers.auth import write_auth
from trunkline.providers.base_url import read_base_url
from trunkline.providers.custom_headers import write_custom_headers
from trunkline.providers.provider import Provider
from trunkline.providers.referenced_key import ReferencedKeySigner
from trunkline.providers.service_account import is_service_account
from trunkline.providers.signer import Signer
from trunkline.providers.signing import make_signer

CACHED_URLS: Final = 1024
"""Models whose URLs an endpoint remembers; above it, it forgets them all and begins again."""

_CREDENTIALS: Final = frozenset({"authorization", "x-api-key", "x-goog-api-key", "api-key"})

Headers = tuple[tuple[str, str], ...]


class Endpoint:
    """Immutable. ``headers`` hold the credential in plain, so an endpoint shows nothing of them and is not a struct:
    no serialiser takes it by accident. They fit every call, whatever its method. Where there is a ``signer``, the
    credential is not among them: each request must go through it before it is sent.
    """

    __slots__ = ("_base", "_chat", "_headers", "_provider", "_urls", "redaction", "signer")

    def __init__(
        self,
        provider: Provider,
        base: Url,
        headers: Headers,
        signer: Signer | None = None,
        secrets: Sequence[str] = (),
    ) -> None:
        self.signer = signer
        self.redaction = KeyRedaction(secrets)
        """Takes the credentials of these calls out of what is sent back."""
        self._provider = provider
        self._base = base
        self._headers = headers
        chat = provider.paths.chat
        self._chat = base.join(chat) if "{model}" not in chat and provider.paths.chat_stream is None else None
        self._urls: dict[tuple[str, str], Url] = {}

    @property
    def provider(self) -> Provider:
        """Who is asked."""
        return self._provider

    @property
    def base(self) -> Url:
        """Below which URL, in its complete form."""
        return self._base

    @property
    def origin(self) -> Origin:
        """Where connections go."""
        return self._base.origin

    @property
    def headers(self) -> Headers:
        """Header fields of every call, the credential among them."""
        return self._headers

    @property
    def has_key(self) -> bool:
        """Whether a credential is sent."""
        return self.signer is not None or any(name.lower() in _CREDENTIALS for name, _ in self._headers)

    def origins(self) -> tuple[str, ...]:
        """``scheme://host:port``, sorted, the port always named: what a credential is bound to."""
        return (write_origin(self.origin),)

    def chat(self, model: str, stream: bool) -> Url:
        """Where a chat call goes."""
        if self._chat is not None:
            return self._chat
        paths = self._provider.paths
        return self._fill(paths.chat_stream if stream and paths.chat_stream else paths.chat, model)

    def embeddings(self, model: str) -> Url:
        """Where an embeddings call goes. Raises NotFound where the provider has none."""
        return self._fill(self._provider.paths.embeddings, model)

    def operation(self, path: str, model: str) -> Url:
        """Where one of the calls beside chat goes; ``path`` is one of the provider's own."""
        return self._fill(path, model)

    def responses(self, model: str) -> Url:
        """Where a call in OpenAI's responses dialect goes. Raises NotFound where the provider has none."""
        return self._fill(self._provider.paths.responses, model)

    @property
    def has_responses(self) -> bool:
        """Whether OpenAI's responses are spoken there. The address of one deployment at Azure has only the older calls.

        https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses
        """
        return self._provider.paths.responses is not None and "/openai/deployments/" not in self._base.target

    def response(self, below: str) -> Url:
        """Where one stored response is, or what is asked about them: ``below`` is a path and query under theirs."""
        path = self._provider.paths.responses
        if path is None:
            raise NotFound(f"{self._provider.display_name} keeps no responses.", code="not_offered")
        # Not remembered as other addresses are: every id is another.
        return self._base.join(path + below)

    def count(self, model: str) -> Url:
        """Where tokens are counted. Raises NotFound where the provider does not."""
        return self._fill(self._provider.paths.count, model)

    def models(self) -> Url:
        """Where the list of models is. Raises NotFound where the provider has none."""
        return self._fill(self._provider.paths.models, "")

    def below(self, path: str) -> Url:
        """``path`` below the base URL, for what one provider alone offers."""
        return self._fill(path, "")

    def _fill(self, path: str | None, model: str) -> Url:
        if path is None:
            raise NotFound(f"{self._provider.display_name} offers no such call.", code="not_offered")
        key = (path, model)
        url = self._urls.get(key)
        if url is None:
            if len(self._urls) >= CACHED_URLS:
                self._urls.clear()
            # Gemini's list names its models "models/<id>", and people copy that.
            name = quote(model.removeprefix("models/"), safe="")
            url = self._urls[key] = self._base.join(path.replace("{model}", name))
        return url

    def __repr__(self) -> str:
        return f"Endpoint({self._provider.id}, {self.origin})"


def make_endpoint(
    provider: Provider,
    base_url: str | None,
    key: Secret | None,
    headers: Mapping[str, str | Secret] | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Endpoint:
    """Put together how ``provider`` is called.

    ``headers`` are the user's own and win over the provider's, ``settings`` are the configuration's: of them only those
    count here that become headers (an organization, say), say where (a region) or belong to the key. Raises
    InvalidInput that names ``baseUrl``, ``apiKey`` or the setting (``configuration.headers.<name>``), and never shows a
    value.
    """
    settings = settings or {}
    base = read_base_url(provider, base_url, settings)
    if key is None and provider.requires_api_key:
        where = f" Make one at {provider.key_url}" if provider.key_url else ""
        raise InvalidInput.of("apiKey", f"is required for {provider.display_name}.{where}", code="key_required")
    fields: dict[str, tuple[str, str]] = {
        "content-type": ("content-type", "application/json"),
        "user-agent": ("user-agent", f"trunkline/{__version__}"),
    }
    signer = make_signer(provider, base.origin, key, settings)
    shown = write_auth(provider.auth, key) if signer is None else ()
    own = (*provider.headers, *shown, *_from_settings(provider, settings))
    for name, value in (*own, *write_custom_headers(headers or {})):
        fields[name.lower()] = (name, value)
    given = [key] if key is not None and not isinstance(key, ReferencedKey) else []
    given += [value for value in (headers or {}).values() if isinstance(value, Secret)]
    endpoint = Endpoint(
        provider, base, tuple(fields.values()), signer, [shown for one in given for shown in _shown(one)]
    )
    if isinstance(signer, ReferencedKeySigner):
        signer.redaction = endpoint.redaction
    return endpoint


def _shown(secret: Secret) -> Iterator[str]:
    """What of ``secret`` is sent, whole and word by word (``Bearer …``); a service account signs and never is."""
    if not is_service_account(secret):
        yield secret.reveal()
        yield from secret.reveal().split()


def _from_settings(provider: Provider, settings: Mapping[str, JsonValue]) -> Headers:
    pairs: list[tuple[str, str]] = []
    for parameter in provider.parameters:
        kind, _, name = parameter.neutral.partition(".")
        value = settings.get(parameter.name)
        if kind == "header" and isinstance(value, str) and value:
            if not (value.isascii() and value.isprintable()):
                raise InvalidInput.of(f"configuration.{parameter.name}", "may hold printable ASCII characters only.")
            pairs.append((name, value))
    return tuple(pairs)
