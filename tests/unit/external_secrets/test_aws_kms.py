"""The root key wrapped by AWS KMS, which moto imitates."""

from __future__ import annotations

import base64

import pytest
from tests.unit.providers.fakes import FakeTransport, reply
from tests.upstreams.aws_server import REGION, RunningAws

from trunkline.external_secrets.aws_kms import AwsKms
from trunkline.external_secrets.service_call import ServiceFailed
from trunkline.outbound import Client

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def environment(aws: RunningAws, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Also that of the process, in which Amazon's library looks for credentials."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    return aws.environment


@pytest.fixture
def arn(aws: RunningAws) -> str:
    return aws.client("kms").create_key()["KeyMetadata"]["Arn"]


async def test_what_was_wrapped_is_unwrapped(
    aws: RunningAws, client: Client, arn: str, environment: dict[str, str]
) -> None:
    aws.client("kms").create_alias(AliasName="alias/trunkline", TargetKeyId=arn)
    for name in (arn, arn.rpartition("/")[2], "alias/trunkline"):
        service = AwsKms(name, environment, client)
        wrapped = await service.wrap(KEY)
        assert await service.unwrap(wrapped) == KEY
    opened = aws.client("kms").decrypt(
        CiphertextBlob=base64.b64decode(wrapped), EncryptionContext={"purpose": "trunkline-root-key"}
    )
    assert opened["Plaintext"] == KEY, "Amazon's own client says the same"


async def test_what_was_encrypted_for_something_else_is_no_root_key(
    aws: RunningAws, client: Client, arn: str, environment: dict[str, str]
) -> None:
    blob = aws.client("kms").encrypt(KeyId=arn, Plaintext=KEY, EncryptionContext={"purpose": "else"})["CiphertextBlob"]
    with pytest.raises(ServiceFailed, match="InvalidCiphertext"):
        await AwsKms(arn, environment, client).unwrap(base64.b64encode(blob).decode())


async def test_a_key_that_is_not_there(client: Client, environment: dict[str, str]) -> None:
    with pytest.raises(ServiceFailed, match="AWS KMS answered with status 400: NotFoundException") as refused:
        await AwsKms("alias/other", environment, client).wrap(KEY)
    assert refused.value.refused


async def test_without_credentials_it_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with pytest.raises(ServiceFailed, match="set AWS_ACCESS_KEY_ID"):
        await AwsKms("alias/trunkline", {}, client).wrap(KEY)


async def test_the_region_is_the_key_s_or_the_environment_s(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ServiceFailed, match="set AWS_REGION"):
        await AwsKms("alias/trunkline", {}, client).wrap(KEY)


@pytest.mark.parametrize(
    ("name", "region", "host"),
    [
        (f"arn:aws:kms:{REGION}:111122223333:key/1", "us-east-1", f"kms.{REGION}.amazonaws.com"),
        ("alias/trunkline", "us-east-1", "kms.us-east-1.amazonaws.com"),
        ("alias/trunkline", "cn-north-1", "kms.cn-north-1.amazonaws.com.cn"),
    ],
)
async def test_where_it_is_asked(monkeypatch: pytest.MonkeyPatch, name: str, region: str, host: str) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-9")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-a-role")
    transport = FakeTransport(reply({"CiphertextBlob": "AAAA"}))
    assert await AwsKms(name, {"AWS_REGION": region}, transport).wrap(KEY) == "AAAA"
    (request,) = transport.requests
    fields = dict(request.headers)
    assert request.url.origin.host == host
    assert fields["X-Amz-Target"] == "TrentService.Encrypt"
    assert fields["X-Amz-Security-Token"] == "of-a-role"
    assert f"/{host.split('.')[1]}/kms/aws4_request" in fields["authorization"]
    assert "x-amz-security-token" in fields["authorization"]
