from __future__ import annotations

import msgspec

from trunkline.dialects.bedrock_converse import DIALECT


def test_its_own_clients_get_what_the_service_says_besides() -> None:
    body = {"message": "no", "originalStatusCode": 424, "resourceName": "m", "originalMessage": "shape"}
    error = DIALECT.read_error(424, msgspec.json.encode(body), {"x-amzn-errortype": "ModelErrorException"})
    wire = msgspec.json.decode(DIALECT.write_error(error, 502, ""))
    assert {name: wire[name] for name in ("originalStatusCode", "resourceName", "originalMessage")} == {
        "originalStatusCode": 424, "resourceName": "m", "originalMessage": "shape",
    }  # fmt: skip
