"""The figures of an experiment: differences that hold however often one looks, and whether traffic arrives as split.

A version's figure is a ratio of sums over units (all errors by all requests, say), so that it is what people see in
their accounts; its variance is that of units, which are independent, not of requests, which are not (the linearised
variance of a ratio: W. G. Cochran, Sampling Techniques, 3rd ed., section 2.11).

Confidence sequences: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Time-uniform central limit theory
and asymptotic confidence sequences, Annals of Statistics 52 (2024), https://arxiv.org/abs/2103.06476. Sample ratio:
M. Lindon, A. Malek, Anytime-valid inference for multinomial count data, NeurIPS 2022, https://arxiv.org/abs/2011.03567.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, inf, lgamma, log, sqrt
from typing import Final

import msgspec

from trunkline.storage.experiment_units import Moments

ALPHA: Final = 0.05
"""How often all that is called certain about one experiment may be wrong, however often one looks."""

LEAST_UNITS: Final = 30
"""Fewer units of a version than these say nothing: the sequences hold for large numbers."""

TUNED_TO: Final = 500
"""The number of units at which the sequences are tightest; elsewhere they are a little wider, and hold all the same."""

RATIO_LIMIT: Final = 100.0
"""The e-value from which on traffic does not arrive as split: that happens by chance at most once in a hundred."""

LARGEST_E: Final = 1e12

_CONCENTRATION: Final = 100.0


class Ratio(msgspec.Struct, frozen=True):
    """A version's figure and the variance of that figure; ``value`` None where nothing was counted.

    ``is_share``: it counts those among all, such as failures, and so has no tail.
    """

    value: float | None
    variance: float
    units: int
    is_share: bool = False


class Difference(msgspec.Struct, frozen=True):
    """By how much a version differs from the control, and between which bounds that certainly is.

    ``low_part`` and ``high_part`` bound the same as a part of the control's figure (-0.21: at least 21 % less); None
    where the control's own figure may be zero.
    """

    estimate: float
    low: float
    high: float
    low_part: float | None = None
    high_part: float | None = None

    @property
    def significant(self) -> bool:
        """Whether it certainly differs at all."""
        return self.low > 0 or self.high < 0


def ratio(moments: Moments, *, is_share: bool = False) -> Ratio:
    """Sum by count over all units, with the variance that independent units give it.

    ``is_share``: a count of those among all, such as failures. Where none or all of few are, they seem never to vary;
    so the variance is at least that of independent requests with one more of each kind (Laplace's rule of succession).
    """
    if moments.n <= 0:
        return Ratio(None, 0.0, moments.units, is_share)
    value = moments.y / moments.n
    residual = max(0.0, moments.yy - 2 * value * moments.ny + value * value * moments.nn)
    correction = moments.units / (moments.units - 1) if moments.units > 1 else 1.0
    variance = residual * correction / moments.n**2
    if is_share:
        smoothed = (moments.y + 1) / (moments.n + 2)
        variance = max(variance, smoothed * (1 - smoothed) / moments.n)
    return Ratio(value, variance, moments.units, is_share)


def alpha_of_phase(number: int) -> float:
    """What of :data:`ALPHA` a phase may spend, by its number from 1: a half, a sixth, a twelfth, … which sum to one.

    So that the chance of a false verdict is at most :data:`ALPHA` in a whole experiment, however many phases it has.
    """
    return ALPHA / (number * (number + 1))


def compare(version: Ratio, control: Ratio, *, alpha: float) -> Difference | None:
    """The confidence sequence of ``version`` minus ``control``, with an error of ``alpha`` over all times.

    None as long as either has fewer than :data:`LEAST_UNITS`, or nothing at all varied. The bounds of the part are
    Fieller's, with the same margin: https://doi.org/10.1111/j.2517-6161.1954.tb00159.x.
    """
    if version.value is None or control.value is None or not _enough(version, control):
        return None
    own, theirs = _variances(version, control)
    if own + theirs <= 0:
        return None
    estimate = version.value - control.value
    margin = _two_sided(version.units + control.units, alpha)
    width = sqrt(own + theirs) * margin
    low_part, high_part = _parts(version.value, control.value, own * margin**2, theirs * margin**2)
    return Difference(estimate, estimate - width, estimate + width, low_part, high_part)


def least_excess(version: Ratio, control: Ratio, *, alpha: float, factor: float = 1.0) -> float:
    """What ``version`` exceeds ``factor`` times ``control`` by at least, at all times but with the error ``alpha``.

    One-sided, and so sooner certain than :func:`compare`. Minus infinity as long as nothing can be said.
    """
    if version.value is None or control.value is None or not _enough(version, control):
        return -inf
    scaled = Ratio(factor * control.value, factor * factor * control.variance, control.units, control.is_share)
    variance = sum(_variances(version, scaled))
    if variance <= 0:
        return -inf
    return version.value - factor * control.value - sqrt(variance) * _one_sided(version.units + control.units, alpha)


def _variances(version: Ratio, control: Ratio) -> tuple[float, float]:
    """The variances of two figures, none of them less than what the other's units make likely.

    A few dozen users have often not met the rare large cost, or the rare failure: then their mean is too low and their
    variance far too low at once, and a small arm beside a large one seems certainly better. Costs, times and ratings
    vary per unit at least as much as the other version's; shares, which have no tail, of the smaller arm as much as all
    units pooled, which costs least where arms are equal.
    """
    own, theirs = version.variance * version.units, control.variance * control.units
    if not version.is_share:
        most = max(own, theirs)
        return most / version.units, most / control.units
    pooled = (own * version.units + theirs * control.units) / (version.units + control.units)
    if version.units <= control.units:
        return max(own, pooled) / version.units, control.variance
    return version.variance, max(theirs, pooled) / control.units


def _parts(version: float, control: float, own: float, theirs: float) -> tuple[float | None, float | None]:
    """Between which parts ``version / control - 1`` is; ``own`` and ``theirs`` are squared margins."""
    square = control * control - theirs
    if control <= 0 or square <= 0:
        return None, None
    product = version * control
    root = sqrt(max(0.0, product * product - square * (version * version - own)))
    return (product - root) / square - 1, (product + root) / square - 1


def sample_ratio(units: Mapping[str, int], weights: Mapping[str, int]) -> float:
    """The e-value against units arriving as ``weights`` say; from :data:`RATIO_LIMIT` on they do not.

    The Bayes factor of a Dirichlet prior around the weights to the weights themselves, at most :data:`LARGEST_E`. Under
    the weights it exceeds ``1 / a`` at any time with a probability of at most ``a``.
    """
    total = sum(weights.values())
    if any(count > 0 and weights.get(version_id, 0) == 0 for version_id, count in units.items()):
        return LARGEST_E
    result, seen = 0.0, 0
    for version_id, weight in weights.items():
        if weight == 0:
            continue
        share, count = weight / total, units.get(version_id, 0)
        prior = _CONCENTRATION * share
        result += lgamma(prior + count) - lgamma(prior) - count * log(share)
        seen += count
    result += lgamma(_CONCENTRATION) - lgamma(_CONCENTRATION + seen)
    return min(LARGEST_E, exp(min(result, log(LARGEST_E))))


def _enough(version: Ratio, control: Ratio) -> bool:
    return min(version.units, control.units) >= LEAST_UNITS


def _two_sided(units: int, alpha: float) -> float:
    """The margin in standard errors: the mixture boundary of theorem 2.2 in Waudby-Smith et al., rho tuned as there."""
    scaled = units * _tuned(alpha)
    return sqrt(2 * (scaled + 1) / scaled * log(sqrt(scaled + 1) / alpha))


def _one_sided(units: int, alpha: float) -> float:
    """The same for one side, which costs half as much: so rho is tuned for twice the error."""
    scaled = units * _tuned(2 * alpha)
    return sqrt(2 * (scaled + 1) / scaled * log(1 + sqrt(scaled + 1) / (2 * alpha)))


def _tuned(alpha: float) -> float:
    """The square of rho that makes the boundary tightest at :data:`TUNED_TO` units."""
    return (-2 * log(alpha) + log(1 - 2 * log(alpha))) / TUNED_TO
