"""Tags in a header: a list of words, sorted, each once."""

from __future__ import annotations

import pytest

from trunkline.core.errors import InvalidInput
from trunkline.core.tags import MOST, is_tag, read_tags


def test_tags_are_sorted_and_each_is_there_once() -> None:
    assert read_tags("team:search, project=atlas,, team:search ,a@b") == ("a@b", "project=atlas", "team:search")
    assert read_tags("") == ()


@pytest.mark.parametrize("words", ["two words", "ü", "-a", "a;b", "x" * 65, '"a"'])
def test_what_is_no_tag_is_refused_by_the_name_of_the_header(words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_tags(f"fine,{words}")
    assert [field.field for field in caught.value.fields] == ["x-trunkline-tags"]
    assert not is_tag(words)


def test_too_many_tags_are_refused() -> None:
    assert len(read_tags(",".join(map(str, range(MOST))))) == MOST
    with pytest.raises(InvalidInput, match="at most"):
        read_tags(",".join(map(str, range(MOST + 1))))
