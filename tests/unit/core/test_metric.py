"""Figures of one process."""

from __future__ import annotations

from trunkline.core.metric import OTHER, Histogram, LabelValues, Sample


def test_observations_are_counted_in_the_first_bucket_that_holds_them() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 9.0):
        histogram.observe(value)
    assert histogram.read("a", "b") == Sample("a", ("b",), 12.0, (2, 1, 1))


def test_values_of_a_label_have_an_end() -> None:
    values = LabelValues(2)
    assert [values.find(name) for name in ("a", "b", "c", "a", "d", "b")] == ["a", "b", OTHER, "a", OTHER, "b"]
