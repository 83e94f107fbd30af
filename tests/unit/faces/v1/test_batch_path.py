from __future__ import annotations

import pytest

from trunkline.faces.v1.batches.batch_path import find_batch_methods, read_batch_path


@pytest.mark.parametrize(
    ("path", "plain", "anthropic", "google"),
    [
        ("/v1/files", "openai", "anthropic", "gemini"),
        ("/v1/files/a", "openai", "anthropic", "gemini"),
        ("/v1/files/a/content", "openai", "anthropic", None),
        ("/v1/files/a:download", "gemini", "gemini", "gemini"),
        ("/v1beta/files/a", "gemini", "gemini", "gemini"),
        ("/v1/batches", "openai", "openai", "gemini"),
        ("/v1/messages/batches", "anthropic", "anthropic", "anthropic"),
        ("/v1/messages", None, None, None),
    ],
)
def test_who_asks_says_whose_path_it_is(
    path: str, plain: str | None, anthropic: str | None, google: str | None
) -> None:
    for says, is_anthropic, is_google in ((plain, False, False), (anthropic, True, False), (google, False, True)):
        found = read_batch_path("GET", path, anthropic=is_anthropic, google=is_google)
        assert (found.wire if found is not None else None) == says


def test_a_file_has_the_same_methods_for_clients_of_openai_and_anthropic() -> None:
    for anthropic in (False, True):
        assert find_batch_methods("/v1/files", anthropic=anthropic, google=False) == {"GET", "POST"}
        assert find_batch_methods("/v1/files/a", anthropic=anthropic, google=False) == {"GET", "DELETE"}
