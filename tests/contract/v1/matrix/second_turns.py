"""The part of the page that tells of second turns, of the vendors' rules and of what is not covered."""

from __future__ import annotations

from collections.abc import Iterator

from tests.contract.v1.turns.clients import CLIENTS
from tests.contract.v1.turns.provider import PROVIDERS
from tests.contract.v1.turns.scene import SCENES
from tests.vendors import RULES
from trunkline.providers.registry import PROVIDERS as ROWS

WHAT_CHECKS = """\
## What checks what

- **The matrix above**: servers written from each vendor's documentation, which check what they are asked.
- **Rules of the vendors** (`tests/vendors`): every request for an answer that leaves in any test is held to the types
  that the vendor publishes in its SDK (`anthropic`, `openai`, `google-genai`, `ollama`, botocore's model of Bedrock)
  and to a table of what its documentation, or a public report, says that it refuses, each with its link. A test shows
  for every rule that a request that breaks it is refused. Tests of connections are held to them too, and what servers
  of their own process ask aimock.
- **Odd requests** (`tests/fixtures/odd_requests.json`): some 150 that are legal on a client's wire, or nearly, and
  awkward for some vendor, to every provider of the table below, and one in eight streamed too. What leaves is what the
  vendor takes, or it is a 400.
- **Second turns** and **client libraries**: below.
- **Recorded calls** (`tests/fixtures/fidelity`) and answers (`tests/fixtures`): what a vendor once sent is read as it
  was meant.
"""

TURNS = """\
Conversations that the official SDKs keep themselves (`tests/contract/v1/turns`): what the first turn answered is
history in the second, with results of tools or a further question, streamed and whole, with the same model and with
every other one: for each two models, and each client, thoughts, text and parallel calls one way, and by turns each
other answer the other way. No request breaks a rule of the vendor that it leaves for; calls, results and texts are all
there; signatures come back to their maker to the letter and are shown to nobody else; the SDK understands the second
answer.

Three things are refused or lost, and tests say so: an answer that OpenAI keeps itself (`previous_response_id`) cannot
be gone on with at another provider, which is a 400; the `openai` SDK's helper for streams loses the thoughts of
Mistral, which come as parts of the content; and the `ollama` SDK keeps no signatures, as its wire has none, so that
thoughts which need one stay behind.
"""

NOT_COVERED = """\
## What is not covered

- No test calls a vendor. Rules come from published types, documentation and reports; what a vendor changes without
  saying so, or never said, is not known here.
- The rules look at requests for answers. Embeddings, pictures, sound, files and lists are held to aimock and to the
  tests' own servers alone.
- Of servers that speak OpenAI's chat wire, OpenAI, Azure, Mistral, Groq and DeepSeek have rules of their own; all
  others, OpenRouter among them, are held to what every such server demands: calls and results in pairs, with distinct
  ids.
- Second turns have one round of calls of functions. Tools that vendors run themselves, pictures and files in results,
  and conversations that change their provider more than once are not played.
- A request on the vendor's own wire that only its vendor can judge leaves as it is, and the caller gets the vendor's
  words: fields that are null, tools without parameters, arguments that are no JSON, and a budget above the limit, say.
- Claude on Vertex AI, Bedrock's `InvokeModel`, and OpenAI's assistants API are not served.
- Client libraries are tried when somebody runs `make clients`; the table says when that was.
"""


def tell_turns() -> Iterator[str]:
    """Who talks with whom, and of what."""
    yield "## Second turns\n"
    yield TURNS
    yield f"- clients: {', '.join(CLIENTS)}; objects of the SDK kept as they are, or dumped"
    yield f"- answers: {'; '.join(scene.name for scene in SCENES)}"
    yield "- providers:\n"
    yield "| provider | models |"
    yield "| --- | --- |"
    by_row: dict[str, list[str]] = {}
    for provider in PROVIDERS.values():
        by_row.setdefault(provider.id, []).append(f"`{provider.model}`")
    yield from (f"| {ROWS[name].display_name} | {', '.join(models)} |" for name, models in by_row.items())
    yield ""


def tell_rules() -> Iterator[str]:
    """How many rules there are for whom."""
    yield WHAT_CHECKS
    yield "| rules of | number |"
    yield "| --- | --- |"
    yield from (f"| {vendor.replace('_', ' ')} | {len(rules)} |" for vendor, rules in RULES.items())
    yield ""
