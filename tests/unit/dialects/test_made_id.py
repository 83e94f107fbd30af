from __future__ import annotations

import re

from trunkline.dialects.made_id import MadeIds, new_salt

from .conftest import SALT


def test_no_two_answers_share_a_salt():
    assert new_salt() != new_salt()


def test_ids_tell_the_calls_of_an_answer_apart():
    ids = MadeIds()
    assert [ids.make("look"), ids.make("look"), ids.make()] == [
        f"call_0_look_{SALT}",
        f"call_1_look_{SALT}",
        f"call_2_{SALT}",
    ]


def test_an_id_is_one_for_every_wire():
    made = MadeIds().make("kalender.öffnen und alle Termine zeigen")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,40}", made)
    assert made.endswith(SALT)
