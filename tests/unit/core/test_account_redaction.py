"""Names of accounts and places of servers are taken out of a provider's words; what callers need stays."""

from __future__ import annotations

import pytest

from trunkline.core.account_redaction import HIDDEN, hide_accounts, hide_accounts_in

ACCOUNTS = (
    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-x",
    "arn:aws-us-gov:iam::123456789012:role/Gateway",
    "org-AbCdEf0123456789",
    "proj_AbCdEf0123456789",
    "acct_1A2b3C4d5E6f",
    "projects/my-project-123456",
    "projects/123456789012/locations/us-central1",
    "project_number:123456789012",
    "consumer: 'projects/123456789012'",
    "gateway@my-project-123456.iam.gserviceaccount.com",
    "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/resourceGroups/rg",
    "organization 0a1b2c3d-0000-1111-2222-333344445555",
    "team 0a1b2c3d-0000-1111-2222-333344445555",
    "account 123456789012",
    "tenant 0a1b2c3d-0000-1111-2222-333344445555",
    "subscription 0a1b2c3d-0000-1111-2222-333344445555",
    "account_id=AbCdEf0123456789",
    "customer cus_AbCdEf0123456789",
    "Account ID: 123456789012",
)
PLACES = (
    "10.1.2.3:8000",
    "192.168.0.7",
    "http://llm.internal:8000/v1",
    "https://llm.corp.example/v1/chat",
    "ollama:11434",
    "localhost:11434",
    "gpu-7.cluster.local",
    "vllm.models.svc.cluster.local:8000",
    "my-resource.openai.azure.com",
    "bedrock-runtime.eu-west-1.amazonaws.com",
    "[fd00:1:2:3::7]:8000",
    "/home/somebody/models/llama.gguf",
)
NUMBERS = ("123456789012", "0a1b2c3d-0000", "AbCdEf0123456789", "1A2b3C4d5E6f", "my-project-123456")


@pytest.mark.parametrize("name", [*ACCOUNTS, *PLACES])
def test_a_name_of_an_account_or_a_place_is_hidden(name: str) -> None:
    shown = hide_accounts(f"No access for {name}, says the provider.")
    assert HIDDEN in shown
    assert name not in shown
    assert not any(number in shown for number in NUMBERS)
    assert shown.startswith("No access for ")
    assert shown.endswith("says the provider.")


@pytest.mark.parametrize("name", [*ACCOUNTS, *PLACES])
def test_what_is_hidden_stays_hidden(name: str) -> None:
    once = hide_accounts(f"({name})")
    assert hide_accounts(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "The model `gpt-5.2` does not exist or you do not have access to it.",
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        "Rate limit reached for gpt-4o in organization. Limit 30000, Used 29000. Please try again in 1.2s.",
        "messages.3.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_01A09q90qw90lq917835lq9",
        "Visit https://platform.openai.com/docs/guides/error-codes for more.",
        "See https://docs.anthropic.com/en/api/errors and https://ai.google.dev/gemini-api/docs.",
        "Invalid value: 'x' at messages[2].role; expected one of 'user', 'assistant'.",
        "model requires more system memory (8.4 GiB) than is available (3.2 GiB)",
        "CUDA out of memory. Tried to allocate 2.00 GiB at 12:30:45 on version 1.2.3",
        "no such project in the request",
        "request id: 0a1b2c3d-0000-1111-2222-333344445555",
        "There is no /v1/home/page here.",
    ],
)
def test_what_a_caller_needs_stays(text: str) -> None:
    assert hide_accounts(text) == text


def test_the_name_of_an_organization_is_hidden_where_it_is_told() -> None:
    assert hide_accounts("Not verified (organization: My Company Inc).") == f"Not verified (organization: {HIDDEN})."


def test_every_text_within_a_value_is_cleaned() -> None:
    value = {"message": "at 10.1.2.3:8000", "raw": b"org-AbCdEf0123456789", "list": ["localhost:11434", 7, None]}
    assert hide_accounts_in(value) == {
        "message": f"at {HIDDEN}",
        "raw": HIDDEN.encode(),
        "list": [HIDDEN, 7, None],
    }
