"""Central moments of every entry's draw, enclosed over a whole weight matrix from the statements' formulas."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray

from boundcheck.core.errors import LibraryError
from boundcheck.core.rung import UnitQuantity
from boundcheck.exact.ball import lower_float, upper_float
from boundcheck.exact.enclose_array import enclose_array
from boundcheck.exact.evaluate import exact_value
from boundcheck.exact.interval_array import IntervalArray, constant, point
from boundcheck.per_sample.unit_claims import UnitClaim, UnitClaims

Weight = NDArray[np.float64]
_NARROW = 1e-6
_MOST_EXACT = 1000


@dataclass(frozen=True)
class DrawMoments:
    """E (h - w)^n for n = 2, 3, 4, 6 of every entry, each of the weight matrix's shape."""

    variance: IntervalArray
    third: IntervalArray
    fourth: IntervalArray
    sixth: IntervalArray


def draw_moments(
    claims: UnitClaims,
    weight: Weight,
    parameters: Mapping[UnitQuantity, int | Fraction],
    drawn: NDArray[np.bool_] | None = None,
) -> DrawMoments:
    """Of all entries, or zero outside of ``drawn``; ``parameters`` are BERNOULLI or LEVELS, as exact numbers.

    Raises:
        LibraryError: a moment has no claim, or a claim is not of the form moment = r or moment <= r.
    """
    found = {}
    for name in ("variance", "third", "fourth", "sixth"):
        moment = _moment(claims[f"draw-{name}"], weight, parameters)
        if name != "third":  # the others are not negative
            moment = moment.maximum(constant(0))
        if drawn is not None:
            moment = IntervalArray(np.where(drawn, moment.low, 0.0), np.where(drawn, moment.high, 0.0))
        found[name] = moment
    return DrawMoments(**found)


def _moment(
    claims: tuple[UnitClaim, ...], weight: Weight, parameters: Mapping[UnitQuantity, int | Fraction]
) -> IntervalArray:
    largest = float(np.abs(weight).max())
    if largest == 0:
        return point(np.zeros(weight.shape))  # zeros stay what they are
    moment = IntervalArray(np.full(weight.shape, -np.inf), np.full(weight.shape, np.inf))
    for claim in claims:
        formula, values = _formula(claim), {**parameters, UnitQuantity.LARGEST_ENTRY: Fraction(largest)}
        known = {symbol: values[quantity] for symbol, quantity in claim.binding.items() if quantity in values}
        (symbol,) = (s for s, quantity in claim.binding.items() if quantity is UnitQuantity.WEIGHT)
        enclosure = enclose_array(formula, {**known, symbol: point(weight)})
        low, high = (np.broadcast_to(end, weight.shape).copy() for end in (enclosure.low, enclosure.high))
        for entry in {0.0, largest, -largest, *_left_open(weight, low, high)}:
            exact = exact_value(formula, {**known, symbol: Fraction(entry)})
            low[weight == entry], high[weight == entry] = lower_float(exact), upper_float(exact)
        if isinstance(claim.relation, sympy.Le):
            low = np.full(weight.shape, -np.inf)
        moment = moment.intersect(IntervalArray(low, high))
    return moment


def _left_open(weight: Weight, low: Weight, high: Weight) -> list[float]:
    """Entries at a floor's steps, where rounding leaves the formula open by one step; not more than a thousand."""
    with np.errstate(invalid="ignore"):
        is_known = high - low <= _NARROW * np.maximum(np.abs(low), np.abs(high))
    entries: list[float] = np.unique(weight[~is_known | np.isinf(high)])[:_MOST_EXACT].tolist()
    return entries


def _formula(claim: UnitClaim) -> sympy.Expr:
    relation = claim.relation
    if not isinstance(relation, sympy.Eq | sympy.Le) or relation.lhs != claim.use.bounded:
        raise LibraryError(
            f"{claim.use.statement}, claim={claim.use.claim}: {relation}; expected {claim.use.bounded} = r or <= r"
        )
    return relation.rhs
