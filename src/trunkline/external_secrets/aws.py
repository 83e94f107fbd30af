"""Amazon Web Services, asked with the credentials that its own tools would find."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, TypeVar

import msgspec

from trunkline.core.secret import Secret
from trunkline.external_secrets.apart import begin_apart
from trunkline.external_secrets.service_call import ServiceFailed, ask, read_url
from trunkline.outbound import OutgoingRequest, Transport
from trunkline.providers.aws import AwsSigner

_T = TypeVar("_T")

_CHINA: Final = "cn-"


class AwsService:
    """One service of AWS that speaks JSON 1.1, such as ``kms``, in one region.

    Credentials are those of botocore's chain: variables ``AWS_…``, the shared files, a web identity, the container's or
    the instance's role (https://boto3.amazonaws.com/v1/documentation/api/latest/guide/credentials.html). Its address is
    ``AWS_ENDPOINT_URL_<SERVICE>`` or ``AWS_ENDPOINT_URL``, as for AWS's tools
    (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), else the region's own.
    """

    def __init__(
        self,
        service: str,
        title: str,
        *,
        target: str,
        environment: Mapping[str, str],
        transport: Transport,
        region: str | None = None,
    ) -> None:
        """``target``: what stands before the operation in ``X-Amz-Target``. ``region``: where the name says it."""
        self._service = service
        self._title = title
        self._target = target
        self._environment = environment
        self._transport = transport
        self._region = region

    async def ask(self, operation: str, body: object, kind: type[_T]) -> _T:
        """The answer to ``operation``. Raises :class:`ServiceFailed`."""
        session = await asyncio.wrap_future(begin_apart(_Session.find))
        region = self._region or self._environment.get("AWS_REGION") or session.region
        if not region:
            raise ServiceFailed(f"{self._title} has no region: set AWS_REGION.", refused=True)
        fields = [("content-type", "application/x-amz-json-1.1"), ("X-Amz-Target", f"{self._target}.{operation}")]
        if session.token:
            fields.append(("X-Amz-Security-Token", session.token))
        signer = AwsSigner(session.access_key_id, session.secret, region, service=self._service)
        url = read_url(self._find_address(region))
        request = OutgoingRequest("POST", url, tuple(fields), msgspec.json.encode(body))
        return await ask(self._title, await signer.sign(request, self._transport), self._transport, kind)

    def _find_address(self, region: str) -> str:
        named = f"AWS_ENDPOINT_URL_{self._service.upper().replace('SECRETSMANAGER', 'SECRETS_MANAGER')}"
        given = self._environment.get(named) or self._environment.get("AWS_ENDPOINT_URL")
        if given:
            return given
        ending = "amazonaws.com.cn" if region.startswith(_CHINA) else "amazonaws.com"
        return f"https://{self._service}.{region}.{ending}/"


class _Session:
    """What botocore finds. Never shown."""

    __slots__ = ("access_key_id", "region", "secret", "token")

    def __init__(self, access_key_id: str, secret: Secret, token: str | None, region: str | None) -> None:
        self.access_key_id = access_key_id
        self.secret = secret
        self.token = token
        self.region = region

    @classmethod
    def find(cls) -> _Session:
        """Asks the metadata service of the machine where nothing else is there. Blocks for some seconds at most."""
        errors = import_module("botocore.exceptions")
        session: Any = import_module("botocore.session").Session()
        try:
            credentials = session.get_credentials()
            found = None if credentials is None else credentials.get_frozen_credentials()
            region = session.get_config_variable("region")
        except (errors.BotoCoreError, errors.ClientError) as error:
            raise ServiceFailed(f"The credentials of AWS cannot be read: {error}", refused=True) from error
        if found is None:
            raise ServiceFailed(
                "There are no credentials of AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine"
                " a role.",
                refused=True,
            )
        return cls(found.access_key, Secret(found.secret_key), found.token, region)
